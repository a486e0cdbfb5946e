/** What the copier does at this moment, in one word, and the way to change it; Unknown while the page cannot know it. */
import { Check } from "lucide-react";
import type { CopyMode, StatusRow } from "../api/types";
import { useIsFrozen, useStatus } from "../live/live";
import { Popover } from "../ui/Popover";
import { COPY_MODES, useCopyMode } from "./copyMode";

type Mode = "Live" | "Paper" | "Holding" | "Stopped" | "Unknown";

const LOOKS: Record<Mode, string> = {
  Live: "border-up! text-up!",
  Paper: "border-trigger! text-trigger!",
  Holding: "border-warn! text-warn!",
  Stopped: "border-down! text-down!",
  Unknown: "border-line-strong! text-text-2!",
};
const MEANS: Record<Mode, string> = {
  Live: "Orders of the primary account are copied at once, with real money.",
  Paper: "Orders of the primary account are copied at once, on the practice exchange.",
  Holding: "New orders of the primary account wait for your tick.",
  Stopped: "Nothing is sent until you resume.",
  Unknown: "The page does not hear from the copier; it may still be running.",
};

function modeOf(status: StatusRow | null, isFrozen: boolean): Mode {
  if (status === null || isFrozen) return "Unknown";
  if (status.is_stopped) return "Stopped";
  if (status.copy_mode === "manual") return "Holding";
  return status.venue === "paper" ? "Paper" : "Live";
}

export function ModePill() {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  const mode = modeOf(status, isFrozen);
  const venue = status?.venue === "paper" ? "Paper" : "Live";
  const words = mode === "Stopped" || mode === "Holding" ? `${venue}, ${mode.toLowerCase()}` : mode;
  return (
    <>
      <span role="status" className="sr-only">
        {words}: {MEANS[mode]}
      </span>
      <Popover
        label="What becomes of new orders"
        title={MEANS[mode]}
        disabled={mode === "Unknown"}
        data-testid="mode"
        className={`h-7! px-2! disabled:opacity-100 ${LOOKS[mode]}`}
        face={words}
      >
        {(close) => status && <Modes status={status} close={close} />}
      </Popover>
    </>
  );
}

function Modes({ status, close }: { status: StatusRow; close: () => void }) {
  const change = useCopyMode(status.venue);
  return (["auto", "manual"] as const satisfies readonly CopyMode[]).map((mode) => {
    const isOn = status.copy_mode === mode;
    return (
      <button
        key={mode}
        type="button"
        aria-pressed={isOn}
        onClick={() => {
          close();
          if (!isOn) void change(mode);
        }}
        className="flex w-full gap-2 rounded-control p-2 text-left hover:bg-hover"
      >
        <Check size={16} aria-hidden className={`mt-0.5 shrink-0 ${isOn ? "" : "invisible"}`} />
        <span>
          <span className="block font-medium">
            {COPY_MODES[mode].name}
            {mode === "auto" && !isOn && "…"}
          </span>
          <span className="block text-sm text-text-2">{COPY_MODES[mode].means}</span>
        </span>
      </button>
    );
  });
}
