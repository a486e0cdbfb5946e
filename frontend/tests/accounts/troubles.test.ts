/** What is wrong with an account, in words: blocked, unread, unexpected; and how much of its money is used. */
import { describe, expect, it } from "vitest";
import { heldUp, isSessionOver, troublesOf, usedPart } from "../../src/accounts/troubles";
import type { StrangerRow } from "../../src/api/types";
import { account, portfolio } from "../builders/rows";

const EXPIRED = { code: "SESSION_EXPIRED", text: "Log in again.", raw: null } as const;
const NOT_PERMITTED = { code: "ACCOUNT_NOT_PERMITTED", text: "Register the address.", raw: null } as const;
const STRANGER: StrangerRow = {
  order_id: "261123000000777",
  tag: "TCAAAA",
  instrument: "NSE:INFY",
  side: "BUY",
  quantity: 50,
  filled_quantity: 20,
  status: "OPEN",
  beside: null,
};

describe("an account's troubles", () => {
  it("are none where all is well, read or not read yet", () => {
    expect(troublesOf(account("SE1"), portfolio("SE1"))).toEqual([]);
    expect(troublesOf(account("SE1", { state: "reading" }), undefined)).toEqual([]);
  });

  it("are a login where the session ended, with what is paused", () => {
    const row = account("SE1", { state: "blocked", reason: EXPIRED, looking_fails: "Expired." });
    const [first, ...more] = troublesOf(row, portfolio("SE1", { fails: "Expired." }));
    expect(first?.remedy).toBe("login");
    expect(first?.text).toBe("Log in again. Copies to this account are paused.");
    expect(more).toEqual([]);
    expect(isSessionOver(row)).toBe(true);
  });

  it("say for the primary that nothing is seen", () => {
    expect(heldUp(account("PA1", { role: "primary" }))).toMatch(/nothing new is copied/);
  });

  it("are for the operator to judge where another block stands", () => {
    const row = account("SE1", { state: "blocked", reason: NOT_PERMITTED });
    expect(troublesOf(row, undefined).map((each) => each.remedy)).toEqual(["resume"]);
    expect(isSessionOver(row)).toBe(false);
  });

  it("name what cannot be read, and since when", () => {
    const row = account("SE1", { looking_fails: "No answer.", looking_fails_since: "2026-11-23T04:00:00Z" });
    const found = troublesOf(row, portfolio("SE1", { fails: "No answer either.", fails_since: null }));
    expect(found.map((each) => each.key)).toEqual(["unread", "holdings"]);
    expect(found[0]?.since).toBe("2026-11-23T04:00:00Z");
  });

  it("name each unexpected order by its id, and what to do", () => {
    const twin = { ...STRANGER, order_id: "2", beside: "1" };
    const found = troublesOf(account("SE1", { strangers: [STRANGER, twin] }), undefined);
    expect(found.map((each) => each.key)).toEqual(["261123000000777", "2"]);
    expect(found[0]?.text).toContain("order 261123000000777");
    expect(found[0]?.text).toContain("look at it in Kite");
    expect(found[1]?.text).toContain("beside order 1");
  });

  it("do not ask to close what traded nothing", () => {
    const ended = { ...STRANGER, status: "CANCELLED", filled_quantity: 0 };
    const twin = { ...ended, order_id: "2", beside: "1" };
    for (const trouble of troublesOf(account("SE1", { strangers: [ended, twin] }), undefined)) {
      expect(trouble.text).toContain("has ended and traded nothing");
      expect(trouble.text).not.toContain("close");
    }
  });
});

describe("the used part of the money", () => {
  it.each([
    ["300", "100", 0.25],
    ["0", "100", 1],
    ["-500", "100", 1],
    ["100", "0", 0],
    ["100", "-50", 0],
  ])("of %s free and %s used", (funds_free, funds_used, part) => {
    expect(usedPart(portfolio("SE1", { funds_free, funds_used }))).toBe(part);
  });

  it("is unknown where it was never read", () => {
    expect(usedPart(undefined)).toBeNull();
    expect(usedPart(portfolio("SE1", { funds_free: null }))).toBeNull();
  });
});
