/** What the charts show, computed from orders and copies: latencies, slippage and outcomes by account. */
import type { AccountRow, CopyRow, CopyState, OrderRow } from "../api/types";
import { copyLatency, copyStages, percentile, STAGES, type Stages } from "../orders/latencies";
import { type Slippage, slippageOf, totalSlippage } from "../orders/slippage";

export interface Spread {
  count: number;
  median: number | null;
  p95: number | null;
}

export interface AccountFigures {
  accountId: string;
  name: string;
  /** From plan to answer. */
  whole: Spread;
  stages: Record<keyof Stages, Spread>;
  slippage: Slippage | null;
  outcomes: Record<Outcome, number>;
}

export const OUTCOMES = ["filled", "resting", "waiting", "failed", "cancelled", "skipped"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const OUTCOME_OF: Record<CopyState, Outcome> = {
  FILLED: "filled",
  PARTIAL: "resting",
  OPEN: "resting",
  TRIGGER_PENDING: "resting",
  HELD: "waiting",
  PENDING: "waiting",
  SENDING: "waiting",
  IN_DOUBT: "failed",
  NEEDS_OPERATOR: "failed",
  REJECTED: "failed",
  FAILED: "failed",
  DENIED: "failed",
  EXPIRED: "failed",
  NOT_SENT: "cancelled",
  CANCELLED: "cancelled",
  SKIPPED: "skipped",
};

export function spreadOf(values: (number | null)[]): Spread {
  const known = values.filter((value) => value !== null);
  return { count: known.length, median: percentile(known, 0.5), p95: percentile(known, 0.95) };
}

/** Return the figures of each secondary, in the accounts' order. */
export function figuresOf(
  accounts: readonly AccountRow[],
  orders: ReadonlyMap<string, OrderRow>,
  copies: Iterable<CopyRow>,
): AccountFigures[] {
  const byAccount = new Map<string, CopyRow[]>();
  for (const copy of copies) {
    const held = byAccount.get(copy.account_id);
    if (held) held.push(copy);
    else byAccount.set(copy.account_id, [copy]);
  }
  return accounts
    .filter((account) => account.role === "secondary")
    .map((account) => accountFigures(account, orders, byAccount.get(account.account_id) ?? []));
}

function accountFigures(
  account: AccountRow,
  orders: ReadonlyMap<string, OrderRow>,
  copies: CopyRow[],
): AccountFigures {
  const stages = copies.map((copy) => copyStages(orders.get(copy.primary_order_id), copy));
  const outcomes = Object.fromEntries(OUTCOMES.map((each) => [each, 0])) as Record<Outcome, number>;
  for (const copy of copies) outcomes[OUTCOME_OF[copy.state]] += 1;
  return {
    accountId: account.account_id,
    name: account.name,
    whole: spreadOf(copies.map(copyLatency)),
    stages: Object.fromEntries(
      STAGES.map((stage) => [stage, spreadOf(stages.map((each) => each[stage]))]),
    ) as Record<keyof Stages, Spread>,
    slippage: totalSlippage(
      copies.map((copy) => {
        const order = orders.get(copy.primary_order_id);
        return order ? slippageOf(order, copy) : null;
      }),
    ),
    outcomes,
  };
}

export interface Bar {
  from: number;
  to: number;
  count: number;
}

export interface Histogram {
  bars: Bar[];
  median: number | null;
  p95: number | null;
  count: number;
  /** How many took longer than the last bar shows. */
  beyond: number;
}

const WIDTHS = [5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000];
const MOST_BARS = 24;

/** Sort latencies into at most two dozen bars of a round width that hold all but the slowest hundredth. */
export function histogramOf(values: number[]): Histogram {
  const end = (percentile(values, 0.99) ?? 0) + 1;
  const width = WIDTHS.find((each) => end / each <= MOST_BARS) ?? 5_000;
  const size = Math.min(Math.ceil(end / width), MOST_BARS);
  const bars = Array.from({ length: values.length ? size : 0 }, (_, n) => ({
    from: n * width,
    to: (n + 1) * width,
    count: 0,
  }));
  let beyond = 0;
  for (const value of values) {
    const bar = bars[Math.floor(value / width)];
    if (bar) bar.count += 1;
    else beyond += 1;
  }
  return {
    bars,
    median: percentile(values, 0.5),
    p95: percentile(values, 0.95),
    count: values.length,
    beyond,
  };
}
