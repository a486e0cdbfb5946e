/** The blotter as a grid: only the rows in view are drawn, and each hears of its own order alone. */
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowUp } from "lucide-react";
import { type CSSProperties, type ReactNode, useMemo, useRef } from "react";
import { COLUMN_IDS, type ColumnId } from "./columns";
import { useOrders, useShown } from "./context";
import { Header } from "./Header";
import { type Item, itemsOf, lineOf } from "./items";
import type { Deed } from "./keys";
import { CopyLine, DetailsLine, lineElementId, OrderLine, ROW_PX } from "./Lines";
import { type Layout, shownColumns, widthOf } from "./layout";
import { rowGroup } from "./roles";
import type { Opened, OrdersTable } from "./table";
import { useAnchor } from "./useAnchor";
import { useGridKeys } from "./useGridKeys";
import { useGridPointer } from "./useGridPointer";

const TICK_PX = 34;
const EXPAND_PX = 24;
const ACTIONS_PX = 34;
const HEADER_PX = 32;
const DETAILS_PX = 66;
const EDGE_PX = 2;

interface GridProps {
  table: OrdersTable;
  layout: Layout;
  opened: Opened;
  onOpen: (id: string, isOpen: boolean) => void;
  activeId: string | null;
  onActive: (id: string) => void;
  onDeed: (deed: Deed) => void;
  isFrozen: boolean;
  empty: ReactNode;
}

/** Return the widths as CSS: the instrument takes what is left. */
function tracks(layout: Layout, columns: readonly ColumnId[]): CSSProperties {
  const fixed = [TICK_PX, EXPAND_PX];
  const total = columns.reduce(
    (sum, id) => sum + widthOf(layout, id),
    TICK_PX + EXPAND_PX + ACTIONS_PX + EDGE_PX,
  );
  const wide = columns.includes("instrument") ? "instrument" : columns.at(-1);
  const each = columns.map((id) =>
    id === wide ? `minmax(${widthOf(layout, id)}px,1fr)` : `${widthOf(layout, id)}px`,
  );
  const all = [...fixed.map((px) => `${px}px`), ...each, `${ACTIONS_PX}px`];
  return { "--columns": all.join(" "), "--total": `${total}px` } as CSSProperties;
}

export function Grid(props: GridProps) {
  const { table, layout, opened, activeId, onActive, onOpen, onDeed, isFrozen, empty } = props;
  const box = useRef<HTMLDivElement>(null);
  const { blotter } = useOrders();
  const rows = table.getRowModel().rows;
  const items = useMemo(() => itemsOf(rows, (id) => opened[id] === true), [rows, opened]);
  const columns = useMemo(() => shownColumns(layout), [layout]);
  const activeAt = useMemo(() => items.findIndex((item) => item.id === activeId), [items, activeId]);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: (at) => (items[at]?.kind === "details" ? DETAILS_PX : ROW_PX),
    getItemKey: (at) => items[at]?.id ?? at,
    scrollPaddingStart: HEADER_PX,
    scrollMargin: HEADER_PX,
    overscan: 5,
    // The keyboard's row stays drawn, or aria-activedescendant would name what is not there.
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      return activeAt < 0 || drawn.includes(activeAt) ? drawn : [...drawn, activeAt].sort((a, b) => a - b);
    },
  });
  const isHovered = useRef(false);
  const topmost = virtual.getVirtualItemForOffset((virtual.scrollOffset ?? 0) + HEADER_PX)?.key;
  const anchor = useAnchor({
    box,
    items,
    topmost: topmost === undefined ? null : String(topmost),
    startOf: (at) => virtual.measurementsCache[at]?.start ?? 0,
    isHeld: isHovered,
    asked: useShown().asked,
  });
  const onKeyDown = useGridKeys({
    ...{ items, activeId, opened, onActive, onOpen, onDeed },
    scrollTo: (at) => virtual.scrollToIndex(at),
  });
  const pointing = useGridPointer({ items, opened, onActive, onOpen });
  const hover = (isOver: boolean) => {
    isHovered.current = isOver;
    blotter.pointer(isOver);
    if (!isOver) anchor.release();
  };
  const isEmpty = items.length === 0;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div
        ref={box}
        role="treegrid"
        aria-label="Orders"
        aria-rowcount={items.length + 1}
        aria-colcount={COLUMN_IDS.length + 3}
        aria-multiselectable={true}
        aria-activedescendant={activeAt < 0 ? undefined : lineElementId(activeId ?? "")}
        aria-disabled={isFrozen || undefined}
        tabIndex={0}
        data-testid="blotter"
        className={`overflow-auto ${isEmpty ? "shrink-0" : "min-h-0 flex-1"} bg-panel outline-offset-[-2px] ${isFrozen ? "frozen" : ""}`}
        style={tracks(layout, columns)}
        onPointerEnter={() => hover(true)}
        onPointerLeave={() => hover(false)}
        onKeyDown={onKeyDown}
        {...pointing}
      >
        <Header table={table} />
        <div
          {...rowGroup()}
          className="relative"
          style={{ height: virtual.getTotalSize(), minWidth: "var(--total)" }}
        >
          {virtual.getVirtualItems().map((shown) => {
            const item = items[shown.index];
            return item ? (
              <ItemLine
                key={item.id}
                item={item}
                index={shown.index}
                start={shown.start - HEADER_PX}
                columns={columns}
                isActive={item.id === activeId}
                isOpen={opened[lineOf(item.id)] === true}
                measure={virtual.measureElement}
              />
            ) : null;
          })}
        </div>
      </div>
      {/* Beside the grid, not in it: a grid holds rows and nothing else. */}
      {isEmpty && (
        <div className={`min-h-0 flex-1 overflow-auto bg-panel ${isFrozen ? "frozen" : ""}`}>{empty}</div>
      )}
      {anchor.pushedPx > 0 && <NewAbove number={Math.round(anchor.pushedPx / ROW_PX)} />}
    </div>
  );
}

/** Rows that came while the pointer held the others in their place; moving it away shows them. */
function NewAbove({ number }: { number: number }) {
  return (
    <p
      role="status"
      className="pointer-events-none absolute bottom-3 left-1/2 flex -translate-x-1/2 items-center gap-1 rounded-control border border-line-strong bg-raised px-2 py-1 text-sm"
    >
      <ArrowUp size={12} aria-hidden />
      {number} new {number === 1 ? "row" : "rows"} above: move the pointer away to see
    </p>
  );
}

interface ItemLineProps {
  item: Item;
  index: number;
  start: number;
  columns: readonly ColumnId[];
  isActive: boolean;
  isOpen: boolean;
  measure: (element: HTMLDivElement | null) => void;
}

function ItemLine({ item, measure, ...rest }: ItemLineProps) {
  const props = { ...rest, id: item.id, orderId: item.orderId };
  if (item.kind === "order") return <OrderLine {...props} />;
  return item.kind === "copy" ? <CopyLine {...props} /> : <DetailsLine {...props} measure={measure} />;
}
