/** The table behind the grid: columns with order, width and visibility, and rows that open. */
import {
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  createExpandedRowModel,
  type ReactTable,
  rowExpandingFeature,
  rowSortingFeature,
  tableFeatures,
  type Updater,
  useTable,
} from "@tanstack/react-table";
import { useMemo } from "react";
import { COLUMN_IDS, COLUMNS, type ColumnId } from "./columns";
import { type Layout, NARROWEST, WIDEST } from "./layout";
import type { Line } from "./lines";

const features = tableFeatures({
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  expandedRowModel: createExpandedRowModel(),
  rowExpandingFeature,
  // Sorting is the blotter's work, which knows when rows may move; the table keeps what they are sorted by.
  rowSortingFeature,
});
const helper = createColumnHelper<typeof features, Line>();
const columns = helper.columns(
  COLUMN_IDS.map((id) =>
    helper.display({
      id,
      header: COLUMNS[id].title,
      size: COLUMNS[id].width,
      minSize: NARROWEST,
      maxSize: WIDEST,
    }),
  ),
);
const WHOLE_ROW = { getRowId: (line: Line) => line.id, getSubRows: (line: Line) => line.children };

export type OrdersTable = ReactTable<typeof features, Line>;
export type Opened = Record<string, boolean>;

function updated<Value>(updater: Updater<Value>, old: Value): Value {
  return typeof updater === "function" ? (updater as (old: Value) => Value)(old) : updater;
}

interface Owned {
  lines: readonly Line[];
  layout: Layout;
  setLayout: (change: (layout: Layout) => Layout) => void;
  opened: Opened;
  setOpened: (change: (opened: Opened) => Opened) => void;
}

/** Make the table of these lines; the layout and what is open belong to the page. */
export function useOrdersTable({ lines, layout, setLayout, opened, setOpened }: Owned): OrdersTable {
  const state = useMemo(
    () => ({
      columnOrder: layout.order,
      columnVisibility: Object.fromEntries(layout.hidden.map((id) => [id, false])),
      columnSizing: layout.widths as Record<string, number>,
      sorting: [{ id: layout.sort.column, desc: layout.sort.isDescending }],
      expanded: opened,
    }),
    [layout, opened],
  );
  return useTable({
    ...WHOLE_ROW,
    features,
    columns,
    data: lines,
    state,
    manualSorting: true,
    enableSortingRemoval: false,
    autoResetExpanded: false,
    columnResizeMode: "onChange",
    onColumnSizingChange: (updater) =>
      setLayout((old) => ({ ...old, widths: updated(updater, old.widths as Record<string, number>) })),
    onSortingChange: (updater) =>
      setLayout((old) => {
        const [first] = updated(updater, [{ id: old.sort.column, desc: old.sort.isDescending }]);
        if (!first) return old;
        return { ...old, sort: { column: first.id as ColumnId, isDescending: first.desc } };
      }),
    onExpandedChange: (updater) =>
      setOpened((old) => {
        const now = updated<Opened | true>(updater as Updater<Opened | true>, old);
        return now === true ? Object.fromEntries(lines.map((line) => [line.id, true])) : now;
      }),
  });
}
