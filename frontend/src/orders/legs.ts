/** Which legs of a copy count, and what they add up to. */
import type { CopyRow, CopyState, LegRow } from "../api/types";

const CAME_TO_NOTHING: ReadonlySet<CopyState> = new Set([
  "REJECTED",
  "FAILED",
  "DENIED",
  "EXPIRED",
  "NOT_SENT",
]);
const FOUND: ReadonlySet<CopyState> = new Set(["OPEN", "TRIGGER_PENDING", "PARTIAL", "FILLED", "CANCELLED"]);

/**
 * Return the leg that counts for each slice, in the order of the slices: the newest generation, unless that
 * came to nothing and an earlier one was found at the broker after all (the engine counts the same way).
 */
export function currentLegs(copy: CopyRow): LegRow[] {
  if (copy.legs.length < 2) return copy.legs;
  const counting = new Map<number, LegRow>();
  for (const leg of [...copy.legs].sort((a, b) => a.generation - b.generation))
    if (!CAME_TO_NOTHING.has(leg.state) || !wasFound(copy, leg)) counting.set(leg.number, leg);
  return [...counting.values()].sort((a, b) => a.number - b.number);
}

function wasFound(copy: CopyRow, leg: LegRow): boolean {
  return copy.legs.some(
    (other) => other.number === leg.number && other.generation < leg.generation && FOUND.has(other.state),
  );
}

/** Return how often the broker was asked for the copy, over all slices and generations. */
export function attempts(copy: CopyRow): number {
  return copy.legs.reduce((sum, leg) => sum + leg.attempts, 0);
}

/** Return the average price over all that the copy filled, null where nothing did. */
export function averagePrice(copy: CopyRow): number | null {
  let units = 0;
  let value = 0;
  for (const leg of copy.legs) {
    units += leg.filled_quantity;
    value += leg.filled_quantity * Number(leg.average_price);
  }
  return units > 0 && value > 0 ? value / units : null;
}
