/** Rows for tests of the Orders page: round figures, and times counted from one moment. */
import type { CopyRow, LegRow, OrderRow } from "../../src/api/types";
import * as rows from "../builders/rows";

export const AT = "2026-11-20T05:12:00.000+00:00";

/** Return the moment so many milliseconds after AT. */
export function later(ms: number): string {
  return new Date(new Date(AT).getTime() + ms).toISOString();
}

export function order(id: string, more: Partial<OrderRow> = {}): OrderRow {
  return rows.order(id, {
    quantity: 10,
    filled_quantity: 10,
    average_price: "100.00",
    placed_at: AT,
    ...more,
  });
}

export function leg(more: Partial<LegRow> = {}): LegRow {
  const times = { planned_at: later(40), sent_at: later(45), answered_at: later(140) };
  return rows.leg({ quantity: 10, filled_quantity: 10, average_price: "100.00", ...times, ...more });
}

export function copy(orderId: string, accountId: string, more: Partial<CopyRow> = {}): CopyRow {
  return rows.copy(orderId, accountId, { quantity: 10, filled_quantity: 10, legs: [leg()], ...more });
}

export function held(orderId: string, accountId: string): CopyRow {
  return copy(orderId, accountId, { state: "HELD", quantity: 0, filled_quantity: 0, legs: [] });
}

export function rejected(orderId: string, accountId: string): CopyRow {
  const reason = {
    code: "BROKER_REJECTED",
    text: "The margin is short.",
    raw: "Insufficient funds",
  } as const;
  return copy(orderId, accountId, {
    state: "REJECTED",
    reason,
    may_retry: true,
    filled_quantity: 0,
    legs: [leg({ state: "REJECTED", reason, filled_quantity: 0, average_price: "0" })],
  });
}
