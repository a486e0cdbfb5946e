/** The six figures: what counts as filled, as wanted, as waiting; medians, slippage, money and budgets. */
import { describe, expect, it } from "vitest";
import { figuresOf, moneyOf, tightestBudget } from "../../src/accounts/figures";
import type { CopyRow, OrderRow } from "../../src/api/types";
import { account, copy, leg, order, portfolio } from "../builders/rows";

function figures(copies: CopyRow[], orders: OrderRow[] = []) {
  return figuresOf(copies, new Map(orders.map((each) => [each.order_id, each])));
}

function taking(ms: number): CopyRow {
  const planned = Date.UTC(2026, 10, 23, 4);
  const times = {
    planned_at: new Date(planned).toISOString(),
    sent_at: new Date(planned).toISOString(),
    answered_at: new Date(planned + ms).toISOString(),
  };
  return copy(`${ms}`, "SE1", { legs: [leg(times)] });
}

describe("copies filled", () => {
  it("are counted of those that were to be filled", () => {
    const states = ["FILLED", "FILLED", "OPEN", "REJECTED", "HELD", "SKIPPED", "NOT_SENT"] as const;
    const found = figures(states.map((state, at) => copy(`${at}`, "SE1", { state, filled_quantity: 0 })));
    expect([found.filled, found.wanted]).toEqual([2, 4]);
  });

  it("leave out what was cancelled before anything filled, and no other cancelled one", () => {
    const none = copy("1", "SE1", { state: "CANCELLED", filled_quantity: 0 });
    const some = copy("2", "SE1", { state: "CANCELLED", filled_quantity: 10 });
    expect(figures([none, some])).toMatchObject({ filled: 0, wanted: 1 });
  });
});

describe("need you", () => {
  it("counts primary orders, each once for waiting and once for trouble", () => {
    const rows = [
      copy("1", "SE1", { state: "HELD" }),
      copy("1", "SE2", { state: "HELD" }),
      copy("2", "SE1", { state: "REJECTED" }),
      copy("2", "SE2", { state: "HELD" }),
      copy("3", "SE1", { state: "NEEDS_OPERATOR" }),
      copy("4", "SE1"),
    ];
    expect(figures(rows)).toMatchObject({ waiting: 2, failed: 1, doubtful: 1 });
  });
});

describe("latency", () => {
  it("has a median and a 95th percentile of numbers, not of texts", () => {
    const rows = [9, 100, 20, 1000, 30].map(taking);
    expect(figures(rows)).toMatchObject({ latencyMs: 30, latencyP95Ms: 1000 });
  });

  it("is unknown while nothing was answered", () => {
    const rows = [copy("1", "SE1", { state: "HELD", legs: [] })];
    expect(figures(rows)).toMatchObject({ latencyMs: null, latencyP95Ms: null });
  });
});

describe("slippage", () => {
  const bought = copy("1", "SE1", { legs: [leg({ average_price: "1501.50" })] });

  it("is lost by buying dearer, in rupees and in hundredths of a percent", () => {
    const found = figures([bought], [order("1")]).slippage;
    expect(found?.rupees).toBeCloseTo(-150);
    expect(found?.bps).toBeCloseTo(-10);
  });

  it("is won by selling dearer", () => {
    const found = figures([{ ...bought, side: "SELL" }], [order("1", { side: "SELL" })]).slippage;
    expect(found?.rupees).toBeCloseTo(150);
  });

  it("follows the primary's order when that changes", () => {
    expect(figures([bought], [order("1")]).slippage?.rupees).toBeCloseTo(-150);
    expect(figures([bought], [order("1", { average_price: "1501.50" })]).slippage?.rupees).toBeCloseTo(0);
  });

  it("is unknown while either has no price", () => {
    expect(figures([bought]).slippage).toBeNull();
    expect(figures([copy("1", "SE1", { filled_quantity: 0, legs: [] })], [order("1")]).slippage).toBeNull();
  });
});

describe("money", () => {
  const accounts = [account("PA1", { role: "primary" }), account("SE1"), account("SE2")];

  it("is added over the accounts that were read, as of the oldest of them", () => {
    const rows = [
      portfolio("PA1", { pnl: "100.50", as_of: "2026-11-23T04:00:05+00:00" }),
      portfolio("SE1", { pnl: "-20.25", as_of: "2026-11-23T04:00:01+00:00" }),
    ];
    const found = moneyOf(accounts, new Map(rows.map((row) => [row.account_id, row])));
    expect(found).toEqual({ pnl: 80.25, accounts: 2, of: 3, asOf: "2026-11-23T04:00:01+00:00" });
  });

  it("is unknown, not nothing, where none was read", () => {
    const rows = new Map([["SE1", portfolio("SE1", { pnl: null, as_of: null })]]);
    expect(moneyOf(accounts, rows)).toEqual({ pnl: null, accounts: 0, of: 3, asOf: null });
  });
});

describe("the tightest budget", () => {
  it("is by share, not by number", () => {
    const rows = [
      account("A", { orders_today: 300, orders_limit: 5000 }),
      account("B", { orders_today: 200, orders_limit: 1000 }),
    ];
    expect(tightestBudget(rows)?.account_id).toBe("B");
  });

  it("is nobody's where no limit is known", () => {
    expect(tightestBudget([account("A", { orders_limit: 0 })])).toBeNull();
    expect(tightestBudget([])).toBeNull();
  });
});
