/** The Analytics page: how well the copies of today went. */
import { useIsFrozen } from "../live/live";
import { AccountTable } from "./AccountTable";
import { LatencyPanel } from "./LatencyPanel";
import { PnlPanel } from "./PnlPanel";

export default function AnalyticsPage() {
  const isFrozen = useIsFrozen();
  return (
    <section
      aria-labelledby="analytics-title"
      className={`min-h-0 flex-1 overflow-auto bg-panel ${isFrozen ? "frozen" : ""}`}
    >
      <h2 id="analytics-title" className="px-4 py-3 font-semibold text-lg">
        Analytics
      </h2>
      <div className="grid divide-x border-y lg:grid-cols-2">
        <div className="h-80">
          <PnlPanel />
        </div>
        <div className="h-80">
          <LatencyPanel />
        </div>
      </div>
      <AccountTable />
      <p className="px-4 py-3 text-sm text-text-3">
        Times are the engine's own, but the first stage begins at the broker's stamp of the primary order, in
        whole seconds. Slippage compares each copy's average price with the primary's; copies that were ticked
        late are in it too.
      </p>
    </section>
  );
}
