/** The page's copy of the state: what follows is taken, what is old is left, what is missing is noticed. */
import { describe, expect, it, vi } from "vitest";
import { LiveStore } from "../../src/live/store";
import { account, alert, BOOT, by, copy, deltas, order, portfolio, snapshot, status } from "../builders/rows";

function filled(): LiveStore {
  const store = new LiveStore();
  store.take(
    snapshot({
      seq: 10,
      orders: by("order_id", [order("1"), order("2", { placed_at: "2026-11-23T04:00:01+00:00" })]),
      copies: by("copy_id", [copy("1", "SE1"), copy("1", "SE2"), copy("2", "SE1")]),
      portfolios: by("account_id", [portfolio("PA1"), portfolio("SE1")]),
      alerts: [alert(1)],
    }),
  );
  return store;
}

function heard(store: LiveStore, ...keys: string[]): Record<string, ReturnType<typeof vi.fn>> {
  return Object.fromEntries(
    keys.map((key) => {
      const listener = vi.fn();
      store.subscribe(key, listener);
      return [key, listener];
    }),
  );
}

describe("a snapshot", () => {
  it("is all there is", () => {
    const store = filled();
    expect(store.isEmpty).toBe(false);
    expect(store.orderIds).toEqual(["1", "2"]);
    expect(store.copiesOf("1").map((each) => each.account_id)).toEqual(["SE1", "SE2"]);
    expect(store.portfolios.get("SE1")?.pnl).toBe("1000.00");
    expect(store.alerts).toHaveLength(1);
  });

  it("takes away what it does not name, and tells those who show it", () => {
    const store = filled();
    const listeners = heard(store, "order:2", "portfolio:SE1", "accounts", "rows");
    store.take(snapshot({ seq: 20, orders: by("order_id", [order("1")]) }));
    expect(store.orders.has("2")).toBe(false);
    expect(store.portfolios.size).toBe(0);
    expect(store.copiesOf("1")).toEqual([]);
    for (const listener of Object.values(listeners)) expect(listener).toHaveBeenCalledOnce();
  });

  it("of a restarted engine is taken whatever its number", () => {
    const store = filled();
    store.take(snapshot({ boot_id: "boot-2", seq: 1 }));
    expect(store.orderIds).toEqual([]);
    expect(store.apply(deltas(2, { boot_id: "boot-2", orders: by("order_id", [order("9")]) }))).toBe(
      "applied",
    );
    expect(store.orderIds).toEqual(["9"]);
  });
});

describe("deltas", () => {
  it("are left aside before a snapshot", () => {
    const store = new LiveStore();
    expect(store.apply(deltas(1, { orders: by("order_id", [order("1")]) }))).toBe("old");
    expect(store.orders.size).toBe(0);
  });

  it("are taken in order, rows whole", () => {
    const store = filled();
    expect(store.apply(deltas(11, { orders: by("order_id", [order("1", { status: "REJECTED" })]) }))).toBe(
      "applied",
    );
    expect(store.apply(deltas(12, { copies: by("copy_id", [copy("2", "SE2")]) }))).toBe("applied");
    expect(store.orders.get("1")?.status).toBe("REJECTED");
    expect(store.copiesOf("2").map((each) => each.account_id)).toEqual(["SE1", "SE2"]);
  });

  it("that span what is here and what is new are taken", () => {
    const store = filled();
    expect(store.apply({ ...deltas(12), from_seq: 8, status: status({ is_stopped: true }) })).toBe("applied");
    expect(store.status?.is_stopped).toBe(true);
    expect(store.apply(deltas(13))).toBe("applied");
  });

  it.each([
    ["repeated", deltas(10), "old"],
    ["one missing", deltas(12), "gap"],
    ["of another start of the engine", deltas(11, { boot_id: "boot-2" }), "gap"],
  ])("%s change nothing", (_, batch, answer) => {
    const store = filled();
    const listeners = heard(store, "status", "orders", "rows", "accounts", "alerts", "portfolios");
    const whole = { ...batch, status: status({ is_stopped: true }), orders: by("order_id", [order("3")]) };
    expect(store.apply(whole)).toBe(answer);
    expect(store.orders.has("3")).toBe(false);
    expect(store.status?.is_stopped).toBe(false);
    for (const listener of Object.values(listeners)) expect(listener).not.toHaveBeenCalled();
    expect(store.apply(deltas(11, { boot_id: BOOT }))).toBe("applied");
  });
});

