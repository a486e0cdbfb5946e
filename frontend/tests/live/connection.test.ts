/** The live stream over a socket that tests hold: gaps, losses, restarts, sign-outs and hidden pages. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Connection } from "../../src/live/connection";
import { LiveStore } from "../../src/live/store";
import { by, deltas, order, snapshot } from "../builders/rows";
import { FakeSocket } from "./socket";

const held = vi.hoisted(() => ({ socket: null as unknown }));
vi.mock("socket.io-client", () => ({ io: () => held.socket }));

let socket: FakeSocket;
let store: LiveStore;
let connection: Connection;
let answer: Partial<Response> | Error;

const UP = { is_up: true, since: "2026-11-23T04:00:00+00:00" };
const DOWN = { is_up: false, since: "2026-11-23T04:10:00+00:00" };
const FRAME_MS = 20;

function frame(): void {
  vi.advanceTimersByTime(FRAME_MS);
}

function send(event: string, ...given: unknown[]): void {
  socket.arrive(event, ...given);
  frame();
}

function hide(isHidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(isHidden);
  document.dispatchEvent(new Event("visibilitychange"));
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  answer = { status: 200, type: "basic" };
  vi.stubGlobal(
    "fetch",
    vi.fn(() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer))),
  );
  socket = new FakeSocket();
  held.socket = socket;
  store = new LiveStore();
  connection = new Connection(store);
  connection.open();
});

afterEach(() => {
  connection.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function goLive(): void {
  send("connect");
  send("link", UP);
  send("snapshot", snapshot({ seq: 10, orders: by("order_id", [order("1")]) }));
}

describe("a stream", () => {
  it("is live once there is a snapshot, not before", () => {
    expect(connection.health.phase).toBe("connecting");
    send("connect");
    expect(connection.health.phase).toBe("connecting");
    goLive();
    expect(connection.health.phase).toBe("live");
    expect(connection.health.frozenSince).toBeNull();
  });

  it("is applied once a frame, in order", () => {
    goLive();
    const told = vi.fn();
    store.subscribe("orders", told);
    socket.arrive("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    socket.arrive("deltas", deltas(12, { orders: by("order_id", [order("3")]) }));
    expect(told).not.toHaveBeenCalled();
    frame();
    expect(store.orderIds).toEqual(["1", "2", "3"]);
  });

  it("leaves deltas aside that came before the snapshot", () => {
    send("connect");
    send("deltas", deltas(9, { orders: by("order_id", [order("9")]) }));
    expect(socket.count("resync")).toBe(0);
    expect(store.orders.size).toBe(0);
  });

  it("asks for a snapshot once at a gap, and takes nothing until it comes", () => {
    goLive();
    socket.arrive("deltas", deltas(12, { orders: by("order_id", [order("2")]) }));
    socket.arrive("deltas", deltas(13, { orders: by("order_id", [order("3")]) }));
    frame();
    expect(socket.count("resync")).toBe(1);
    expect(connection.health.phase).toBe("lost");
    expect(store.orderIds).toEqual(["1"]);
    send("snapshot", snapshot({ seq: 13, orders: by("order_id", [order("1"), order("2"), order("3")]) }));
    expect(connection.health.phase).toBe("live");
    send("deltas", deltas(14, { orders: by("order_id", [order("4")]) }));
    expect(store.orderIds).toEqual(["1", "2", "3", "4"]);
  });

  it("asks again where the snapshot itself was lost", () => {
    send("connect");
    vi.advanceTimersByTime(5_000);
    expect(socket.count("resync")).toBe(1);
    goLive();
    vi.advanceTimersByTime(20_000);
    expect(socket.count("resync")).toBe(1);
  });

  it("takes the snapshot of a restarted engine in mid-way", () => {
    goLive();
    socket.arrive("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    send("snapshot", snapshot({ boot_id: "boot-2", seq: 1, orders: by("order_id", [order("1")]) }));
    expect(store.orderIds).toEqual(["1"]);
    expect(connection.health.phase).toBe("live");
  });
});

describe("a loss", () => {
  it("freezes what is shown, at the moment it happened", async () => {
    goLive();
    const at = Date.now();
    socket.arrive("disconnect", "transport close");
    await settle();
    expect(connection.health).toMatchObject({ phase: "lost", frozenSince: at });
    expect(store.orderIds).toEqual(["1"]);
    vi.advanceTimersByTime(3_000);
    socket.arrive("connect_error", new Error("refused"));
    await settle();
    expect(connection.health.frozenSince).toBe(at);
  });

  it("ends only with a new snapshot", async () => {
    goLive();
    socket.arrive("disconnect", "transport close");
    await settle();
    send("connect");
    send("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    expect(connection.health.phase).toBe("lost");
    expect(store.orderIds).toEqual(["1"]);
    send("snapshot", snapshot({ seq: 12, orders: by("order_id", [order("1"), order("2")]) }));
    expect(connection.health).toMatchObject({ phase: "live", frozenSince: null });
    expect(store.orderIds).toEqual(["1", "2"]);
  });

  it("drops what had arrived and was not shown: the snapshot will have it", async () => {
    goLive();
    socket.arrive("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    socket.arrive("disconnect", "transport close");
    await settle();
    frame();
    expect(store.orderIds).toEqual(["1"]);
    expect(connection.health.phase).toBe("lost");
  });

  it("of the engine behind the web process is told as such", () => {
    goLive();
    send("link", DOWN);
    expect(connection.health.phase).toBe("engine-lost");
    expect(connection.health.frozenSince).not.toBeNull();
    send("link", UP);
    expect(connection.health.phase).toBe("live");
  });

  it("before anything was shown is a loss too when the server is away", async () => {
    answer = new TypeError("Failed to fetch");
    socket.arrive("connect_error", new Error("refused"));
    await settle();
    expect(connection.health.phase).toBe("lost");
  });

  it("by the server's own doing is followed by another attempt", async () => {
    goLive();
    const before = socket.count("connect");
    socket.arrive("disconnect", "io server disconnect");
    await settle();
    expect(socket.count("connect")).toBe(before + 1);
  });

  it("that Socket.IO gives up on is tried again", () => {
    socket.disconnect();
    const before = socket.count("connect");
    vi.advanceTimersByTime(5_000);
    expect(socket.count("connect")).toBe(before + 1);
  });
});

describe("a session's end", () => {
  it.each([
    ["401", { status: 401, type: "basic" as ResponseType }],
    ["a redirect to the sign-in page", { status: 0, type: "opaqueredirect" as ResponseType }],
  ])("is told by %s", async (_, ended) => {
    goLive();
    answer = ended;
    socket.arrive("disconnect", "io server disconnect");
    await settle();
    expect(connection.health.phase).toBe("signed-out");
    socket.arrive("connect_error", new Error("refused"));
    await settle();
    expect(connection.health.phase).toBe("signed-out");
  });

  it("is over when another tab signed in", async () => {
    goLive();
    answer = { status: 401, type: "basic" };
    socket.arrive("disconnect", "io server disconnect");
    await settle();
    goLive();
    expect(connection.health.phase).toBe("live");
  });
});

describe("a hidden page", () => {
  it("is kept up to date without frames", () => {
    goLive();
    hide(true);
    vi.stubGlobal("requestAnimationFrame", vi.fn());
    socket.arrive("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    vi.advanceTimersByTime(250);
    expect(store.orderIds).toEqual(["1", "2"]);
  });

  it("takes what waited for a frame when it was hidden", () => {
    goLive();
    vi.stubGlobal("requestAnimationFrame", vi.fn());
    socket.arrive("deltas", deltas(11, { orders: by("order_id", [order("2")]) }));
    hide(true);
    expect(store.orderIds).toEqual(["1", "2"]);
  });
});

describe("the way to the server", () => {
  it("is timed by probes, and unknown where one is not answered", () => {
    send("connect");
    vi.advanceTimersByTime(12);
    socket.answerProbes();
    expect(connection.health.roundTripMs).toBeGreaterThan(0);
    vi.advanceTimersByTime(5_000);
    socket.answerProbes(new Error("timeout"));
    expect(connection.health.roundTripMs).toBeNull();
  });

  it("is tried at once when asked: a new attempt, or a new snapshot", () => {
    const before = socket.count("connect");
    connection.tryNow();
    expect(socket.count("connect")).toBe(before + 1);
    goLive();
    connection.tryNow();
    expect(socket.count("resync")).toBe(1);
  });

  it("is left alone once the page is closed", () => {
    goLive();
    connection.close();
    const before = socket.asked.length;
    vi.advanceTimersByTime(60_000);
    expect(socket.asked).toHaveLength(before);
  });
});
