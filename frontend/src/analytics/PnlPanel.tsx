/** The P&L chart with its legend. */
import { lazy, Suspense, useMemo } from "react";
import { signed, signedRupees, tone } from "../format/numbers";
import { useAccounts } from "../live/live";
import { linesOf, type PnlLine, usePnl } from "./pnl";

const PnlChart = lazy(() => import("./PnlChart"));

export function PnlPanel() {
  const series = usePnl();
  const accounts = useAccounts();
  const lines = useMemo(() => (series ? linesOf(series, accounts) : []), [series, accounts]);
  return (
    <section aria-labelledby="pnl-title" className="flex h-full min-h-0 min-w-0 flex-col">
      <div className="flex min-h-8 shrink-0 flex-wrap items-center gap-x-4 px-3 pt-1">
        <h3 id="pnl-title" className="font-semibold text-sm">
          P&L by account
        </h3>
        {lines.map((line, index) => (
          <Legend key={line.accountId} line={line} index={index} />
        ))}
      </div>
      <div className="min-h-0 flex-1">
        {series === null || series.times.length < 2 ? (
          <p className="p-3 text-text-3">
            Profit and loss is drawn here once it has been read for half a minute.
          </p>
        ) : (
          <Suspense fallback={null}>
            <PnlChart times={series.times} lines={lines} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

function Legend({ line, index }: { line: PnlLine; index: number }) {
  const colour = line.isPrimary ? "var(--chart-0)" : `var(--chart-${((index + 2) % 3) + 1})`;
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap text-sm" title={signedRupees(line.last)}>
      <span
        aria-hidden
        className={`w-4 border-t-2 ${line.isPrimary ? "border-dashed" : ""}`}
        style={{ borderColor: colour }}
      />
      <span className="text-text-2">
        {line.name}
        {line.isPrimary && " (primary)"}
      </span>
      <span className={tone(line.last)}>{signed(line.last)}</span>
    </span>
  );
}
