/** Which orders each filter shows: pure functions of an order and its copies. */
import type { CopyRow, OrderRow } from "../api/types";
import { contractName } from "../format/instrument";
import { ALIVE, TROUBLED } from "./states";

/** In the order of their keys, 1 to 6. */
export const FILTERS = ["all", "waiting", "attention", "open", "copied", "skipped"] as const;
export type Filter = (typeof FILTERS)[number];
export type Counts = Record<Filter, number>;

export const FILTER_NAMES: Record<Filter, string> = {
  all: "All",
  waiting: "Waiting",
  attention: "Needs attention",
  open: "Open",
  copied: "Copied",
  skipped: "Skipped",
};

/** Tell under which filters an order stands. Waiting, attention and open may all hold at once. */
export function filtersOf(order: OrderRow, copies: readonly CopyRow[]): Record<Filter, boolean> {
  const waiting = copies.some((copy) => copy.state === "HELD");
  const attention = copies.some((copy) => TROUBLED.has(copy.state));
  const open = copies.some((copy) => ALIVE.has(copy.state));
  const hasFilled = copies.some((copy) => copy.filled_quantity > 0);
  return {
    all: true,
    waiting,
    attention,
    open,
    copied: hasFilled && !waiting && !attention && !open,
    skipped:
      order.skipped !== null || (copies.length > 0 && copies.every((copy) => copy.state === "SKIPPED")),
  };
}

/** Return all that an order can be found by, in lower case. */
export function searchText(
  order: OrderRow,
  copies: readonly CopyRow[],
  nameOf: (accountId: string) => string,
): string {
  const words = [
    order.tradingsymbol,
    contractName(order.tradingsymbol),
    order.exchange,
    order.order_id,
    order.side,
    order.order_type,
    order.product,
    order.status,
  ];
  for (const copy of copies) {
    words.push(copy.account_id, nameOf(copy.account_id));
    for (const leg of copy.legs) if (leg.order_id !== null) words.push(leg.order_id);
  }
  return words.join("\n").toLowerCase();
}

/** Tell whether every word of `text` is found. */
export function isFound(searched: string, text: string): boolean {
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word));
}
