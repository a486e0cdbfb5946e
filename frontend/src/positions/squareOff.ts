/** What a square-off would close: the accounts chosen, how many positions, and the words for it. */
import type { AccountRow, PositionRow } from "../api/types";

export interface Closable {
  account: AccountRow;
  held: PositionRow[];
}

/** Say why an account's positions cannot be closed from here; null where they can. */
export function whyNotClosable({ account, held }: Closable): string | null {
  if (account.mode === "off") return "It is off: set it to close only first.";
  if (account.state !== "ready") return account.reason?.text ?? "It has not been read yet.";
  return held.length === 0 ? "It holds nothing intraday." : null;
}

/** Count the positions of the accounts chosen. */
export function closing(rows: readonly Closable[], chosen: ReadonlySet<string>): number {
  return rows
    .filter((row) => chosen.has(row.account.account_id) && whyNotClosable(row) === null)
    .reduce((sum, row) => sum + row.held.length, 0);
}

export function positionsWord(number: number): string {
  return `${number} ${number === 1 ? "position" : "positions"}`;
}
