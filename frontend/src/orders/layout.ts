/** How this browser's operator wants the columns: order, widths, which are hidden, and what they sort by. */
import { COLUMN_IDS, COLUMNS, type ColumnId } from "./columns";
import { NEWEST_FIRST, type Sort } from "./sorting";

/** The number grows when what is kept changes its form; what older ones kept is then left alone. */
const KEY = "tandem.orders.columns.1";
export const NARROWEST = 40;
export const WIDEST = 600;

export interface Layout {
  order: ColumnId[];
  hidden: ColumnId[];
  widths: Partial<Record<ColumnId, number>>;
  sort: Sort;
}

export const DEFAULT_LAYOUT: Layout = { order: [...COLUMN_IDS], hidden: [], widths: {}, sort: NEWEST_FIRST };

function isColumn(id: unknown): id is ColumnId {
  return (COLUMN_IDS as readonly unknown[]).includes(id);
}

/** Read what was kept, leaving out whatever makes no sense. */
export function parsedLayout(text: string | null): Layout {
  let kept: Partial<Layout>;
  try {
    kept = (JSON.parse(text ?? "{}") ?? {}) as Partial<Layout>;
  } catch {
    return DEFAULT_LAYOUT;
  }
  const order = Array.isArray(kept.order) ? [...new Set(kept.order.filter(isColumn))] : [];
  const hidden = Array.isArray(kept.hidden) ? kept.hidden.filter(isColumn) : [];
  const widths = Object.entries(kept.widths ?? {}).filter(
    ([id, width]) => isColumn(id) && typeof width === "number" && width >= NARROWEST && width <= WIDEST,
  );
  const sort = kept.sort;
  return {
    order: [...order, ...COLUMN_IDS.filter((id) => !order.includes(id))],
    hidden,
    widths: Object.fromEntries(widths),
    sort: isColumn(sort?.column)
      ? { column: sort.column, isDescending: sort.isDescending === true }
      : NEWEST_FIRST,
  };
}

export function readLayout(): Layout {
  try {
    return parsedLayout(localStorage.getItem(KEY));
  } catch {
    return DEFAULT_LAYOUT;
  }
}

export function keepLayout(layout: Layout): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(layout));
  } catch {
    // A browser that keeps nothing forgets it with the page.
  }
}

export function shownColumns(layout: Layout): ColumnId[] {
  return layout.order.filter((id) => !layout.hidden.includes(id));
}

export function widthOf(layout: Layout, id: ColumnId): number {
  return layout.widths[id] ?? COLUMNS[id].width;
}

/** Move a column by one place among all columns. */
export function moved(layout: Layout, id: ColumnId, by: -1 | 1): Layout {
  const order = layout.order.filter((other) => other !== id);
  const at = layout.order.indexOf(id) + by;
  order.splice(Math.min(Math.max(at, 0), order.length), 0, id);
  return { ...layout, order };
}
