/** What the charts show. */
import { expect, test } from "vitest";
import { figuresOf, histogramOf, OUTCOMES, spreadOf } from "../../src/analytics/figures";
import type { AccountRow, CopyRow, CopyState, OrderRow } from "../../src/api/types";

function account(id: string, role: AccountRow["role"] = "secondary"): AccountRow {
  return { account_id: id, name: `Name of ${id}`, role } as AccountRow;
}

function copy(accountId: string, state: CopyState, tookMs: number, price = "100"): CopyRow {
  const planned = Date.parse("2026-11-20T05:12:17Z");
  const leg = {
    number: 0,
    generation: 0,
    state,
    filled_quantity: state === "FILLED" ? 10 : 0,
    average_price: price,
    planned_at: new Date(planned).toISOString(),
    sent_at: new Date(planned + 2).toISOString(),
    answered_at: new Date(planned + tookMs).toISOString(),
  };
  return {
    copy_id: `1:${accountId}:${tookMs}`,
    primary_order_id: "1",
    account_id: accountId,
    side: "BUY",
    state,
    requested_by: "engine",
    filled_quantity: leg.filled_quantity,
    legs: [leg],
  } as CopyRow;
}

const ORDERS = new Map([["1", { order_id: "1", average_price: "100", placed_at: null } as OrderRow]]);

test("figures are by secondary, in the accounts' order, and each copy counts in one outcome", () => {
  const accounts = [account("P", "primary"), account("B"), account("A")];
  const copies = [copy("A", "FILLED", 100, "101"), copy("A", "REJECTED", 300), copy("B", "SKIPPED", 5)];
  const [b, a] = figuresOf(accounts, ORDERS, copies);
  expect([b?.accountId, a?.accountId]).toEqual(["B", "A"]);
  expect(a?.outcomes).toMatchObject({ filled: 1, failed: 1 });
  expect(OUTCOMES.reduce((sum, each) => sum + (a?.outcomes[each] ?? 0), 0)).toBe(2);
  expect(a?.whole).toEqual({ count: 2, median: 100, p95: 300 });
  expect(a?.stages.answered).toEqual({ count: 2, median: 98, p95: 298 });
  expect(a?.slippage?.rupees).toBe(-10);
  expect(a?.slippage?.bps).toBeCloseTo(-100);
  expect(b?.slippage).toBeNull();
});

test("a spread leaves out what is not known", () => {
  expect(spreadOf([null, 5, null])).toEqual({ count: 1, median: 5, p95: 5 });
  expect(spreadOf([])).toEqual({ count: 0, median: null, p95: null });
});

test("a histogram holds every value in a bar or beyond the last", () => {
  const values = [...Array.from({ length: 300 }, (_, n) => n), 60_000];
  const found = histogramOf(values);
  expect(found.bars.length).toBeLessThanOrEqual(24);
  expect(found.bars.reduce((sum, bar) => sum + bar.count, 0) + found.beyond).toBe(values.length);
  expect(found.beyond).toBe(1);
  expect(found.bars[0]).toMatchObject({ from: 0 });
});

test("no values make no bars", () => {
  expect(histogramOf([])).toEqual({ bars: [], median: null, p95: null, count: 0, beyond: 0 });
});
