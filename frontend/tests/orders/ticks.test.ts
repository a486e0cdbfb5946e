/** Ticks stay with orders and copies, whatever the grid does. */
import { beforeEach, describe, expect, it } from "vitest";
import { Ticks } from "../../src/orders/ticks";

const COPIES: Record<string, string[]> = { "1": ["1:A", "1:B"], "2": ["2:A", "2:B"], "3": [] };
let ticks: Ticks;

beforeEach(() => {
  ticks = new Ticks((orderId) => COPIES[orderId] ?? []);
});

describe("one tick", () => {
  it("ticks an order with all its copies, and takes it away again", () => {
    ticks.toggle("1");
    expect([ticks.tickOf("1"), ticks.tickOf("1:A"), ticks.tickOf("2")]).toEqual(["all", "all", "none"]);
    expect(ticks.copiesTicked("1")).toBeNull();
    ticks.toggle("1");
    expect(ticks.isEmpty).toBe(true);
  });

  it("ticks an order in part when one of its copies is ticked", () => {
    ticks.toggle("1:B");
    expect([ticks.tickOf("1"), ticks.tickOf("1:A"), ticks.tickOf("1:B")]).toEqual(["some", "none", "all"]);
    expect(ticks.orderIds).toEqual(["1"]);
    expect(ticks.copiesTicked("1")).toEqual(["1:B"]);
  });

  it("leaves the other copies ticked when one is taken out of a ticked order", () => {
    ticks.toggle("1");
    ticks.toggle("1:A");
    expect(ticks.copiesTicked("1")).toEqual(["1:B"]);
    ticks.toggle("1:A");
    expect(ticks.tickOf("1")).toBe("all");
    expect(ticks.copiesTicked("1")).toBeNull();
  });

  it("makes an order that is ticked in part ticked as a whole", () => {
    ticks.toggle("1:A");
    ticks.toggle("1");
    expect(ticks.tickOf("1:B")).toBe("all");
  });

  it("stands for copies that come later", () => {
    ticks.toggle("3");
    expect(ticks.tickOf("3:A")).toBe("all");
  });
});

describe("many ticks", () => {
  const shown = ["3", "2", "2:A", "2:B", "1"];

  it("ticks from the last one to this, whichever way", () => {
    ticks.toggle("1");
    ticks.toggleRange(shown, "2:B");
    expect(ticks.copiesTicked("2")).toEqual(["2:B"]);
    ticks.toggleRange(shown, "3");
    expect(ticks.orderIds.sort()).toEqual(["1", "2", "3"]);
    expect(ticks.tickOf("2")).toBe("all");
  });

  it("takes a range away where the last one was taken away", () => {
    ticks.set(["1", "2", "3"], true);
    ticks.toggle("3");
    ticks.toggleRange(shown, "2");
    expect(ticks.orderIds).toEqual(["1"]);
  });

  it("toggles one where the last one is not shown any more", () => {
    ticks.toggle("9");
    ticks.toggleRange(shown, "2");
    expect(ticks.orderIds.sort()).toEqual(["2", "9"]);
  });

  it("forgets what is gone and tells once", () => {
    ticks.set(["1", "2:A"], true);
    let told = 0;
    ticks.subscribe(() => {
      told += 1;
    });
    ticks.prune((id) => id === "1");
    ticks.prune((id) => id === "1");
    expect(ticks.orderIds).toEqual(["1"]);
    expect(told).toBe(1);
    ticks.clear();
    ticks.clear();
    expect(told).toBe(2);
  });
});
