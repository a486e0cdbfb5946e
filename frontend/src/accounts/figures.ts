/** The six figures over the orders: sums over all rows, with what is costly remembered by row. */
import type { AccountRow, CopyRow, OrderRow, PortfolioRow } from "../api/types";
import { copyLatency } from "../orders/latencies";
import { type Slippage, slippageOf } from "../orders/slippage";
import { DOUBTFUL, TROUBLED } from "../orders/states";

export interface Figures {
  /** Copies filled whole, of those that were to be filled. */
  filled: number;
  wanted: number;
  /** Primary orders with a copy that waits for the tick; with one that failed; else with one in doubt. */
  waiting: number;
  failed: number;
  doubtful: number;
  latencyMs: number | null;
  latencyP95Ms: number | null;
  slippage: Omit<Slippage, "value"> | null;
}

export interface Money {
  pnl: number | null;
  /** How many accounts the sum is over, of how many. */
  accounts: number;
  of: number;
  /** The oldest of the moments it was read at. */
  asOf: string | null;
}

interface Worth {
  order: OrderRow | undefined;
  latency: number | null;
  slippage: Slippage | null;
}

// Rows are replaced and never changed, so what was worked out for one holds as long as the row does.
const worths = new WeakMap<CopyRow, Worth>();

/** Sum up all copies. */
export function figuresOf(copies: Iterable<CopyRow>, orders: ReadonlyMap<string, OrderRow>): Figures {
  const waiting = new Set<string>();
  const failed = new Set<string>();
  const doubtful = new Set<string>();
  const taken: number[] = [];
  let filled = 0;
  let wanted = 0;
  let rupees = 0;
  let value = 0;
  for (const copy of copies) {
    if (copy.state === "FILLED") filled += 1;
    if (isWanted(copy)) wanted += 1;
    if (copy.state === "HELD") waiting.add(copy.primary_order_id);
    else if (DOUBTFUL.has(copy.state)) doubtful.add(copy.primary_order_id);
    else if (TROUBLED.has(copy.state)) failed.add(copy.primary_order_id);
    const { latency, slippage } = worthOf(copy, orders.get(copy.primary_order_id));
    if (latency !== null) taken.push(latency);
    rupees += slippage?.rupees ?? 0;
    value += slippage?.value ?? 0;
  }
  const sorted = Float64Array.from(taken).sort();
  return {
    filled,
    wanted,
    waiting: waiting.size,
    failed: failed.size,
    doubtful: [...doubtful].filter((id) => !failed.has(id)).length,
    latencyMs: at(sorted, 0.5),
    latencyP95Ms: at(sorted, 0.95),
    slippage: value > 0 ? { rupees, bps: (rupees / value) * 10_000 } : null,
  };
}

/** Add up the day's profits of all accounts that were read. */
export function moneyOf(
  accounts: readonly AccountRow[],
  portfolios: ReadonlyMap<string, PortfolioRow>,
): Money {
  const known = accounts.flatMap((account) => {
    const row = portfolios.get(account.account_id);
    return row && row.pnl !== null ? [row] : [];
  });
  const moments = known.flatMap((row) => row.as_of ?? []).sort();
  return {
    pnl: known.length > 0 ? known.reduce((sum, row) => sum + Number(row.pnl), 0) : null,
    accounts: known.length,
    of: accounts.length,
    asOf: moments[0] ?? null,
  };
}

/** Return the account that has used most of its orders of the day, null where none may place any. */
export function tightestBudget(accounts: readonly AccountRow[]): AccountRow | null {
  const used = (account: AccountRow) => account.orders_today / account.orders_limit;
  return accounts
    .filter((account) => account.orders_limit > 0)
    .reduce<AccountRow | null>(
      (most, account) => (most && used(most) >= used(account) ? most : account),
      null,
    );
}

/** What was ended before anything filled, by the primary or by the operator, was not to be filled. */
function isWanted(copy: CopyRow): boolean {
  if (copy.state === "HELD" || copy.state === "SKIPPED" || copy.state === "NOT_SENT") return false;
  return copy.state !== "CANCELLED" || copy.filled_quantity > 0;
}

function worthOf(copy: CopyRow, order: OrderRow | undefined): Worth {
  const known = worths.get(copy);
  if (known !== undefined && known.order === order) return known;
  const worth = {
    order,
    latency: copyLatency(copy),
    slippage: order && copy.filled_quantity > 0 ? slippageOf(order, copy) : null,
  };
  worths.set(copy, worth);
  return worth;
}

function at(sorted: Float64Array, part: number): number | null {
  return sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)] ?? null;
}

export interface Failures {
  failed: number;
  doubtful: number;
}

export const NO_FAILURES: Failures = { failed: 0, doubtful: 0 };

/** Count each account's copies that failed, and those of which nobody knows whether they did. */
export function failuresByAccount(copies: Iterable<CopyRow>): Map<string, Failures> {
  const found = new Map<string, Failures>();
  for (const copy of copies) {
    if (!TROUBLED.has(copy.state)) continue;
    const { failed, doubtful } = found.get(copy.account_id) ?? NO_FAILURES;
    const isDoubtful = DOUBTFUL.has(copy.state);
    found.set(copy.account_id, {
      failed: failed + (isDoubtful ? 0 : 1),
      doubtful: doubtful + (isDoubtful ? 1 : 0),
    });
  }
  return found;
}
