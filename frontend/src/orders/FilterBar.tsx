/** The row over the grid: filters with their counts, or what can be done with what is ticked. */
import { Download, Search } from "lucide-react";
import { ToggleGroup } from "radix-ui";
import { type ReactNode, type Ref, useDeferredValue, useEffect, useState } from "react";
import { count } from "../format/numbers";
import { Button, Key } from "../ui/Button";
import { ActionBar } from "./ActionBar";
import { useOrders, useShown, useTicksRevision } from "./context";
import { FILTER_NAMES, FILTERS, type Filter } from "./filters";

const COUNT_TONES: Partial<Record<Filter, string>> = { waiting: "text-warn", attention: "text-down" };

interface FilterBarProps {
  searchRef: Ref<HTMLInputElement>;
  columns: ReactNode;
  onSave: () => void;
}

export function FilterBar({ searchRef, columns, onSave }: FilterBarProps) {
  const { ticks } = useOrders().blotter;
  useTicksRevision();
  return (
    <div className="flex min-h-11 shrink-0 items-center gap-2 border-b px-3 max-[640px]:px-2">
      <div className="flex min-w-0 flex-1 items-center">{ticks.isEmpty ? <Filters /> : <ActionBar />}</div>
      <SearchBox ref={searchRef} />
      {columns}
      <Button className="max-[640px]:hidden" title="Save what is shown as CSV (e)" onClick={onSave}>
        <Download size={14} aria-hidden />
        CSV
      </Button>
    </div>
  );
}

function Filters() {
  const { blotter } = useOrders();
  const { counts, filter, text } = useShown();
  return (
    <ToggleGroup.Root
      type="single"
      aria-label="Which orders to show"
      value={filter}
      // Pressing the chosen one again would leave none chosen.
      onValueChange={(chosen) => chosen && blotter.find(chosen as Filter, text)}
      className="flex min-w-0 gap-1 overflow-x-auto p-0.5"
    >
      {FILTERS.map((one, at) => (
        <ToggleGroup.Item
          key={one}
          value={one}
          title={`${FILTER_NAMES[one]} (${at + 1})`}
          className="flex h-8 shrink-0 items-center gap-1.5 rounded-control px-2.5 text-sm text-text-2 hover:text-text-1 data-[state=on]:bg-hover data-[state=on]:font-medium data-[state=on]:text-text-1 max-[640px]:h-9"
        >
          {FILTER_NAMES[one]}
          <span className={(counts[one] > 0 && COUNT_TONES[one]) || "text-text-3"}>{count(counts[one])}</span>
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

/** What is typed shows at once; the grid follows when it can. */
function SearchBox({ ref }: { ref: Ref<HTMLInputElement> }) {
  const { blotter } = useOrders();
  const [typed, setTyped] = useState("");
  const wanted = useDeferredValue(typed);
  useEffect(() => {
    if (blotter.shown.text !== wanted) blotter.find(blotter.shown.filter, wanted);
  }, [blotter, wanted]);
  return (
    <label className="relative flex w-60 min-w-0 shrink items-center max-[640px]:hidden">
      <span className="sr-only">Find orders</span>
      <Search size={14} aria-hidden className="absolute left-2.5 text-text-3" />
      <input
        ref={ref}
        type="search"
        value={typed}
        placeholder="Symbol, account, order id"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          if (typed === "") event.currentTarget.blur();
          setTyped("");
        }}
        className="h-8 w-full rounded-control border border-line-strong bg-panel pr-8 pl-8 text-sm placeholder:text-text-3"
      />
      {typed === "" && (
        <span aria-hidden className="absolute right-2">
          <Key>/</Key>
        </span>
      )}
    </label>
  );
}
