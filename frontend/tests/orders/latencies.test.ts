/** Stages, latencies and prices of copies. */
import { describe, expect, it } from "vitest";
import { copyLatency, copyStages, legStages, orderLatency, percentile } from "../../src/orders/latencies";
import { attempts, averagePrice, currentLegs } from "../../src/orders/legs";
import { priceDifference, slippageOf, totalSlippage } from "../../src/orders/slippage";
import { copy, held, later, leg, order } from "./rows";

describe("latencies", () => {
  it("tells the stages of a leg apart", () => {
    expect(legStages(order("1"), leg())).toEqual({ seen: 40, sent: 5, answered: 95 });
  });

  it("knows nothing of what has not happened, nor of clocks that disagree", () => {
    const early = leg({ planned_at: later(-300), sent_at: null, answered_at: null });
    expect(legStages(order("1"), early)).toEqual({ seen: null, sent: null, answered: null });
    expect(legStages(undefined, leg()).seen).toBeNull();
  });

  it("takes the slowest leg, and none while one is unanswered", () => {
    const slow = leg({ number: 1, answered_at: later(340) });
    expect(copyLatency(copy("1", "A", { legs: [leg(), slow] }))).toBe(300);
    expect(copyLatency(copy("1", "A", { legs: [leg(), leg({ number: 1, answered_at: null })] }))).toBeNull();
    expect(copyLatency(held("1", "A"))).toBeNull();
  });

  it("counts the newest generation, and what rested not at all", () => {
    const again = leg({ generation: 1, planned_at: later(9_000), answered_at: later(9_050) });
    const rejected = leg({ state: "REJECTED" });
    expect(copyLatency(copy("1", "A", { legs: [rejected, again] }))).toBe(50);
    expect(copyLatency(copy("1", "A", { legs: [leg({ answered_at: later(61_000) })] }))).toBeNull();
  });

  it("leaves the operator's own hesitation out", () => {
    expect(copyStages(order("1"), copy("1", "A")).seen).toBe(40);
    expect(copyStages(order("1"), copy("1", "A", { requested_by: "operator" })).seen).toBeNull();
  });

  it("takes the slowest copy of an order, and percentiles by rank", () => {
    expect(orderLatency([held("1", "A"), copy("1", "B")])).toBe(100);
    expect(orderLatency([])).toBeNull();
    expect(percentile([30, 10, 20, 40], 0.5)).toBe(20);
    expect(percentile([30, 10, 20, 40], 0.95)).toBe(40);
    expect(percentile([], 0.5)).toBeNull();
  });
});

describe("legs", () => {
  it("keeps an earlier leg that was found over a retry that came to nothing", () => {
    const found = leg({ state: "FILLED" });
    const retried = leg({ generation: 1, state: "REJECTED" });
    expect(currentLegs(copy("1", "A", { legs: [retried, found] }))).toEqual([found]);
    const lost = leg({ state: "REJECTED" });
    expect(currentLegs(copy("1", "A", { legs: [lost, retried] }))).toEqual([retried]);
  });

  it("adds slices up", () => {
    const legs = [
      leg({ filled_quantity: 10, average_price: "100" }),
      leg({ number: 1, filled_quantity: 30, average_price: "104", attempts: 2 }),
      leg({ number: 2, filled_quantity: 0, average_price: "0" }),
    ];
    expect(averagePrice(copy("1", "A", { legs }))).toBe(103);
    expect(attempts(copy("1", "A", { legs }))).toBe(4);
    expect(averagePrice(held("1", "A"))).toBeNull();
  });
});

describe("slippage", () => {
  const dearer = copy("1", "A", { legs: [leg({ average_price: "100.50" })] });

  it("is a loss where a buy was dearer and a gain where a sale was", () => {
    expect(priceDifference(order("1"), dearer)).toBeCloseTo(0.5);
    expect(slippageOf(order("1"), dearer)?.rupees).toBeCloseTo(-5);
    expect(slippageOf(order("1"), dearer)?.bps).toBeCloseTo(-50);
    expect(slippageOf(order("1"), { ...dearer, side: "SELL" })?.rupees).toBeCloseTo(5);
  });

  it("is unknown until both have filled, and weighs by value in a sum", () => {
    expect(slippageOf(order("1", { average_price: "0" }), dearer)).toBeNull();
    expect(slippageOf(order("1"), held("1", "A"))).toBeNull();
    const total = totalSlippage([
      slippageOf(order("1"), dearer),
      null,
      slippageOf(order("1"), copy("1", "B")),
    ]);
    expect(total?.rupees).toBeCloseTo(-5);
    expect(total?.bps).toBeCloseTo(-25);
    expect(totalSlippage([null])).toBeNull();
  });
});
