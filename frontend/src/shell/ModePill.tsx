/** What the copier does at this moment, in one word; Unknown while the page cannot know it. */
import { useIsFrozen, useStatus } from "../live/live";

const LOOKS = {
  Live: "border-up text-up",
  Paper: "border-trigger text-trigger",
  Holding: "border-warn text-warn",
  Stopped: "border-down text-down",
  Unknown: "border-line-strong text-text-2",
} as const;

export function ModePill() {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  const venue = status?.venue === "paper" ? "Paper" : "Live";
  const word =
    status === null || isFrozen
      ? "Unknown"
      : status.is_stopped
        ? "Stopped"
        : status.copy_mode === "manual"
          ? "Holding"
          : venue;
  const title = {
    Live: "Orders of the primary account are copied at once, with real money.",
    Paper: "Orders of the primary account are copied at once, on the practice exchange.",
    Holding: "New orders of the primary account wait for your tick.",
    Stopped: "Nothing is sent until you resume.",
    Unknown: "The page does not hear from the copier; it may still be running.",
  }[word];
  const venueWord = word === "Stopped" || word === "Holding" ? `${venue}, ` : "";
  return (
    <span
      role="status"
      data-testid="mode"
      title={title}
      className={`whitespace-nowrap rounded-control border px-2 py-1 font-medium text-sm ${LOOKS[word]}`}
    >
      {venueWord}
      {venueWord ? word.toLowerCase() : word}
    </span>
  );
}
