/** How long each stage of copying took, in milliseconds, from the times the engine wrote down. */
import type { CopyRow, LegRow, OrderRow } from "../api/types";
import { between } from "../format/time";
import { currentLegs } from "./legs";

/** What took longer than this waited for something; it says nothing about how fast copying is. */
export const LONGEST_MS = 60_000;

/** One stage each; null where it has not happened, or cannot be told. */
export interface Stages {
  /**
   * From the primary's order to the plan. The first is a stamp of the broker's clock, in whole seconds, so
   * this is a rough figure, and null where it would be negative.
   */
  seen: number | null;
  /** From the plan to the request: queueing, the order budget, waiting for an entry. */
  sent: number | null;
  /** From the request to the broker's answer. */
  answered: number | null;
}

export const STAGES = ["seen", "sent", "answered"] as const satisfies readonly (keyof Stages)[];

/** What each stage is called. */
export const STAGE_NAMES: Record<keyof Stages, string> = {
  seen: "Seen to planned",
  sent: "Planned to sent",
  answered: "Sent to answered",
};

/** Return the stages of one leg. */
export function legStages(order: OrderRow | undefined, leg: LegRow): Stages {
  return {
    seen: leg.generation === 0 ? duration(order?.placed_at ?? null, leg.planned_at) : null,
    sent: duration(leg.planned_at, leg.sent_at),
    answered: duration(leg.sent_at, leg.answered_at),
  };
}

/** Return the longest of each stage over the legs of a copy that count. */
export function copyStages(order: OrderRow | undefined, copy: CopyRow): Stages {
  const each = currentLegs(copy).map((leg) => legStages(order, leg));
  // Whoever asked for it decided when: the time until then is not the engine's.
  const isByOperator = copy.requested_by !== "engine";
  return {
    seen: isByOperator ? null : longest(each.map((stages) => stages.seen)),
    sent: longest(each.map((stages) => stages.sent)),
    answered: longest(each.map((stages) => stages.answered)),
  };
}

/**
 * Return the time from a copy's plan to the broker's last answer, null where none has come. Both stamps are
 * of one clock. What took longer than a minute rested and has no latency.
 */
export function copyLatency(copy: CopyRow): number | null {
  const legs = currentLegs(copy);
  if (legs.length === 0 || legs.some((leg) => leg.answered_at === null)) return null;
  const taken = longest(legs.map((leg) => duration(leg.planned_at, leg.answered_at)));
  return taken !== null && taken <= LONGEST_MS ? taken : null;
}

/** Return the latency of an order's slowest copy, null where none has one. */
export function orderLatency(copies: readonly CopyRow[]): number | null {
  return longest(copies.map(copyLatency));
}

/** Return the value below which the share `part` (0 to 1) of the values lies, null for no values. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.max(Math.ceil(sorted.length * part) - 1, 0), sorted.length - 1)] ?? null;
}

function duration(from: string | null, to: string | null): number | null {
  const ms = between(from, to);
  return ms === null || ms < 0 ? null : ms;
}

function longest(values: readonly (number | null)[]): number | null {
  return values.reduce((most, value) => (value === null || (most ?? -1) >= value ? most : value), null);
}
