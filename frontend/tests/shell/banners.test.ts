/** The bars under the top strip say each trouble once. */
import { expect, it } from "vitest";
import { saidOnce } from "../../src/shell/Banners";
import { status } from "../builders/rows";

it("says each trouble once, the one with most in it", () => {
  expect(saidOnce(status())).toEqual([]);
  const journal_fails = "The disk is full.";
  const looking_fails = `Nothing is copied: ${journal_fails} It goes on by itself.`;
  expect(saidOnce(status({ journal_fails, looking_fails, config_refused: "Line 3." }))).toEqual([
    "Line 3.",
    looking_fails,
  ]);
  expect(saidOnce(status({ journal_fails, looking_fails: journal_fails }))).toEqual([journal_fails]);
});
