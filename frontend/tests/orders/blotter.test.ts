/** Which lines are shown, and when they may move. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OrderRow } from "../../src/api/types";
import { LiveStore } from "../../src/live/store";
import { Blotter } from "../../src/orders/blotter";
import { by, deltas, snapshot } from "../builders/rows";
import { copy, held, later, order } from "./rows";

let store: LiveStore;
let blotter: Blotter;
let close: () => void;
let seq = 0;

function change(orders: OrderRow[], copies = [held("9", "SE1")].slice(1)) {
  seq += 1;
  store.apply(deltas(seq, { orders: by("order_id", orders), copies: by("copy_id", copies) }));
}

const ids = () => blotter.shown.lines.map((line) => line.id);

beforeEach(() => {
  vi.useFakeTimers();
  seq = 0;
  store = new LiveStore();
  const orders = [
    order("1", { placed_at: later(1000), average_price: "10" }),
    order("2", { placed_at: later(2000), average_price: "30", tradingsymbol: "TCS" }),
    order("3", { placed_at: later(3000), average_price: "20" }),
  ];
  const copies = [copy("1", "SE1"), held("2", "SE2"), held("2", "SE1")];
  store.take(snapshot({ orders: by("order_id", orders), copies: by("copy_id", copies) }));
  blotter = new Blotter(store);
  close = blotter.open();
});

afterEach(() => {
  close();
  vi.useRealTimers();
});

describe("lines", () => {
  it("come newest first, copies in the order of the accounts", () => {
    expect(ids()).toEqual(["3", "2", "1"]);
    expect(blotter.shown.lines[1]?.children.map((line) => line.id)).toEqual(["2:SE1", "2:SE2"]);
  });

  it("stand by the moment, whatever zone it is written in", () => {
    const moment = new Date(later(2500)).getTime() + 5.5 * 3600 * 1000;
    const inIndia = new Date(moment).toISOString().replace("Z", "+05:30");
    change([order("4", { placed_at: inIndia })]);
    expect(ids()).toEqual(["3", "4", "2", "1"]);
  });

  it("keep their identity while rows only change", () => {
    const before = blotter.shown.lines;
    change([order("1", { average_price: "11" })], [copy("1", "SE1", { filled_quantity: 5 })]);
    vi.advanceTimersByTime(2000);
    expect(blotter.shown.lines).toBe(before);
  });

  it("take a new order in at once, and copies a little later", () => {
    change([order("4", { placed_at: later(4000) })]);
    expect(ids()).toEqual(["4", "3", "2", "1"]);
    change([], [held("4", "SE1")]);
    vi.advanceTimersByTime(250);
    expect(blotter.shown.lines[0]?.children).toHaveLength(1);
  });

  it("are counted, filtered and found, and leave a filter that holds no more", () => {
    expect(blotter.shown.counts).toMatchObject({ all: 3, waiting: 1, copied: 1 });
    blotter.find("waiting", "");
    expect(ids()).toEqual(["2"]);
    blotter.ticks.toggle("2");
    change([], [copy("2", "SE1"), copy("2", "SE2")]);
    vi.advanceTimersByTime(250);
    expect(ids()).toEqual([]);
    expect(blotter.shown.counts.copied).toBe(2);
    expect(blotter.ticks.orderIds).toEqual(["2"]);
    blotter.find("all", "tcs");
    expect(ids()).toEqual(["2"]);
  });

  it("lose their ticks with their orders", () => {
    blotter.ticks.set(["1", "2"], true);
    store.take(snapshot({ boot_id: "other", orders: by("order_id", [order("2")]) }));
    expect(blotter.ticks.orderIds).toEqual(["2"]);
    expect(ids()).toEqual(["2"]);
  });
});

describe("sorting by what changes", () => {
  beforeEach(() => blotter.sort({ column: "average", isDescending: true }));

  const fall = () => change([order("2", { placed_at: later(2000), average_price: "1" })]);

  it("happens once a second at most", () => {
    expect(ids()).toEqual(["2", "3", "1"]);
    fall();
    vi.advanceTimersByTime(500);
    expect(ids()).toEqual(["2", "3", "1"]);
    vi.advanceTimersByTime(1000);
    expect(ids()).toEqual(["3", "1", "2"]);
  });

  it("waits while the pointer is over the rows, also when an order comes", () => {
    blotter.pointer(true);
    fall();
    change([order("4", { placed_at: later(4000), average_price: "25" })]);
    vi.advanceTimersByTime(5000);
    expect(ids()).toEqual(["2", "4", "3", "1"]);
    blotter.pointer(false);
    vi.advanceTimersByTime(1000);
    expect(ids()).toEqual(["4", "3", "1", "2"]);
  });

  it("waits while rows are ticked", () => {
    blotter.ticks.toggle("1");
    fall();
    vi.advanceTimersByTime(5000);
    expect(ids()).toEqual(["2", "3", "1"]);
    blotter.ticks.clear();
    vi.advanceTimersByTime(1000);
    expect(ids()).toEqual(["3", "1", "2"]);
  });

  it("puts what has no value last, either way", () => {
    change([order("4", { placed_at: later(4000), average_price: "0" })]);
    expect(ids()).toEqual(["2", "3", "1", "4"]);
    blotter.sort({ column: "average", isDescending: false });
    expect(ids()).toEqual(["1", "3", "2", "4"]);
  });

  it("goes by time both ways", () => {
    blotter.sort({ column: "time", isDescending: false });
    expect(ids()).toEqual(["1", "2", "3"]);
  });
});
