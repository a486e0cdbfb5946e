/** The filters with their counts. */
import { ToggleGroup } from "radix-ui";
import { count } from "../format/numbers";
import { useOrders, useShown } from "./context";
import { FILTER_NAMES, FILTERS, type Filter } from "./filters";

const COUNT_TONES: Partial<Record<Filter, string>> = { waiting: "text-warn", attention: "text-down" };

export function Filters() {
  const { blotter } = useOrders();
  const { counts, filter, text } = useShown();
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Show"
      value={filter}
      onValueChange={(chosen) => chosen && blotter.find(chosen as Filter, text)}
      className="flex min-w-0 gap-1 overflow-x-auto"
    >
      {FILTERS.map((one) => (
        <ToggleGroup.Item
          key={one}
          value={one}
          className="flex h-8 shrink-0 items-center gap-1.5 rounded-control px-2.5 text-sm text-text-2 hover:text-text-1 data-[state=on]:bg-hover data-[state=on]:font-medium data-[state=on]:text-text-1"
        >
          {FILTER_NAMES[one]}
          <span className={(counts[one] > 0 && COUNT_TONES[one]) || "text-text-3"}>{count(counts[one])}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

export function FilterBar() {
  return (
    <div className="flex h-11 shrink-0 items-center gap-3 border-b px-3">
      <Filters />
    </div>
  );
}
