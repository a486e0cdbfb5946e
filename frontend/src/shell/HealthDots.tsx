/** How each link fares, with a number: the way to the server, Kite's stream, the polling, the trade log. */
import type { MarketPhase } from "../api/types";
import { duration } from "../format/numbers";
import { age, istDay, istTime } from "../format/time";
import { useHealth, useIsFrozen, useStatus } from "../live/live";
import { useNow } from "./clock";
import { useRecords } from "./records";

type Mood = "good" | "warn" | "bad" | "unknown";

const COLOURS: Record<Mood, string> = {
  good: "bg-up",
  warn: "bg-warn",
  bad: "bg-down",
  unknown: "bg-text-3",
};
const SLOW_MS = 500;
const OLD_LOOK_MS = 15_000;

function Dot({ mood, name, value, title }: { mood: Mood; name: string; value: string; title: string }) {
  return (
    <li className="flex items-center gap-1.5 whitespace-nowrap" title={title}>
      <span aria-hidden className={`size-2 rounded-full ${COLOURS[mood]}`} />
      <span className="text-text-2 text-sm">{name}</span>
      <span className="text-text-3 text-sm max-[1500px]:sr-only">{value}</span>
    </li>
  );
}

export function HealthDots() {
  return (
    <ul aria-label="Links" className="flex items-center gap-3 max-lg:hidden">
      <ServerDot />
      <StreamDot />
      <PollDot />
      <SheetDot />
    </ul>
  );
}

function ServerDot() {
  const { phase, roundTripMs } = useHealth();
  if (phase === "connecting")
    return <Dot mood="unknown" name="Server" value="connecting" title="Connecting." />;
  if (phase !== "live") return <Dot mood="bad" name="Server" value="lost" title="The page hears nothing." />;
  const mood = roundTripMs !== null && roundTripMs < SLOW_MS ? "good" : "warn";
  return <Dot mood={mood} name="Server" value={duration(roundTripMs)} title="Time to the server and back." />;
}

function StreamDot() {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  if (status === null || isFrozen)
    return <Dot mood="unknown" name="Kite stream" value="unknown" title="Not known now." />;
  const { is_on: isOn, is_up: isUp } = status.feed;
  if (!isOn)
    return <Dot mood="unknown" name="Kite stream" value="off" title="Orders are found by polling alone." />;
  return isUp ? (
    <Dot mood="good" name="Kite stream" value="" title="Kite pushes the primary's orders." />
  ) : (
    <Dot mood="warn" name="Kite stream" value="down" title="No pushes: orders are found by polling alone." />
  );
}

function PollDot() {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  const now = useNow();
  if (status === null || isFrozen)
    return <Dot mood="unknown" name="Poll" value="unknown" title="Not known now." />;
  if (status.looking_fails !== null)
    return <Dot mood="bad" name="Poll" value="failing" title={status.looking_fails} />;
  if (status.looked_at === null)
    return <Dot mood="warn" name="Poll" value="not yet" title="Not looked yet." />;
  const old = Math.max(now - new Date(status.looked_at).getTime(), 0);
  return (
    <Dot
      mood={old < OLD_LOOK_MS ? "good" : "warn"}
      name="Poll"
      value={`${age(old)} ago`}
      title="Age of the last good look at the primary's orders."
    />
  );
}

function SheetDot() {
  const log = useRecords()?.trade_log;
  if (!log?.is_on)
    return <Dot mood="unknown" name="Sheet" value="off" title="No trade log is kept in Google Sheets." />;
  return (
    <Dot
      mood={log.problem === null ? "good" : log.needs_operator ? "bad" : "warn"}
      name="Sheet"
      value={`${log.queued} queued`}
      title={log.problem ?? "Copies are written to the sheet."}
    />
  );
}

const PHASES: Record<MarketPhase, string> = {
  pre_open: "Pre-open",
  open: "Market open",
  closed: "Market closed",
};

/** The time in India, always shown: it is the market's; and what the market does at this time. */
export function MarketClock() {
  const now = useNow();
  const market = useStatus()?.market;
  const isFrozen = useIsFrozen();
  return (
    <span
      className="whitespace-nowrap border-l pl-3 text-sm max-lg:hidden"
      title={
        market && !isFrozen
          ? `Until ${istDay(market.until)}, ${istTime(market.until)} IST. Holidays are not known here.`
          : ""
      }
    >
      {market && !isFrozen && <span className="text-text-2 max-xl:hidden">{PHASES[market.phase]} </span>}
      <span className="font-medium">{istTime(now)}</span> <span className="text-text-3">IST</span>
    </span>
  );
}
