/** The grid's head: tick all, titles to sort by, edges to pull. */
import { ArrowDown, ArrowUp, ChevronDown, ChevronRight } from "lucide-react";
import { memo } from "react";
import { Checkbox } from "../ui/Checkbox";
import { COLUMNS, type ColumnId } from "./columns";
import { useOrders, useShown, useTicksRevision } from "./context";
import { columnHeader, row, rowGroup } from "./roles";
import type { OrdersTable } from "./table";

type OrdersHeader = ReturnType<OrdersTable["getFlatHeaders"]>[number];

/** Scrolling redraws the grid often; its head is the same then. */
export const Header = memo(function Header({ table }: { table: OrdersTable }) {
  const headers = table.getHeaderGroups()[0]?.headers ?? [];
  return (
    <div {...rowGroup()} className="sticky top-0 z-10" style={{ minWidth: "var(--total)" }}>
      <div
        {...row({ "aria-rowindex": 1 })}
        className="grid h-8 items-center border-b border-l-2 border-l-transparent bg-raised text-text-2 text-xs"
        style={{ gridTemplateColumns: "var(--columns)" }}
      >
        <TickAll />
        <OpenAll table={table} />
        {headers.map((header) => (
          <Title key={header.id} header={header} />
        ))}
        <div {...columnHeader()}>
          <span className="sr-only">Actions</span>
        </div>
      </div>
    </div>
  );
});

function TickAll() {
  const { ticks } = useOrders().blotter;
  const { lines } = useShown();
  useTicksRevision();
  const ids = lines.map((line) => line.id);
  const isAll = !ticks.isEmpty && ids.length > 0 && ids.every((id) => ticks.tickOf(id) === "all");
  return (
    <div {...columnHeader()} className="flex h-full items-center justify-center">
      <Checkbox
        tabIndex={-1}
        aria-label="Tick all orders shown"
        checked={isAll}
        isIndeterminate={!isAll && !ticks.isEmpty}
        onChange={() => ticks.set(ids, !isAll)}
      />
    </div>
  );
}

/** Opens every order, or closes whatever is open. Orders that come later start closed. */
function OpenAll({ table }: { table: OrdersTable }) {
  const isAnyOpen = Object.values(table.state.expanded).some(Boolean);
  const Arrow = isAnyOpen ? ChevronDown : ChevronRight;
  const name = isAnyOpen ? "Collapse all" : "Expand all";
  const all = () => Object.fromEntries(table.getCoreRowModel().rows.map((line) => [line.id, true]));
  return (
    <div {...columnHeader()} className="flex h-full items-center justify-center">
      <button
        type="button"
        tabIndex={-1}
        aria-label={name}
        title={name}
        onClick={() => table.setExpanded(isAnyOpen ? {} : all())}
        className="hover:text-text-1"
      >
        <Arrow size={14} aria-hidden />
      </button>
    </div>
  );
}

function Title({ header }: { header: OrdersHeader }) {
  const { column } = header;
  const { title, isRight } = COLUMNS[column.id as ColumnId];
  const sorted = column.getIsSorted();
  const Arrow = sorted === "asc" ? ArrowUp : ArrowDown;
  return (
    <div
      {...columnHeader(
        sorted === false ? {} : { "aria-sort": sorted === "asc" ? "ascending" : "descending" },
      )}
      className="relative flex h-full min-w-0 items-center px-1.5"
    >
      <button
        type="button"
        tabIndex={-1}
        onClick={() => column.toggleSorting(sorted === false ? column.id === "time" : sorted === "asc")}
        className={`flex min-w-0 flex-1 items-center gap-1 hover:text-text-1 ${isRight ? "justify-end" : ""} ${sorted ? "text-text-1" : ""}`}
      >
        <span className="truncate">{title}</span>
        {sorted !== false && <Arrow size={12} aria-hidden className="shrink-0" />}
      </button>
      <span
        aria-hidden
        onMouseDown={header.getResizeHandler()}
        onTouchStart={header.getResizeHandler()}
        onDoubleClick={() => column.resetSize()}
        className={`absolute top-1 right-0 bottom-1 w-1 cursor-col-resize border-r hover:border-text-3 ${column.getIsResizing() ? "border-text-1" : "border-transparent"}`}
      />
    </div>
  );
}