describe("who is told", () => {
  it("only those who show what changed", () => {
    const store = filled();
    const listeners = heard(
      store,
      "order:1",
      "order:2",
      "rows",
      "orders",
      "accounts",
      "status",
      "portfolios",
    );
    store.apply(deltas(11, { copies: by("copy_id", [copy("1", "SE1", { state: "OPEN" })]) }));
    expect(listeners["order:1"]).toHaveBeenCalledOnce();
    expect(listeners["rows"]).toHaveBeenCalledOnce();
    for (const key of ["order:2", "orders", "accounts", "status", "portfolios"])
      expect(listeners[key], key).not.toHaveBeenCalled();
  });

  it("once for a batch, however many rows of theirs are in it", () => {
    const store = filled();
    const listeners = heard(store, "order:1", "rows");
    const rows = [copy("1", "SE1"), copy("1", "SE2")];
    store.apply(deltas(11, { orders: by("order_id", [order("1")]), copies: by("copy_id", rows) }));
    expect(listeners["order:1"]).toHaveBeenCalledOnce();
    expect(listeners["rows"]).toHaveBeenCalledOnce();
  });

  it("of the portfolios only the account's own, and those who show all", () => {
    const store = filled();
    const listeners = heard(store, "portfolios", "portfolio:SE1", "portfolio:PA1", "rows", "accounts");
    store.apply(deltas(11, { portfolios: by("account_id", [portfolio("SE1", { pnl: "-5.00" })]) }));
    expect(store.portfolios.get("SE1")?.pnl).toBe("-5.00");
    expect(listeners["portfolios"]).toHaveBeenCalledOnce();
    expect(listeners["portfolio:SE1"]).toHaveBeenCalledOnce();
    for (const key of ["portfolio:PA1", "rows", "accounts"]) expect(listeners[key]).not.toHaveBeenCalled();
  });

  it("nobody any more who has left", () => {
    const store = filled();
    const listener = vi.fn();
    store.subscribe("status", listener)();
    store.apply(deltas(11, { status: status() }));
    expect(listener).not.toHaveBeenCalled();
  });

  it("after all rows are in place", () => {
    const store = filled();
    let seen = 0;
    store.subscribe("orders", () => {
      seen = store.copiesOf("3").length;
    });
    store.apply(
      deltas(11, { orders: by("order_id", [order("3")]), copies: by("copy_id", [copy("3", "SE1")]) }),
    );
    expect(seen).toBe(1);
  });
});

describe("accounts", () => {
  it("have the primary first and keep the order of the file else", () => {
    const store = new LiveStore();
    const rows = [account("SE2"), account("SE1"), account("PA1", { role: "primary" })];
    store.take(snapshot({ accounts: by("account_id", rows) }));
    expect(store.accounts.map((each) => each.account_id)).toEqual(["PA1", "SE2", "SE1"]);
    store.apply(deltas(1, { accounts: by("account_id", [account("SE1", { mode: "off" })]) }));
    expect(store.accounts.map((each) => each.account_id)).toEqual(["PA1", "SE2", "SE1"]);
    expect(store.account("SE1")?.mode).toBe("off");
  });

  it("that are gone take their portfolios with them", () => {
    const store = filled();
    const listeners = heard(store, "accounts", "portfolio:SE1", "portfolio:PA1");
    store.apply(deltas(11, { gone_accounts: ["SE1"] }));
    expect(store.account("SE1")).toBeUndefined();
    expect(store.accounts.map((each) => each.account_id)).toEqual(["PA1", "SE2"]);
    expect(store.portfolios.has("SE1")).toBe(false);
    expect(listeners["accounts"]).toHaveBeenCalledOnce();
    expect(listeners["portfolio:SE1"]).toHaveBeenCalledOnce();
    expect(listeners["portfolio:PA1"]).not.toHaveBeenCalled();
  });

  it("that went and came back within a batch are there, as they came", () => {
    const store = filled();
    const back = account("SE1", { multiplier: "3" });
    const rows = {
      accounts: by("account_id", [back]),
      portfolios: by("account_id", [portfolio("SE1", { pnl: "7.00" })]),
    };
    store.apply(deltas(11, { gone_accounts: ["SE1"], ...rows }));
    expect(store.account("SE1")?.multiplier).toBe("3");
    expect(store.portfolios.get("SE1")?.pnl).toBe("7.00");
  });
});

describe("alerts", () => {
  it("are taken once each by their number", () => {
    const store = filled();
    store.apply(deltas(11, { alerts: [alert(1), alert(2)] }));
    expect(store.alerts.map((each) => each.seq)).toEqual([1, 2]);
    const listeners = heard(store, "alerts");
    store.apply(deltas(12, { alerts: [alert(2)] }));
    expect(store.alerts.map((each) => each.seq)).toEqual([1, 2]);
    expect(listeners["alerts"]).not.toHaveBeenCalled();
  });

  it("are bounded: the newest stay", () => {
    const store = filled();
    for (let seq = 2; seq <= 700; seq += 1) store.apply(deltas(seq + 9, { alerts: [alert(seq)] }));
    expect(store.alerts).toHaveLength(500);
    expect(store.alerts.at(-1)?.seq).toBe(700);
    expect(store.alerts.at(0)?.seq).toBe(201);
  });
});

describe("the list of orders", () => {
  it("keeps its identity while no order comes", () => {
    const store = filled();
    const before = store.orderIds;
    store.apply(deltas(11, { orders: by("order_id", [order("1", { status: "OPEN" })]) }));
    expect(store.orderIds).toBe(before);
    store.apply(
      deltas(12, { orders: by("order_id", [order("0", { placed_at: "2026-11-23T03:59:00+00:00" })]) }),
    );
    expect(store.orderIds).toEqual(["0", "1", "2"]);
  });

  it("goes by the moment, whatever zone it is written in", () => {
    const store = filled();
    const squareOff = order("SQ0", { placed_at: "2026-11-23T04:00:00.500+00:00" });
    const fromKite = order("9", { placed_at: "2026-11-23T09:29:59+05:30" });
    store.apply(deltas(11, { orders: by("order_id", [squareOff, fromKite]) }));
    expect(store.orderIds).toEqual(["9", "1", "SQ0", "2"]);
  });
});
