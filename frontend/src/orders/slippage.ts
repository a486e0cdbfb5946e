/** How the price of a copy compares with the primary's. */
import type { CopyRow, OrderRow } from "../api/types";
import { averagePrice } from "./legs";

/** In the holder's favour where positive: a buy below the primary's price, a sale above it. */
export interface Slippage {
  rupees: number;
  /** Hundredths of a percent of the primary's price. */
  bps: number;
  /** The same units at the primary's price: the weight in a sum. */
  value: number;
}

/** Return the copy's average price less the primary's, null until both have filled something. */
export function priceDifference(order: OrderRow, copy: CopyRow): number | null {
  const mine = averagePrice(copy);
  const theirs = Number(order.average_price);
  return mine === null || !(theirs > 0) ? null : mine - theirs;
}

/** Return what the difference in price has cost or brought, null until both have filled something. */
export function slippageOf(order: OrderRow, copy: CopyRow): Slippage | null {
  const difference = priceDifference(order, copy);
  if (difference === null) return null;
  const gain = copy.side === "BUY" ? -difference : difference;
  const value = Number(order.average_price) * copy.filled_quantity;
  return withBps(gain * copy.filled_quantity, value);
}

/** Add slippages up; null where there are none. */
export function totalSlippage(each: Iterable<Slippage | null>): Slippage | null {
  let rupees = 0;
  let value = 0;
  for (const one of each) {
    rupees += one?.rupees ?? 0;
    value += one?.value ?? 0;
  }
  return value > 0 ? withBps(rupees, value) : null;
}

function withBps(rupees: number, value: number): Slippage {
  return { rupees: rupees + 0, bps: value > 0 ? (rupees / value) * 10_000 : 0, value };
}
