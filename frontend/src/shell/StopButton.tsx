/** Stop copying: one click, no question, also while the page is disconnected. Resuming asks. */
import { Octagon, Play } from "lucide-react";
import { useState } from "react";
import { newCommandId, resumeCopying, stopCopying } from "../api/commands";
import { useIsFrozen, useStatus } from "../live/live";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { useToasts } from "../ui/toasts";

/** Return the deed behind the button: the keyboard and the palette have it too. */
export function useStop(): () => Promise<void> {
  const toasts = useToasts();
  return async () => {
    try {
      const answer = await stopCopying();
      toasts.say("Copying is stopped", answer.message);
    } catch (error) {
      toasts.refuse("Stop did not get through", error);
    }
  };
}

export function useResume(): () => Promise<void> {
  const toasts = useToasts();
  const confirm = useConfirm();
  const status = useStatus();
  return async () => {
    const isGo = await confirm({
      title: "Resume copying?",
      text:
        status?.copy_mode === "manual"
          ? "New orders of the primary account, exits included, are held for your tick; changes of what was copied go on at once. Accounts that were blocked are tried again."
          : "New orders of the primary account are copied at once again. Accounts that were blocked are tried again.",
      go: "Resume copying",
    });
    if (!isGo) return;
    try {
      const answer = await resumeCopying(newCommandId());
      toasts.say("Copying goes on", answer.message);
    } catch (error) {
      toasts.refuse("Copying was not resumed", error);
    }
  };
}

export function StopButton() {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  const stop = useStop();
  const resume = useResume();
  const [isBusy, setIsBusy] = useState(false);
  const press = async (deed: () => Promise<void>) => {
    setIsBusy(true);
    await deed();
    setIsBusy(false);
  };
  if (status?.is_stopped && !isFrozen)
    return (
      <Button size="large" className="border-up! text-up!" disabled={isBusy} onClick={() => press(resume)}>
        <Play size={16} aria-hidden />
        Resume…
      </Button>
    );
  return (
    // A form, so that stopping needs no script of ours to work: the server takes the plain POST as well.
    <form
      method="post"
      action="/api/v1/stop"
      onSubmit={(event) => {
        event.preventDefault();
        void press(stop);
      }}
    >
      <Button type="submit" look="stop" size="large" title="Alt+Shift+S" aria-busy={isBusy}>
        <Octagon size={16} aria-hidden />
        Stop copying
      </Button>
    </form>
  );
}
