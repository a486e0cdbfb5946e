/** What commands name, what is sent, and what becomes of the rows. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { RefusedError } from "../../src/api/client";
import { LiveStore } from "../../src/live/store";
import { Marks } from "../../src/orders/marks";
import { askPreview, merged, notesOf, reachOf } from "../../src/orders/previews";
import { CommandIds, cancelCopies, refusalsOf, sendProposal, skipGroups } from "../../src/orders/sending";
import { statesOf } from "../../src/orders/states";
import {
  accountsCopiedTo,
  cancellable,
  chosenBy,
  chosenLine,
  groupsOf,
  heldOf,
  retriesOf,
} from "../../src/orders/targets";
import { Ticks } from "../../src/orders/ticks";
import { account, by, deltas, snapshot } from "../builders/rows";
import { fakeServer } from "../builders/server";
import { copy, held, order, rejected } from "./rows";
import { preview, previewCopy } from "./shownPreview";

let store: LiveStore;
let ticks: Ticks;

beforeEach(() => {
  store = new LiveStore();
  const copies = [
    held("1", "SE1"),
    held("1", "SE2"),
    rejected("2", "SE1"),
    copy("2", "SE2", { state: "OPEN", may_cancel: true }),
    held("3", "SE1"),
    copy("3", "SE2"),
  ];
  const orders = ["1", "2", "3"].map((id) => order(id));
  store.take(snapshot({ orders: by("order_id", orders), copies: by("copy_id", copies) }));
  ticks = new Ticks((id) => store.copiesOf(id).map((one) => one.copy_id));
});

describe("what is meant", () => {
  it("puts orders for the same accounts into one command", () => {
    ticks.set(["1", "2", "3:SE1"], true);
    expect(groupsOf(store, chosenBy(ticks))).toEqual([
      { orders: ["1", "2"], accounts: [] },
      { orders: ["3"], accounts: ["SE1"] },
    ]);
  });

  it("names copies to retry with the state that was seen", () => {
    ticks.set(["1", "2"], true);
    expect(retriesOf(store, chosenBy(ticks))).toEqual([{ copy_id: "2:SE1", seen_state: "REJECTED" }]);
  });

  it("skips what waits and nothing else", () => {
    ticks.set(["1", "2", "3"], true);
    expect(groupsOf(store, heldOf(store, chosenBy(ticks)))).toEqual([
      { orders: ["1"], accounts: [] },
      { orders: ["3"], accounts: ["SE1"] },
    ]);
  });

  it("takes one row for what it is", () => {
    expect(chosenLine("3:SE2")).toEqual([{ orderId: "3", copyIds: ["3:SE2"] }]);
    expect(chosenLine("3")).toEqual([{ orderId: "3", copyIds: null }]);
    expect(cancellable(store, chosenLine("2"))).toEqual(["2:SE2"]);
    expect(cancellable(store, chosenLine("2:SE1"))).toEqual([]);
  });

  it("counts the accounts that take orders", () => {
    const accounts = [account("P", { role: "primary" }), account("A"), account("B", { mode: "off" })];
    store.take(snapshot({ accounts: by("account_id", accounts) }));
    expect(accountsCopiedTo(store)).toBe(1);
  });
});

const accepted = { command_id: "x", accepted: true, message: "Done.", results: [] };

describe("sending", () => {
  it("sends each group under an id of its own", async () => {
    const server = fakeServer();
    server.answer("/api/v1/copies", { body: accepted });
    const groups = [
      { orders: ["1"], accounts: [] },
      { orders: ["3"], accounts: ["SE1"] },
    ];
    await sendProposal({ kind: "copy", groups }, new CommandIds());
    const sent = server.sent("/api/v1/copies") as { command_id: string }[];
    expect(sent).toMatchObject(groups);
    expect(new Set(sent.map((each) => each.command_id)).size).toBe(2);
  });

  it("keeps the id while nobody knows, and takes a new one after an answer", async () => {
    const server = fakeServer();
    const ids = new CommandIds();
    const proposal = { kind: "retry", copies: [{ copy_id: "2:SE1", seen_state: "REJECTED" }] } as const;
    const send = () => sendProposal({ ...proposal, copies: [...proposal.copies] }, ids);
    server.answer("/api/v1/retries", { status: 504, body: { error: "outcome_unknown" } });
    await expect(send()).rejects.toThrow(RefusedError);
    server.answer("/api/v1/retries", { status: 409, body: { error: "refused" } });
    await expect(send()).rejects.toThrow(RefusedError);
    await expect(send()).rejects.toThrow(RefusedError);
    const sent = (server.sent("/api/v1/retries") as { command_id: string }[]).map((each) => each.command_id);
    // Three tries by itself, one by hand under the same id; then another.
    expect(new Set(sent.slice(0, 4)).size).toBe(1);
    expect(sent[4]).not.toBe(sent[0]);
  });

  it("goes on with the other groups where one is refused, and tells of both", async () => {
    const refusal = { key: "1:SE1", accepted: false, message: "It is FILLED already." };
    const answers = [
      { status: 409, body: { message: "0 of 1 skipped.", results: [refusal] } },
      { status: 200, body: { ...accepted, message: "1 of 1 skipped." } },
    ];
    vi.stubGlobal("fetch", async () => {
      const { status, body } = answers.shift() ?? { status: 500, body: {} };
      return { ok: status < 400, status, json: async () => body };
    });
    const groups = [
      { orders: ["1"], accounts: ["SE1"] },
      { orders: ["3"], accounts: ["SE2"] },
    ];
    const outcome = await skipGroups(groups, new CommandIds());
    expect(outcome).toEqual({ message: "1 of 1 skipped. 0 of 1 skipped.", results: [refusal] });
  });

  it("says so where all of it was refused", async () => {
    fakeServer().answer("/api/v1/skips", { status: 409, body: { message: "0 of 1 skipped." } });
    const groups = [{ orders: ["1"], accounts: ["SE1"] }];
    await expect(skipGroups(groups, new CommandIds())).rejects.toThrow("0 of 1 skipped.");
  });

  it("cancels with the number that was seen", async () => {
    const server = fakeServer();
    server.answer("/api/v1/cancellations", { body: accepted });
    await cancelCopies(["2:SE2"], new CommandIds());
    expect(server.sent("/api/v1/cancellations")).toMatchObject([{ copies: ["2:SE2"], count: 1 }]);
  });

  it("says on copy and order why an item was refused", () => {
    const found = refusalsOf(store, [
      { key: "2:SE1", accepted: false, message: "It moved on." },
      { key: "2:SE9", accepted: false, message: "No such account." },
      { key: "1:SE1", accepted: true, message: "Planned." },
    ]);
    expect([...found.keys()]).toEqual(["2:SE1", "2"]);
    expect(found.get("2:SE1")).toEqual({ text: "It moved on.", state: "REJECTED" });
    expect(found.get("2")?.text).toBe("SE1: It moved on. SE9: No such account.");
  });

  it("marks rows from the click to the answer", () => {
    const marks = new Marks();
    marks.begin(["1", "2"]);
    expect(marks.of("1").isBusy).toBe(true);
    marks.end(["1", "2"], new Map([["2", { text: "No.", state: "" }]]));
    expect([marks.of("1").isBusy, marks.of("2").refusal?.text]).toEqual([false, "No."]);
    marks.begin(["2"]);
    expect(marks.of("2").refusal).toBeNull();
  });
});

describe("previews", () => {
  it("asks for each group, or for the copies", async () => {
    const server = fakeServer();
    server.answer("/api/v1/previews", { body: preview() });
    server.answer("/api/v1/previews/retries", { body: preview() });
    await askPreview({ kind: "copy", groups: [{ orders: ["1"], accounts: ["SE1"] }] });
    await askPreview({ kind: "retry", copies: [{ copy_id: "2:SE1", seen_state: "REJECTED" }] });
    expect(server.asked.map((each) => each.body)).toEqual([
      { orders: ["1"], accounts: ["SE1"] },
      { copies: ["2:SE1"] },
    ]);
  });

  it("adds groups up, and knows no sum where a part is unknown", () => {
    const funds = (needed: string | null) => [
      { account_id: "SE1", funds_free: "100.00", funds_needed: needed, warnings: ["Short."] },
    ];
    const sum = merged([
      preview({ order_count: 2, accounts: funds("10.50") }),
      preview({ order_count: 3, accounts: funds("4.50") }),
    ]);
    expect(sum.order_count).toBe(5);
    expect(sum.accounts).toEqual([
      { account_id: "SE1", funds_free: "100.00", funds_needed: "15.00", warnings: ["Short."] },
    ]);
    expect(merged([sum, preview({ accounts: funds(null) })]).accounts[0]?.funds_needed).toBeNull();
  });

  it("says each reason once, trouble before what is not sent", () => {
    const refusal = { code: null, text: "Its session has expired.", raw: null };
    const shown = preview({
      copies: [
        previewCopy("1", "SE1", { refusal }),
        previewCopy("3", "SE1", { refusal }),
        previewCopy("1", "SE2", { warnings: ["The margin may be short."] }),
      ],
    });
    expect(notesOf(shown)).toMatchObject([
      { isRefusal: false, accountId: "SE2", orderIds: ["1"] },
      { isRefusal: true, accountId: "SE1", orderIds: ["1", "3"] },
    ]);
    expect(reachOf(shown)).toEqual({ orders: 1, accounts: 1 });
  });
});

it("calls a refusal of an order old once its copies have moved on", () => {
  store = new LiveStore();
  const waiting = copy("1", "A", { state: "HELD" });
  store.take(snapshot({ accounts: by("account_id", [account("A")]), copies: by("copy_id", [waiting]) }));
  const key = waiting.copy_id;
  const refusals = refusalsOf(store, [{ key, accepted: false, message: "No." }]);
  expect(refusals.get("1")?.state).toBe(statesOf(store.copiesOf("1")));
  store.apply(deltas(1, { copies: by("copy_id", [{ ...waiting, state: "FILLED" }]) }));
  expect(refusals.get("1")?.state).not.toBe(statesOf(store.copiesOf("1")));
});
