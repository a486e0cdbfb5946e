/** Times as the Indian market counts them, whatever the machine's zone. */
import { NONE } from "./numbers";

const ZONE = "Asia/Kolkata";
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  day: "2-digit",
  month: "short",
  year: "numeric",
});

/** Write a moment as HH:MM:SS in India. */
export function istTime(at: string | number | Date | null): string {
  if (at === null) return NONE;
  const moment = new Date(at);
  return Number.isNaN(moment.getTime()) ? NONE : clock.format(moment);
}

/** Write a moment in full, to the millisecond, for titles. */
export function istFull(at: string | null): string {
  if (at === null) return "";
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime())) return "";
  const ms = String(moment.getUTCMilliseconds()).padStart(3, "0");
  return `${day.format(moment)} ${clock.format(moment)}.${ms} IST`;
}

/** Write a moment's day in India. */
export function istDay(at: string | number | Date): string {
  return day.format(new Date(at));
}

/** Return the milliseconds between two moments, null where one is unknown. */
export function between(from: string | null, to: string | null): number | null {
  if (from === null || to === null) return null;
  return new Date(to).getTime() - new Date(from).getTime();
}

/** Write an age: `0.4 s`, `12 s`, `3 min`, `2 h`. */
export function age(ms: number): string {
  if (ms < 10_000) return `${(Math.max(ms, 0) / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
