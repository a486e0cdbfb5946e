/** The Activity page: what happened, who did it, and today's records to take away. */
import { Download } from "lucide-react";
import { useState } from "react";
import { istDay } from "../format/time";
import { useAccounts, useIsFrozen } from "../live/live";
import { useRecords } from "../shell/records";
import { Button } from "../ui/Button";
import { Select } from "../ui/Select";
import { whyNot } from "../ui/toasts";
import { ActivityList } from "./ActivityList";
import { RecordsBar } from "./RecordsBar";
import { activityQuery, useActivity, type Wanted } from "./useActivity";

const EVERYTHING: Wanted = { day: "", account: "", level: "info" };

export default function ActivityPage() {
  const [wanted, setWanted] = useState(EVERYTHING);
  const { joined, problem, isLoading, loadOlder } = useActivity(wanted);
  const isFrozen = useIsFrozen();
  return (
    <section aria-labelledby="activity-title" className="flex min-h-0 flex-1 flex-col bg-panel">
      <div className="flex min-h-12 flex-wrap items-center gap-3 border-b px-4 py-2">
        <h2 id="activity-title" className="font-semibold text-lg">
          Activity
        </h2>
        <Filters wanted={wanted} onChange={setWanted} />
        <a
          className="ml-auto inline-flex h-8 items-center gap-2 rounded-control border border-line-strong px-3 font-medium text-sm hover:bg-hover"
          href={`/api/v1/activity.csv?${activityQuery(wanted)}`}
          download
        >
          <Download size={14} aria-hidden /> CSV
        </a>
      </div>
      <RecordsBar />
      {problem !== null && (
        <p role="alert" className="border-b bg-warn-bg px-4 py-2 text-warn">
          {whyNot(problem)}
        </p>
      )}
      <ActivityList items={joined.items} isLoading={isLoading} isDim={isFrozen} />
      {joined.nextBefore !== null && (
        <div className="border-t p-2 text-center">
          <Button onClick={() => void loadOlder()}>Older</Button>
        </div>
      )}
    </section>
  );
}

function Filters({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }) {
  const accounts = useAccounts();
  const days = useRecords()?.days ?? [];
  const isErrorsOnly = wanted.level === "problem";
  return (
    <>
      <Button
        aria-pressed={isErrorsOnly}
        className={isErrorsOnly ? "border-down text-down" : ""}
        onClick={() => onChange({ ...wanted, level: isErrorsOnly ? "info" : "problem" })}
      >
        Errors only
      </Button>
      <Select
        label="Account"
        value={wanted.account}
        onChange={(event) => onChange({ ...wanted, account: event.target.value })}
      >
        <option value="">All</option>
        {accounts.map((account) => (
          <option key={account.account_id} value={account.account_id}>
            {account.name}
          </option>
        ))}
      </Select>
      <Select
        label="Day"
        value={wanted.day}
        onChange={(event) => onChange({ ...wanted, day: event.target.value })}
      >
        <option value="">All days</option>
        {days.toReversed().map((day) => (
          <option key={day} value={day}>
            {istDay(`${day}T12:00:00+05:30`)}
          </option>
        ))}
      </Select>
    </>
  );
}
