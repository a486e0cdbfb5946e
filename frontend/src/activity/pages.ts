/** The pages of the activity, joined: newest first, each item once, whatever order the answers come in. */
import type { ActivityItem, ActivityPage } from "../api/types";

export interface Joined {
  items: ActivityItem[];
  /** The newest fact that was looked at: what is asked for next comes after it. */
  lastSeq: number;
  /** Where older ones begin, null where there are none. */
  nextBefore: number | null;
}

export const NOTHING: Joined = { items: [], lastSeq: 0, nextBefore: null };

/** Keep the screen quick over a long day; older items are a click away. */
export const MOST_SHOWN = 2_000;

function merged(a: ActivityItem[], b: ActivityItem[]): ActivityItem[] {
  const known = new Set(a.map((item) => item.seq));
  return [...a, ...b.filter((item) => !known.has(item.seq))].sort((x, y) => y.seq - x.seq);
}

export function first(page: ActivityPage): Joined {
  return { items: page.items, lastSeq: page.last_seq, nextBefore: page.next_before };
}

/** Put newer items on top. */
export function withNewer(joined: Joined, page: ActivityPage): Joined {
  if (page.items.length === 0 && page.last_seq <= joined.lastSeq) return joined;
  const items = merged(page.items, joined.items).slice(0, MOST_SHOWN);
  const isCut = items.length === MOST_SHOWN && joined.items.length > 0;
  return {
    items,
    lastSeq: Math.max(joined.lastSeq, page.last_seq),
    nextBefore: isCut ? (items.at(-1)?.seq ?? joined.nextBefore) : joined.nextBefore,
  };
}

/** Put older items below. */
export function withOlder(joined: Joined, page: ActivityPage): Joined {
  return { ...joined, items: merged(joined.items, page.items), nextBefore: page.next_before };
}
