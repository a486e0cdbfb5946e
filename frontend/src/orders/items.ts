/** What stands in the grid, top to bottom: orders, the copies of open ones, details of what is open below. */
import type { Line } from "./lines";

export interface Item {
  kind: "order" | "copy" | "details";
  id: string;
  orderId: string;
}

interface OrderedRow {
  id: string;
  original: Line;
}

/** Details have the id of what they are of, and this. */
export const DETAILS = "#";

export function itemsOf(rows: readonly OrderedRow[], isOpen: (id: string) => boolean): Item[] {
  const items: Item[] = [];
  for (const { id, original } of rows) {
    const { orderId, copyId } = original;
    items.push({ kind: copyId === null ? "order" : "copy", id, orderId });
    // An order without copies has nothing else to open: its details say why there are none.
    const isLeaf = original.children.length === 0;
    if (isLeaf && isOpen(id)) items.push({ kind: "details", id: id + DETAILS, orderId });
  }
  return items;
}

/** Return the line that a tick or a command on an item is for. */
export function lineOf(id: string): string {
  return id.endsWith(DETAILS) ? id.slice(0, -1) : id;
}

/** Return the id so many places below (or above) one; the ends hold, and nothing leads to the first. */
export function stepped(items: readonly Item[], id: string | null, by: number): string | null {
  const at = items.findIndex((item) => item.id === id);
  const next = at < 0 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1);
  return items[next]?.id ?? null;
}

/** Return what an item hangs under: what its details are of, the order of its copy, nothing of an order. */
export function parentOf(item: Item): string | null {
  if (item.kind === "details") return lineOf(item.id);
  return item.kind === "copy" ? item.orderId : null;
}
