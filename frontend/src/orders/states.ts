/** What the states of copies and the statuses of orders are called, and the colour and icon each has. */
import type { CopyRow, CopyState } from "../api/types";

export type Tone = "good" | "bad" | "warn" | "busy" | "trigger" | "quiet";
export type IconName =
  | "check"
  | "cross"
  | "plane"
  | "dashed"
  | "dot"
  | "clock"
  | "turn"
  | "hand"
  | "barred"
  | "skip"
  | "question";

export interface Look {
  word: string;
  icon: IconName;
  tone: Tone;
}

export const TONES: Record<Tone, string> = {
  good: "text-up",
  bad: "text-down",
  warn: "text-warn",
  busy: "text-buy",
  trigger: "text-trigger",
  quiet: "text-text-3",
};

const COPY_LOOKS: Record<CopyState, Look> = {
  HELD: { word: "Waiting for you", icon: "hand", tone: "warn" },
  PENDING: { word: "Queued", icon: "plane", tone: "busy" },
  SENDING: { word: "Sending", icon: "plane", tone: "busy" },
  OPEN: { word: "Open", icon: "dashed", tone: "busy" },
  TRIGGER_PENDING: { word: "Trigger pending", icon: "clock", tone: "trigger" },
  PARTIAL: { word: "Part filled", icon: "dot", tone: "busy" },
  FILLED: { word: "Complete", icon: "check", tone: "good" },
  CANCELLED: { word: "Cancelled", icon: "barred", tone: "quiet" },
  REJECTED: { word: "Rejected", icon: "cross", tone: "bad" },
  IN_DOUBT: { word: "In doubt", icon: "question", tone: "warn" },
  NEEDS_OPERATOR: { word: "Needs you", icon: "question", tone: "bad" },
  FAILED: { word: "Failed", icon: "cross", tone: "bad" },
  DENIED: { word: "Denied", icon: "cross", tone: "bad" },
  EXPIRED: { word: "Expired", icon: "cross", tone: "bad" },
  NOT_SENT: { word: "Not sent", icon: "barred", tone: "quiet" },
  SKIPPED: { word: "Skipped", icon: "skip", tone: "quiet" },
};

const ORDER_LOOKS = new Map<string, Look>([
  ["COMPLETE", { word: "Complete", icon: "check", tone: "good" }],
  ["OPEN", { word: "Open", icon: "dashed", tone: "busy" }],
  ["TRIGGER PENDING", { word: "Trigger pending", icon: "clock", tone: "trigger" }],
  ["REJECTED", { word: "Rejected", icon: "cross", tone: "bad" }],
  ["CANCELLED", { word: "Cancelled", icon: "barred", tone: "quiet" }],
  ["SQUARE OFF", { word: "Square off", icon: "hand", tone: "quiet" }],
]);
const SENDING_WORDS = /PENDING|REQ RECEIVED|VALIDATION/;
const MOST_WORD = 24;

/** Return how a copy's state is shown; one that is sent again says so. */
export function copyLook(copy: CopyRow): Look {
  const look = COPY_LOOKS[copy.state];
  if (copy.state !== "SENDING" && copy.state !== "PENDING") return look;
  if (copy.reason?.code === "WAITS_FOR_ENTRY")
    return { word: "Waits for entry", icon: "clock", tone: "trigger" };
  const tries = Math.max(0, ...copy.legs.map((leg) => leg.attempts)) + (copy.state === "PENDING" ? 1 : 0);
  return tries > 1 ? { word: `Trying again, ${tries}`, icon: "turn", tone: "warn" } : look;
}

/** Return how a primary order's status is shown. The broker's interim words all mean: under way. */
export function orderLook(status: string, filled = 0): Look {
  const known = ORDER_LOOKS.get(status);
  if (known?.word === "Open" && filled > 0) return { word: "Part filled", icon: "dot", tone: "busy" };
  if (known) return known;
  if (SENDING_WORDS.test(status)) return { word: "Sending", icon: "plane", tone: "busy" };
  return { word: status.slice(0, MOST_WORD), icon: "question", tone: "warn" };
}

/** States that end badly and ask for the operator (the engine's NEEDS_ATTENTION). */
export const TROUBLED: ReadonlySet<CopyState> = new Set([
  "REJECTED",
  "FAILED",
  "EXPIRED",
  "NEEDS_OPERATOR",
  "IN_DOUBT",
  "DENIED",
]);
/** Of those, states in which the broker may have the order all the same: who takes it for failed, doubles it. */
export const DOUBTFUL: ReadonlySet<CopyState> = new Set(["IN_DOUBT", "NEEDS_OPERATOR"]);
/** States in which a copy may still trade. */
export const ALIVE: ReadonlySet<CopyState> = new Set([
  "PENDING",
  "SENDING",
  "OPEN",
  "TRIGGER_PENDING",
  "PARTIAL",
  "IN_DOUBT",
]);
const RESTING: ReadonlySet<CopyState> = new Set(["OPEN", "TRIGGER_PENDING"]);
const ENDED: ReadonlySet<CopyState> = new Set(["CANCELLED", "NOT_SENT"]);

/** Say in a few words how an order's copies stand; what needs the operator most comes first. */
export function copiesWord(copies: readonly CopyRow[]): { word: string; tone: Tone } {
  const number = (is: (copy: CopyRow) => boolean) => copies.filter(is).length;
  const asks = number((copy) => copy.state === "NEEDS_OPERATOR");
  if (asks > 0) return { word: `${asks} ${asks > 1 ? "need" : "needs"} you`, tone: "bad" };
  const failed = number((copy) => TROUBLED.has(copy.state) && copy.state !== "IN_DOUBT");
  if (failed > 0) return { word: `${failed} failed`, tone: "bad" };
  const doubtful = number((copy) => copy.state === "IN_DOUBT");
  if (doubtful > 0) return { word: `${doubtful} in doubt`, tone: "warn" };
  if (copies.some((copy) => copy.state === "HELD")) return { word: "Tick to copy", tone: "warn" };
  const again = number((copy) => copyLook(copy).icon === "turn");
  if (again > 0) return { word: `${again} trying again`, tone: "warn" };
  if (copies.some((copy) => copy.state === "SENDING" || copy.state === "PENDING"))
    return { word: "Sending", tone: "busy" };
  if (copies.some((copy) => copy.state === "PARTIAL")) return { word: "Part filled", tone: "busy" };
  if (copies.some((copy) => RESTING.has(copy.state))) return { word: "Resting", tone: "quiet" };
  const filled = number((copy) => copy.state === "FILLED");
  if (filled > 0) return { word: `${filled} of ${copies.length}`, tone: "quiet" };
  if (copies.some((copy) => ENDED.has(copy.state))) return { word: "Ended", tone: "quiet" };
  return { word: "Not copied", tone: "quiet" };
}

/** Return the states of an order's copies as one word: what was said of the order is old when it changes. */
export function statesOf(copies: readonly CopyRow[]): string {
  return copies.map((copy) => copy.state).join();
}
