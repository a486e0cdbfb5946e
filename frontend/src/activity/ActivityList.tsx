/** The items, newest first: time, who, and a sentence; only those in view are in the document. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { useRef } from "react";
import type { ActivityItem } from "../api/types";
import { istDay, istFull, istTime } from "../format/time";

const ROW_PX = 34;
const LEVELS: Record<string, { icon: typeof Info; tone: string; word: string }> = {
  info: { icon: Info, tone: "text-text-3", word: "" },
  warning: { icon: TriangleAlert, tone: "text-warn", word: "Warning: " },
  problem: { icon: CircleAlert, tone: "text-down", word: "Problem: " },
};

interface ListProps {
  items: ActivityItem[];
  isLoading: boolean;
  isDim: boolean;
}

export function ActivityList({ items, isLoading, isDim }: ListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => items[index]?.seq ?? index,
    overscan: 20,
  });
  return (
    <div
      ref={frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label="Activity"
      aria-live="off"
      className={`min-h-0 flex-1 overflow-auto ${isDim ? "frozen" : ""}`}
    >
      {items.length === 0 && (
        <p className="p-4 text-text-2">
          {isLoading ? "Reading the journal…" : "Nothing here. What the copier does is told in this place."}
        </p>
      )}
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const item = items[row.index];
          return (
            item && (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className="absolute inset-x-0 top-0 flex items-start gap-3 border-b px-4 py-1.5"
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <Line item={item} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function Line({ item }: { item: ActivityItem }) {
  const { icon: Icon, tone, word } = LEVELS[item.level] ?? { icon: Info, tone: "text-text-3", word: "" };
  return (
    <>
      <time dateTime={item.at} title={istFull(item.at)} className="w-32 shrink-0 text-text-3">
        {istDay(item.at).slice(0, 6)} {istTime(item.at)}
      </time>
      <Icon size={15} aria-hidden className={`mt-0.5 shrink-0 ${tone}`} />
      <span className="w-20 shrink-0 text-text-3 capitalize max-sm:hidden">{item.who}</span>
      <span className={`min-w-0 flex-1 break-words ${item.level === "info" ? "" : tone}`}>
        {word && <span className="sr-only">{word}</span>}
        {item.text}
      </span>
      <span className="shrink-0 text-text-3 text-xs max-lg:hidden">
        {item.order_id && `#${item.order_id}`}
      </span>
    </>
  );
}
