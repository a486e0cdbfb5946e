/** What is news: each failure once, each expiry, loss and stop when it comes, and nothing when it goes. */
import { describe, expect, it } from "vitest";
import { LiveStore } from "../../src/live/store";
import { isDue } from "../../src/shell/signals";
import { type Moment, momentOf, newsBetween } from "../../src/shell/watching";
import { account, by, copy, snapshot, status } from "../builders/rows";

const QUIET: Moment = { refused: new Set(), expired: new Set(), isLost: false, isStopped: false };
const name = (id: string) => `${id}'s name`;

function signals(before: Moment, after: Moment): string[] {
  return newsBetween(before, after, name).map((each) => each.signal);
}

describe("news", () => {
  it("is what was not so before", () => {
    const bad = { refused: new Set(["1"]), expired: new Set(["SE1"]), isLost: true, isStopped: true };
    expect(signals(QUIET, bad)).toEqual(["lost", "stopped", "expired", "refused"]);
    expect(signals(bad, bad)).toEqual([]);
    expect(signals(bad, QUIET)).toEqual([]);
  });

  it("names who has to log in, and counts what failed", () => {
    const after = { ...QUIET, expired: new Set(["SE1"]), refused: new Set(["1", "2"]) };
    const texts = newsBetween({ ...QUIET, refused: new Set(["1"]) }, after, name).map((each) => each.text);
    expect(texts).toEqual(["Session expired: SE1's name. Log in again.", "A copy failed."]);
  });
});

describe("a moment", () => {
  it("is read from the store; a retry that fails again is news again", () => {
    const store = new LiveStore();
    const reason = { code: "SESSION_EXPIRED", text: "", raw: null } as const;
    store.take(
      snapshot({
        status: status({ is_stopped: true }),
        accounts: by("account_id", [account("SE1", { state: "blocked", reason }), account("SE2")]),
        copies: by("copy_id", [
          copy("1", "SE1", { state: "REJECTED", generation: 1 }),
          copy("2", "SE1", { state: "IN_DOUBT" }),
          copy("3", "SE1"),
        ]),
      }),
    );
    expect(momentOf(store, true)).toEqual({
      refused: new Set(["1:SE1 1"]),
      expired: new Set(["SE1"]),
      isLost: true,
      isStopped: true,
    });
  });
});

describe("sound", () => {
  it("comes at most once a second", () => {
    expect(isDue(1000, Number.NEGATIVE_INFINITY)).toBe(true);
    expect(isDue(1999, 1000)).toBe(false);
    expect(isDue(2000, 1000)).toBe(true);
  });
});
