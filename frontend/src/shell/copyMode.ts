/** Whether new orders are copied at once or held for a tick. Holding is safe and asks nothing; copying asks. */
import { newCommandId, setMode } from "../api/commands";
import type { CopyMode } from "../api/types";
import { useConfirm } from "../ui/confirm";
import { useToasts } from "../ui/toasts";

export const COPY_MODES: Record<CopyMode, { name: string; means: string }> = {
  auto: {
    name: "Copy at once",
    means: "New orders of the primary account go to all secondaries by themselves.",
  },
  manual: {
    name: "Hold new orders",
    means:
      "New orders, exits included, wait for your tick. Changes and cancellations of what was copied still go on at once.",
  },
};

/** Return the way to switch; orders that wait already are left waiting. */
export function useCopyMode(venue: string | undefined): (mode: CopyMode) => Promise<void> {
  const confirm = useConfirm();
  const toasts = useToasts();
  return async (mode) => {
    const isGo =
      mode === "manual" ||
      (await confirm({
        title: "Copy new orders at once?",
        text: `${COPY_MODES.auto.means} ${venue === "paper" ? "This is the practice exchange." : "This is real money."} Orders that wait already go on waiting for your tick.`,
        go: "Copy at once",
      }));
    if (!isGo) return;
    try {
      const answer = await setMode(newCommandId(), mode);
      toasts.say(COPY_MODES[mode].name, answer.message);
    } catch (error) {
      toasts.refuse("The mode was not changed", error);
    }
  };
}
