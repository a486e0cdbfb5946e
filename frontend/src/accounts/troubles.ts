/** What is wrong with an account, what that holds up, and what to do: in words, worst first. */
import type { AccountRow, PortfolioRow, StrangerRow } from "../api/types";

export interface Trouble {
  key: string;
  text: string;
  /** Since when, where that is known. */
  since: string | null;
  /** What helps, beside words. */
  remedy: "login" | "resume" | null;
}

/** Return the troubles of an account; none where all is well. */
export function troublesOf(account: AccountRow, portfolio: PortfolioRow | undefined): Trouble[] {
  return [
    blocked(account),
    unread(account),
    unknownHoldings(account, portfolio),
    ...strangers(account),
  ].filter((trouble) => trouble !== null);
}

/** Tell whether an account's session is known to have ended. */
export function isSessionOver(account: AccountRow): boolean {
  return account.state === "blocked" && account.reason?.code === "SESSION_EXPIRED";
}

/** Say what waits while an account is blocked. */
export function heldUp(account: AccountRow): string {
  if (account.role === "primary") return "New orders are not seen until then, and nothing new is copied.";
  return "Copies to this account are paused.";
}

function blocked(account: AccountRow): Trouble | null {
  if (account.state !== "blocked") return null;
  return {
    key: "blocked",
    text: `${account.reason?.text ?? "It is blocked."} ${heldUp(account)}`,
    since: account.looking_fails_since,
    remedy: isSessionOver(account) ? "login" : "resume",
  };
}

function unread(account: AccountRow): Trouble | null {
  if (account.looking_fails === null || account.state === "blocked") return null;
  return {
    key: "unread",
    text: `Its order list cannot be read: ${account.looking_fails}`,
    since: account.looking_fails_since,
    remedy: null,
  };
}

function unknownHoldings(account: AccountRow, portfolio: PortfolioRow | undefined): Trouble | null {
  // A blocked account says why already.
  if (!portfolio?.fails || account.state === "blocked") return null;
  return {
    key: "holdings",
    text: `Its positions and funds cannot be read: ${portfolio.fails}`,
    since: portfolio.fails_since,
    remedy: null,
  };
}

function strangers(account: AccountRow): Trouble[] {
  return account.strangers.map((stranger) => ({
    key: stranger.order_id,
    text: strangerText(stranger),
    since: null,
    remedy: null,
  }));
}

function strangerText(stranger: StrangerRow): string {
  const { order_id: id, side, instrument, quantity, filled_quantity: filled, status } = stranger;
  const what = `${side} ${quantity} ${instrument} (${status}, ${filled} filled), order ${id}`;
  const tradedNothing = filled === 0 && (status === "CANCELLED" || status === "REJECTED");
  if (stranger.beside === null) {
    const advice = tradedNothing
      ? "It has ended and traded nothing."
      : "It was left alone: look at it in Kite, and cancel or close it there.";
    return `Nobody expected ${what}. ${advice}`;
  }
  const advice = tradedNothing ? "This one has ended and traded nothing." : "Close one of them in Kite.";
  return `Placed twice: ${what}, beside order ${stranger.beside}. ${advice}`;
}

/** Return what part of an account's money is used, 0 to 1; null where it is not known. */
export function usedPart(portfolio: PortfolioRow | undefined): number | null {
  if (!portfolio || portfolio.funds_free === null || portfolio.funds_used === null) return null;
  const free = Number(portfolio.funds_free);
  const used = Number(portfolio.funds_used);
  if (!Number.isFinite(free) || !Number.isFinite(used)) return null;
  // The broker lets free funds go below zero.
  if (free <= 0) return 1;
  return Math.min(Math.max(used / (free + used), 0), 1);
}
