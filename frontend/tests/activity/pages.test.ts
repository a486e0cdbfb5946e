/** The joining of activity pages. */
import { expect, test } from "vitest";
import { first, MOST_SHOWN, withNewer, withOlder } from "../../src/activity/pages";
import type { ActivityItem, ActivityPage } from "../../src/api/types";

function item(seq: number): ActivityItem {
  return {
    seq,
    at: "2026-11-20T05:12:17Z",
    who: "engine",
    level: "info",
    text: `${seq}`,
    account_id: null,
    order_id: null,
  };
}

function page(seqs: number[], last: number, before: number | null = null): ActivityPage {
  return { items: seqs.map(item), last_seq: last, next_before: before };
}

test("newer items come on top and none twice", () => {
  const joined = withNewer(first(page([3, 2], 3, 2)), page([5, 4, 3], 5));
  expect(joined.items.map((one) => one.seq)).toEqual([5, 4, 3, 2]);
  expect(joined.lastSeq).toBe(5);
  expect(joined.nextBefore).toBe(2);
});

test("an answer without news changes nothing", () => {
  const before = first(page([3], 3));
  expect(withNewer(before, page([], 3))).toBe(before);
});

test("facts that are told of in no sentence still move what is asked next", () => {
  expect(withNewer(first(page([3], 3)), page([], 9)).lastSeq).toBe(9);
});

test("older items come below", () => {
  const joined = withOlder(first(page([9, 8], 9, 8)), page([7, 5], 9, null));
  expect(joined.items.map((one) => one.seq)).toEqual([9, 8, 7, 5]);
  expect(joined.nextBefore).toBeNull();
});

test("a long day is cut at its old end, and what is cut can be asked for", () => {
  const many = Array.from({ length: MOST_SHOWN }, (_, index) => MOST_SHOWN - index);
  const joined = withNewer(first(page(many, MOST_SHOWN)), page([MOST_SHOWN + 1], MOST_SHOWN + 1));
  expect(joined.items).toHaveLength(MOST_SHOWN);
  expect(joined.items[0]?.seq).toBe(MOST_SHOWN + 1);
  expect(joined.nextBefore).toBe(2);
});
