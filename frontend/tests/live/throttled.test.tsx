/** Sums are drawn now and then, however often rows change, and never miss the last of them. */
import { render, screen } from "@testing-library/react";
import { act } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Connection } from "../../src/live/connection";
import { LiveProvider, useStore } from "../../src/live/live";
import { LiveStore } from "../../src/live/store";
import { useThrottled } from "../../src/live/throttled";
import { FakeConnection } from "../builders/page";
import { by, deltas, order, snapshot } from "../builders/rows";

let drawings = 0;

function Sum() {
  useThrottled("rows accounts", 250);
  drawings += 1;
  return <p>{useStore().orders.size}</p>;
}

beforeEach(() => {
  vi.useFakeTimers();
  drawings = 0;
});
afterEach(() => vi.useRealTimers());

it("draws at most four times a second, and the newest at the end", () => {
  const store = new LiveStore();
  store.take(snapshot());
  const connection = new FakeConnection() as unknown as Connection;
  render(
    <LiveProvider live={{ store, connection }}>
      <Sum />
    </LiveProvider>,
  );
  act(() => vi.advanceTimersByTime(1000));
  const before = drawings;
  for (let seq = 1; seq <= 100; seq += 1)
    act(() => {
      store.apply(deltas(seq, { orders: by("order_id", [order(`${seq}`)]) }));
      vi.advanceTimersByTime(10);
    });
  expect(drawings - before).toBeLessThanOrEqual(5);
  expect(drawings - before).toBeGreaterThanOrEqual(4);
  act(() => vi.advanceTimersByTime(250));
  expect(screen.getByText("100")).toBeTruthy();
  const after = drawings;
  act(() => vi.advanceTimersByTime(5000));
  expect(drawings).toBe(after);
});
