/** What happened lately, under the accounts: all of it, or what went wrong. */
import { useState } from "react";
import { useActivity } from "../activity/useActivity";
import type { ActivityItem, AlertRow } from "../api/types";
import { istFull, istTime } from "../format/time";
import { useAlerts } from "../live/live";
import { Button } from "../ui/Button";

const MOST = 80;
const LOOKS: Record<string, { look: string; word: string }> = {
  warning: { look: "text-warn", word: "Warning: " },
  problem: { look: "text-down", word: "Problem: " },
};

export function RailLog() {
  const [isErrorsOnly, setIsErrorsOnly] = useState(false);
  const { joined, problem, isLoading } = useActivity({
    day: "",
    account: "",
    level: isErrorsOnly ? "problem" : "info",
  });
  const alerts = useAlerts();
  // Alerts come over the live stream: they are what is left where the journal cannot be read.
  const items =
    problem === null ? joined.items.slice(0, MOST) : alerts.toReversed().slice(0, MOST).map(asItem);
  return (
    <section aria-label="Latest activity" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-10 shrink-0 items-center justify-between border-b px-3">
        <h2 className="font-semibold">Activity</h2>
        <Button
          look="quiet"
          size="small"
          aria-pressed={isErrorsOnly}
          className={isErrorsOnly ? "border-down! text-down!" : ""}
          onClick={() => setIsErrorsOnly(!isErrorsOnly)}
        >
          Errors only
        </Button>
      </div>
      <div
        role="log"
        aria-label="Latest activity"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area must be reachable by keyboard
        tabIndex={0}
        className="min-h-24 flex-1 overflow-y-auto py-1"
      >
        {items.length === 0 && (
          <p className="px-3 py-2 text-text-3 text-sm">
            {isLoading ? "Reading…" : isErrorsOnly ? "No errors." : "Nothing happened yet."}
          </p>
        )}
        {items.map((item) => (
          <Line key={item.seq} item={item} />
        ))}
      </div>
    </section>
  );
}

function asItem(alert: AlertRow): ActivityItem {
  return { ...alert, who: "engine", level: "warning" };
}

function Line({ item }: { item: ActivityItem }) {
  const { look, word } = LOOKS[item.level] ?? { look: "text-text-2", word: "" };
  return (
    <p className="flex gap-3 px-3 py-1 text-sm">
      <time dateTime={item.at} title={istFull(item.at)} className="shrink-0 text-text-3">
        {istTime(item.at)}
      </time>
      <span className={`min-w-0 break-words ${look}`}>
        {word && <span className="sr-only">{word}</span>}
        {item.text}
      </span>
    </p>
  );
}
