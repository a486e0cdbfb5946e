/** The grid's columns: their titles and widths, what they sort by, and what a file has of them. */
import type { CopyRow, OrderRow } from "../api/types";
import { instrumentName } from "../format/instrument";
import { istFull } from "../format/time";
import type { LiveStore } from "../live/store";
import type { Cell } from "./csv";
import { gainOf } from "./gain";
import { copyLatency, orderLatency } from "./latencies";
import { attempts, averagePrice } from "./legs";
import { priceDifference } from "./slippage";
import { copiesWord, copyLook, orderLook } from "./states";

export const COLUMN_IDS = [
  "time",
  "account",
  "instrument",
  "side",
  "type",
  "filled",
  "price",
  "average",
  "pnl",
  "status",
  "copies",
  "latency",
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

export interface Column {
  title: string;
  width: number;
  isRight?: boolean;
  /** Whether rows move by it while they are shown: then it sorts once a second at most. */
  isLive?: boolean;
}

export const COLUMNS: Record<ColumnId, Column> = {
  time: { title: "Time", width: 72 },
  account: { title: "Account", width: 84 },
  instrument: { title: "Instrument", width: 174 },
  side: { title: "Side", width: 52 },
  type: { title: "Type", width: 100 },
  filled: { title: "Filled / qty", width: 96, isRight: true, isLive: true },
  price: { title: "Price", width: 78, isRight: true, isLive: true },
  average: { title: "Avg", width: 78, isRight: true, isLive: true },
  pnl: { title: "P&L", width: 88, isRight: true, isLive: true },
  status: { title: "Status", width: 132, isLive: true },
  copies: { title: "Copies", width: 150, isLive: true },
  latency: { title: "Latency", width: 82, isRight: true, isLive: true },
};

export type SortKey = string | number | null;

export function primaryId(store: LiveStore): string {
  return store.accounts.find((account) => account.role === "primary")?.account_id ?? "";
}

/** Return what an order is sorted by in a column; null goes last, whichever way it is sorted. */
export function sortKey(store: LiveStore, column: ColumnId, orderId: string): SortKey {
  const order = store.orders.get(orderId);
  if (!order) return null;
  switch (column) {
    case "time":
      // A moment: the same one is written in the broker's zone by the broker and in another by the engine.
      return order.placed_at === null ? null : Date.parse(order.placed_at);
    case "account":
      return null;
    case "instrument":
      return instrumentName(`${order.exchange}:${order.tradingsymbol}`).name;
    case "side":
      return order.side;
    case "type":
      return `${order.order_type} ${order.product}`;
    case "filled":
      return order.filled_quantity;
    case "price":
      return positive(order.price);
    case "average":
      return positive(order.average_price);
    case "pnl":
      return orderGain(store, order);
    case "status":
      return orderLook(order.status, order.filled_quantity).word;
    case "copies":
      return copiesWord(store.copiesOf(orderId)).word;
    case "latency":
      return orderLatency(store.copiesOf(orderId));
  }
}

/** The columns of a file: all that the grid can show, and what it has no room for. */
export const FILE_COLUMNS = [
  ...["Time", "Kind", "Account", "Name", "Exchange", "Tradingsymbol", "Side", "Type", "Product"],
  ...["Quantity", "Filled", "Price", "Trigger price", "Average", "P&L", "Status", "Copies or reason"],
  ...["Vs primary", "Latency ms", "Attempts", "Order id", "Primary order id"],
] as const;

export function orderCells(store: LiveStore, order: OrderRow): Cell[] {
  const copies = store.copiesOf(order.order_id);
  const account = primaryId(store);
  return [
    istFull(order.placed_at),
    "Primary",
    account,
    store.account(account)?.name ?? "",
    order.exchange,
    order.tradingsymbol,
    order.side,
    order.order_type,
    order.product,
    order.quantity,
    order.filled_quantity,
    positive(order.price),
    positive(order.trigger_price),
    positive(order.average_price),
    rounded(orderGain(store, order)),
    order.status,
    order.skipped?.text ?? copiesWord(copies).word,
    null,
    orderLatency(copies),
    null,
    order.order_id,
    order.order_id,
  ];
}

export function copyCells(store: LiveStore, order: OrderRow, copy: CopyRow): Cell[] {
  return [
    istFull(copy.legs[0]?.planned_at ?? null),
    "Copy",
    copy.account_id,
    store.account(copy.account_id)?.name ?? "",
    order.exchange,
    order.tradingsymbol,
    copy.side,
    order.order_type,
    order.product,
    copy.quantity,
    copy.filled_quantity,
    null,
    null,
    rounded(averagePrice(copy)),
    rounded(copyGain(store, order, copy)),
    copyLook(copy).word,
    [copy.reason?.text, copy.reason?.raw].filter(Boolean).join(" | "),
    rounded(priceDifference(order, copy)),
    copyLatency(copy),
    attempts(copy),
    copy.legs.flatMap((leg) => leg.order_id ?? []).join(" "),
    order.order_id,
  ];
}

function orderGain(store: LiveStore, order: OrderRow): number | null {
  const gain = gainOf(store.portfolios.get(primaryId(store)), {
    instrument: `${order.exchange}:${order.tradingsymbol}`,
    product: order.product,
    side: order.side,
    units: order.filled_quantity,
    average: Number(order.average_price),
  });
  return gain?.rupees ?? null;
}

function copyGain(store: LiveStore, order: OrderRow, copy: CopyRow): number | null {
  const gain = gainOf(store.portfolios.get(copy.account_id), {
    instrument: copy.instrument,
    product: order.product,
    side: copy.side,
    units: copy.filled_quantity,
    average: averagePrice(copy),
  });
  return gain?.rupees ?? null;
}

function positive(amount: string): number | null {
  const value = Number(amount);
  return value > 0 ? value : null;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10_000) / 10_000;
}
