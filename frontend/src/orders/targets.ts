/** What a command would be for: which orders, accounts and copies the ticks (or one row) stand for. */
import type { CopyRow, TickedCopy } from "../api/types";
import type { LiveStore } from "../live/store";

/** The server takes no more orders or copies than this in one request. */
const MOST_NAMED = 1000;

/** Orders that go to the same accounts; no accounts means all secondaries. */
export interface Group {
  orders: string[];
  accounts: string[];
}

/** An order that was chosen, and which of its copies; null means all, also accounts that have none yet. */
export interface Chosen {
  orderId: string;
  copyIds: string[] | null;
}

interface TickedOrders {
  readonly orderIds: string[];
  copiesTicked(orderId: string): string[] | null;
}

export function chosenBy(ticks: TickedOrders): Chosen[] {
  return ticks.orderIds.map((orderId) => ({ orderId, copyIds: ticks.copiesTicked(orderId) }));
}

/** Choose what one line of the grid shows. */
export function chosenLine(id: string): Chosen[] {
  const orderId = id.split(":", 1)[0] ?? id;
  return [{ orderId, copyIds: id === orderId ? null : [id] }];
}

/** Put the orders that go to the same accounts together: a command names orders and accounts, not pairs. */
export function groupsOf(store: LiveStore, chosen: readonly Chosen[]): Group[] {
  const groups = new Map<string, Group>();
  for (const { orderId, copyIds } of chosen) {
    const accounts = (copyIds ?? []).flatMap((id) => store.copies.get(id)?.account_id ?? []).sort();
    if (copyIds !== null && accounts.length === 0) continue;
    const key = accounts.join(" ");
    const group = groups.get(key) ?? { orders: [], accounts };
    group.orders.push(orderId);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ orders, accounts }) =>
    chunked(orders).map((some) => ({ orders: some, accounts })),
  );
}

/** Part what is more than one request may name. */
export function chunked<Each>(all: readonly Each[]): Each[][] {
  const parts = [];
  for (let from = 0; from < all.length; from += MOST_NAMED) parts.push(all.slice(from, from + MOST_NAMED));
  return parts;
}

export function copiesChosen(store: LiveStore, chosen: readonly Chosen[]): CopyRow[] {
  return chosen.flatMap(({ orderId, copyIds }) =>
    store.copiesOf(orderId).filter((copy) => copyIds === null || copyIds.includes(copy.copy_id)),
  );
}

/** Return the copies that may be tried once more, with the state that the operator sees. */
export function retriesOf(store: LiveStore, chosen: readonly Chosen[]): TickedCopy[] {
  return copiesChosen(store, chosen)
    .filter((copy) => copy.may_retry)
    .map((copy) => ({ copy_id: copy.copy_id, seen_state: copy.state }));
}

/** Return those of the chosen that have held copies, and these alone: only they can be skipped. */
export function heldOf(store: LiveStore, chosen: readonly Chosen[]): Chosen[] {
  return chosen.flatMap(({ orderId, copyIds }) => {
    const copies = store.copiesOf(orderId);
    const held = copies.filter(
      (copy) => copy.state === "HELD" && (copyIds === null || copyIds.includes(copy.copy_id)),
    );
    if (held.length === 0) return [];
    const isWhole = copyIds === null && held.length === copies.length;
    return [{ orderId, copyIds: isWhole ? null : held.map((copy) => copy.copy_id) }];
  });
}

export function cancellable(store: LiveStore, chosen: readonly Chosen[]): string[] {
  return copiesChosen(store, chosen)
    .filter((copy) => copy.may_cancel)
    .map((copy) => copy.copy_id);
}

/** Count the secondaries that take orders at all. */
export function accountsCopiedTo(store: LiveStore): number {
  return store.accounts.filter((account) => account.role === "secondary" && account.mode !== "off").length;
}
