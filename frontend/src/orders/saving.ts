/** What is shown, as a file. */
import type { LiveStore } from "../live/store";
import { copyCells, FILE_COLUMNS, orderCells } from "./columns";
import { type Cell, csvOf } from "./csv";
import type { Line } from "./lines";

/** Write the orders shown, each followed by all its copies, in the order of the grid. */
export function csvOfLines(store: LiveStore, lines: readonly Line[]): string {
  const rows: Cell[][] = [[...FILE_COLUMNS]];
  for (const line of lines) {
    const order = store.orders.get(line.orderId);
    if (!order) continue;
    rows.push(orderCells(store, order));
    for (const copy of store.copiesOf(line.orderId)) rows.push(copyCells(store, order, copy));
  }
  return csvOf(rows);
}

export function saveName(store: LiveStore): string {
  return `tandem-orders-${store.status?.trade_date ?? "today"}.csv`;
}
