/** Rows as the server sends them, each with what a test cares about and likely values for the rest. */
import type {
  AccountRow,
  AlertRow,
  CopyRow,
  Deltas,
  LegRow,
  OrderRow,
  PortfolioRow,
  PositionRow,
  StatusRow,
} from "../../src/api/types";
import type { State } from "../../src/live/store";

export const BOOT = "boot-1";

export function status(change: Partial<StatusRow> = {}): StatusRow {
  return {
    venue: "paper",
    copy_mode: "auto",
    is_stopped: false,
    stopped_by: null,
    started_at: "2026-11-23T03:30:00+00:00",
    trade_date: "2026-11-23",
    looked_at: "2026-11-23T04:00:00+00:00",
    looking_fails: null,
    revision: "1",
    config_refused: null,
    journal_fails: null,
    feed: { is_on: true, is_up: true, connections: 1 },
    market: { phase: "open", until: "2026-11-23T10:00:00+00:00" },
    ...change,
  };
}

export function account(id: string, change: Partial<AccountRow> = {}): AccountRow {
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
    looked_at: "2026-11-23T04:00:00+00:00",
    looking_fails: null,
    looking_fails_since: null,
    strangers: [],
    ...change,
  };
}

export function order(id: string, change: Partial<OrderRow> = {}): OrderRow {
  return {
    order_id: id,
    exchange: "NSE",
    tradingsymbol: "INFY",
    side: "BUY",
    order_type: "MARKET",
    product: "MIS",
    variety: "regular",
    quantity: 100,
    filled_quantity: 100,
    price: "0",
    trigger_price: "0",
    average_price: "1500.00",
    status: "COMPLETE",
    status_message: null,
    placed_at: "2026-11-23T04:00:00+00:00",
    late: null,
    skipped: null,
    ...change,
  };
}

export function leg(change: Partial<LegRow> = {}): LegRow {
  return {
    tag: "TC00000000000000000A",
    number: 0,
    generation: 0,
    state: "FILLED",
    reason: null,
    is_changed_by_hand: false,
    quantity: 100,
    filled_quantity: 100,
    average_price: "1500.50",
    order_id: "261123000000001",
    attempts: 1,
    amendments: 0,
    planned_at: "2026-11-23T04:00:00.100000+00:00",
    sent_at: "2026-11-23T04:00:00.110000+00:00",
    answered_at: "2026-11-23T04:00:00.200000+00:00",
    ...change,
  };
}

export function copy(orderId: string, accountId: string, change: Partial<CopyRow> = {}): CopyRow {
  return {
    copy_id: `${orderId}:${accountId}`,
    primary_order_id: orderId,
    account_id: accountId,
    instrument: "NSE:INFY",
    side: "BUY",
    state: "FILLED",
    reason: null,
    quantity: 100,
    filled_quantity: 100,
    closing_units: 0,
    generation: 0,
    may_retry: false,
    may_cancel: false,
    is_changed_by_hand: false,
    requested_by: "engine",
    legs: [leg()],
    ...change,
  };
}

export function position(change: Partial<PositionRow> = {}): PositionRow {
  return {
    instrument: "NSE:INFY",
    exchange: "NSE",
    tradingsymbol: "INFY",
    product: "MIS",
    lot_size: 1,
    quantity: 100,
    average_price: "1500.00",
    last_price: "1510.00",
    pnl: "1000.00",
    expected: null,
    ...change,
  };
}

export function portfolio(id: string, change: Partial<PortfolioRow> = {}): PortfolioRow {
  return {
    account_id: id,
    as_of: "2026-11-23T04:00:00+00:00",
    fails: null,
    fails_since: null,
    pnl: "1000.00",
    funds_free: "842000.00",
    funds_used: "378000.00",
    positions: [],
    ...change,
  };
}

export function alert(seq: number, change: Partial<AlertRow> = {}): AlertRow {
  return {
    seq,
    at: "2026-11-23T04:00:00+00:00",
    text: `Alert ${seq}`,
    account_id: null,
    order_id: null,
    ...change,
  };
}

/** Rows by the id that is the first of the fields named. */
export function by<Row, Field extends keyof Row>(field: Field, rows: Row[]): Record<string, Row> {
  return Object.fromEntries(rows.map((row) => [String(row[field]), row]));
}

export function snapshot(change: Partial<State> = {}): State {
  return {
    boot_id: BOOT,
    seq: 0,
    status: status(),
    accounts: by("account_id", [account("PA1", { role: "primary" }), account("SE1"), account("SE2")]),
    orders: {},
    copies: {},
    portfolios: {},
    alerts: [],
    ...change,
  };
}

export function deltas(seq: number, change: Partial<Deltas> = {}): Deltas {
  return {
    boot_id: BOOT,
    from_seq: seq,
    to_seq: seq,
    status: null,
    gone_accounts: [],
    accounts: {},
    orders: {},
    copies: {},
    portfolios: {},
    alerts: [],
    ...change,
  };
}
