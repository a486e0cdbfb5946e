/** Copy latencies of today as a histogram. */

import type { LiveStore } from "../live/store";
import { copyLatency } from "../orders/latencies";
import { histogramOf } from "./figures";
import { HistogramChart } from "./HistogramChart";
import { useFigures } from "./useFigures";

function latencies(store: LiveStore) {
  const values = [...store.copies.values()].map(copyLatency).filter((value) => value !== null);
  return histogramOf(values);
}

export function LatencyPanel() {
  const histogram = useFigures(latencies);
  return (
    <section aria-labelledby="latency-title" className="flex h-full min-h-0 min-w-0 flex-col">
      <div className="flex min-h-8 shrink-0 items-center gap-3 px-3 pt-1">
        <h3 id="latency-title" className="font-semibold text-sm">
          Copy latency today
        </h3>
        <span className="truncate text-sm text-text-3">ms, planned to answered by the broker</span>
      </div>
      <div className="min-h-0 flex-1">
        <HistogramChart histogram={histogram} label="Copy latency today" />
      </div>
    </section>
  );
}
