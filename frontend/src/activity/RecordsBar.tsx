/** How the trade log fares, and a day's records as files. */
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import type { LogStatus } from "../api/types";
import { count } from "../format/numbers";
import { istDay, istTime } from "../format/time";
import { useRecords } from "../shell/records";
import { Select } from "../ui/Select";

const FORMS = ["csv", "json"] as const;

export function RecordsBar() {
  const overview = useRecords();
  const [chosen, setChosen] = useState("");
  if (overview === null) return null;
  const day = chosen || overview.days.at(-1);
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 border-b px-4 py-1 text-sm">
      <TradeLog log={overview.trade_log} />
      {day !== undefined && (
        <span className="ml-auto flex flex-wrap items-center gap-3">
          <Select label="Records of" value={day} onChange={(event) => setChosen(event.target.value)}>
            {overview.days.toReversed().map((each) => (
              <option key={each} value={each}>
                {istDay(`${each}T12:00:00+05:30`)}
              </option>
            ))}
          </Select>
          {overview.kinds.map((kind) => (
            <span key={kind} className="whitespace-nowrap text-text-2">
              {kind}{" "}
              {FORMS.map((form) => (
                <a
                  key={form}
                  className="mr-1 text-buy underline"
                  href={`/api/v1/records/${day}/${kind}.${form}`}
                  aria-label={`${kind} of ${day} as ${form}`}
                  download
                >
                  {form}
                </a>
              ))}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

function TradeLog({ log }: { log: LogStatus | null }) {
  if (!log?.is_on)
    return (
      <p className="text-text-2">Trade log: off. docs/records.md says how to keep one in Google Sheets.</p>
    );
  return (
    <p className={log.problem === null ? "text-text-2" : "text-warn"}>
      Trade log: {log.problem ?? `${count(log.written)} rows written`}, {count(log.queued)} queued
      {log.written_at !== null && `, last ${istTime(log.written_at)} IST`}.{" "}
      {log.url !== null && (
        <a
          className="inline-flex items-center gap-1 text-buy underline"
          href={log.url}
          target="_blank"
          rel="noreferrer"
        >
          Open the sheet <ExternalLink size={12} aria-hidden />
        </a>
      )}
    </p>
  );
}
