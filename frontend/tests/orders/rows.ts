/** Rows for tests of the Orders page: whole ones, of which a test says only what matters to it. */
import type { AccountRow, CopyRow, LegRow, OrderRow } from "../../src/api/types";

export const AT = "2026-11-20T05:12:00.000+00:00";

/** Return the moment so many milliseconds after AT. */
export function later(ms: number): string {
  return new Date(new Date(AT).getTime() + ms).toISOString();
}

export function order(id: string, more: Partial<OrderRow> = {}): OrderRow {
  return {
    order_id: id,
    exchange: "NSE",
    tradingsymbol: "INFY",
    side: "BUY",
    order_type: "MARKET",
    product: "MIS",
    variety: "regular",
    quantity: 10,
    filled_quantity: 10,
    price: "0",
    trigger_price: "0",
    average_price: "100.00",
    status: "COMPLETE",
    status_message: null,
    placed_at: AT,
    late: null,
    skipped: null,
    ...more,
  };
}

export function leg(more: Partial<LegRow> = {}): LegRow {
  return {
    tag: "T1",
    number: 0,
    generation: 0,
    state: "FILLED",
    reason: null,
    is_changed_by_hand: false,
    quantity: 10,
    filled_quantity: 10,
    average_price: "100.00",
    order_id: "900",
    attempts: 1,
    amendments: 0,
    planned_at: later(40),
    sent_at: later(45),
    answered_at: later(140),
    ...more,
  };
}

export function copy(orderId: string, accountId: string, more: Partial<CopyRow> = {}): CopyRow {
  return {
    copy_id: `${orderId}:${accountId}`,
    primary_order_id: orderId,
    account_id: accountId,
    instrument: "NSE:INFY",
    side: "BUY",
    state: "FILLED",
    reason: null,
    quantity: 10,
    filled_quantity: 10,
    closing_units: 0,
    generation: 0,
    may_retry: false,
    may_cancel: false,
    is_changed_by_hand: false,
    requested_by: "engine",
    legs: [leg()],
    ...more,
  };
}

export function held(orderId: string, accountId: string): CopyRow {
  return copy(orderId, accountId, { state: "HELD", quantity: 0, filled_quantity: 0, legs: [] });
}

export function account(id: string, more: Partial<AccountRow> = {}): AccountRow {
  return {
    account_id: id,
    name: id,
    role: "secondary",
    multiplier: "1",
    mode: "on",
    state: "ready",
    reason: null,
    orders_today: 0,
    orders_limit: 5000,
    looked_at: AT,
    looking_fails: null,
    looking_fails_since: null,
    strangers: [],
    ...more,
  };
}
