/** Cancelling every open copy: asked with their number, which has to be typed. */
import { cancelOpenCopies, newCommandId } from "../api/commands";
import type { CopyRow } from "../api/types";
import { useStore } from "../live/live";
import { useConfirm } from "../ui/confirm";
import { useToasts } from "../ui/toasts";

export function openCopies(copies: Iterable<CopyRow>): CopyRow[] {
  return [...copies].filter((copy) => copy.may_cancel);
}

/** Say how many, in how many accounts. */
export function numbered(open: readonly CopyRow[]): string {
  const accounts = new Set(open.map((copy) => copy.account_id)).size;
  return `${open.length} open ${open.length === 1 ? "copy" : "copies"} in ${accounts} account${accounts === 1 ? "" : "s"}`;
}

export function useCancelOpen(): () => Promise<void> {
  const store = useStore();
  const confirm = useConfirm();
  const toasts = useToasts();
  return async () => {
    const open = openCopies(store.copies.values());
    if (open.length === 0) {
      toasts.say("No copy is open", "There is nothing to cancel.");
      return;
    }
    const exits = open.filter((copy) => copy.closing_units > 0).length;
    const isGo = await confirm({
      title: `Cancel ${numbered(open)}?`,
      text: `They are cancelled for good and do not follow their primary orders any more. What has filled stays.${
        exits > 0 ? ` ${exits} of them ${exits === 1 ? "is an exit" : "are exits"}, such as a stop-loss.` : ""
      }`,
      go: `Cancel ${open.length} ${open.length === 1 ? "copy" : "copies"}`,
      typed: String(open.length),
      isDanger: true,
    });
    if (!isGo) return;
    try {
      const answer = await cancelOpenCopies(newCommandId(), open.length);
      toasts.say("Open copies are being cancelled", answer.message);
    } catch (error) {
      toasts.refuse("Open copies were not cancelled", error);
    }
  };
}
