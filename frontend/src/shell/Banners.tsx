/** What stands in the way of copying, in bars under the top strip; most urgent first. */
import { CircleStop, TriangleAlert, WifiOff } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import type { StatusRow } from "../api/types";
import { count } from "../format/numbers";
import { age, istTime } from "../format/time";
import { useConnection, useHealth, useIsFrozen, useLink, useStatus, useStore } from "../live/live";
import { useThrottled } from "../live/throttled";
import { Button } from "../ui/Button";
import { openCopies, useCancelOpen } from "./cancelOpen";
import { useNow } from "./clock";

export function Banners() {
  return (
    <>
      <LostBanner />
      <StoppedBanner />
      <TroubleBanner />
    </>
  );
}

function Bar({ icon, tone, children }: { icon: ReactNode; tone: "warn" | "bad"; children: ReactNode }) {
  const look = tone === "warn" ? "bg-warn-bg text-warn" : "bg-panel text-text-1";
  return (
    <div role="alert" className={`flex min-h-10 shrink-0 items-center gap-3 border-b px-3 py-1 ${look}`}>
      {icon}
      {children}
    </div>
  );
}

function LostBanner() {
  const { phase, frozenSince } = useHealth();
  const connection = useConnection();
  const link = useLink();
  const now = useNow();
  const isFrozen = frozenSince !== null;
  useEffect(() => {
    document.title = isFrozen ? "(!) Tandem" : "Tandem";
  }, [isFrozen]);
  if (frozenSince === null) return null;
  const since = phase === "engine-lost" && link ? new Date(link.since).getTime() : frozenSince;
  const words = {
    "engine-lost": "The copier does not answer.",
    "signed-out": "You are signed out.",
  } as Record<string, string>;
  return (
    <Bar tone="warn" icon={<WifiOff size={16} aria-hidden />}>
      <p className="min-w-0 flex-1">
        <b>{words[phase] ?? "Server connection lost."}</b> This page is frozen at {istTime(since)} IST (
        {age(now - since)} ago). The copier may still be running.
      </p>
      {phase === "signed-out" ? (
        <a className="underline" href="/sign-in">
          Sign in
        </a>
      ) : (
        <Button onClick={() => connection.tryNow()}>Try now</Button>
      )}
    </Bar>
  );
}

function StoppedBanner() {
  const status = useStatus();
  if (!status?.is_stopped) return null;
  return (
    <Bar tone="bad" icon={<CircleStop size={16} aria-hidden className="text-down" />}>
      <p className="min-w-0 flex-1">
        <b>Copying is stopped</b>
        {status.stopped_by && ` by ${status.stopped_by}`}. New primary orders are recorded but not sent.{" "}
        <Untouched />
      </p>
      <CancelOpenButton />
    </Bar>
  );
}

function Untouched() {
  useThrottled("rows", 1000);
  const open = openCopies(useStore().copies.values()).length;
  if (open === 0) return "No copy is open at the exchange.";
  return open === 1 ? "1 open copy is untouched." : `${count(open)} open copies are untouched.`;
}

function CancelOpenButton() {
  const cancel = useCancelOpen();
  const isFrozen = useIsFrozen();
  return (
    <Button look="danger" disabled={isFrozen} onClick={() => void cancel()}>
      Cancel open copies…
    </Button>
  );
}

/** Return what is wrong, each once: what stops the looking may be what stops the journal, said again. */
export function saidOnce(status: StatusRow): string[] {
  const { journal_fails, config_refused, looking_fails } = status;
  const told = [...new Set([journal_fails, config_refused, looking_fails])].filter((text) => text !== null);
  return told.filter((text) => !told.some((other) => other !== text && other.includes(text)));
}

function TroubleBanner() {
  const status = useStatus();
  if (status === null) return null;
  return saidOnce(status).map((trouble) => (
    <Bar key={trouble} tone="warn" icon={<TriangleAlert size={16} aria-hidden />}>
      <p className="min-w-0 flex-1 whitespace-pre-line break-words">{trouble}</p>
    </Bar>
  ));
}
