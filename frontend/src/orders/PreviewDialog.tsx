/** The question before orders leave: all that will be sent, counted by the server, and Cancel first. */
import { useRef, useState } from "react";
import type { PreviewRow } from "../api/types";
import { useIsFrozen, useStatus } from "../live/live";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { whyNot } from "../ui/toasts";
import type { Proposal } from "./context";
import { PreviewTable } from "./PreviewTable";
import { reachOf } from "./previews";
import { CommandIds } from "./sending";
import { plural } from "./useCommands";
import { usePreview } from "./usePreview";

interface PreviewDialogProps {
  proposal: Proposal;
  send: (proposal: Proposal, ids: CommandIds) => Promise<void>;
  onClose: () => void;
}

export function PreviewDialog({ proposal, send, onClose }: PreviewDialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [ids] = useState(() => new CommandIds());
  const [isSending, setIsSending] = useState(false);
  const isUnderWay = useRef(false);
  const [refused, setRefused] = useState<unknown>(null);
  const { preview, error } = usePreview(proposal, isSending);
  const trouble = refused ?? error;
  const go = async () => {
    // Two clicks may come before the button is drawn disabled.
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setIsSending(true);
    setRefused(null);
    await send(proposal, ids).catch(setRefused);
    isUnderWay.current = false;
    setIsSending(false);
  };
  return (
    <Modal
      title={titleOf(proposal, preview)}
      text={<Explained proposal={proposal} preview={preview} />}
      firstFocus={cancel}
      width="max-w-3xl"
      onClose={onClose}
    >
      {preview === null ? (
        <Waiting
          rows={proposal.kind === "copy" ? proposal.groups.length : proposal.copies.length}
          hasFailed={error !== null}
        />
      ) : (
        <PreviewTable preview={preview} />
      )}
      {trouble !== null && (
        <p
          role="alert"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one scrolls, and must by keyboard as well
          tabIndex={0}
          className="max-h-32 overflow-auto break-words border-t px-5 py-3 text-down"
        >
          {whyNot(trouble)}
        </p>
      )}
      <div className="flex items-center justify-end gap-2 border-t px-5 py-3">
        <p className="min-w-0 flex-1 text-sm text-text-3 max-[640px]:sr-only">
          Before anything is sent again, the account's order list is searched for this copy's tag.
        </p>
        <Button ref={cancel} className="max-[640px]:h-9" onClick={onClose}>
          Cancel
        </Button>
        <SendButton preview={preview} isSending={isSending} onSend={() => void go()} />
      </div>
    </Modal>
  );
}

function titleOf(proposal: Proposal, preview: PreviewRow | null): string {
  const verb = proposal.kind === "copy" ? "Copy" : "Retry";
  const asked =
    proposal.kind === "copy"
      ? plural(
          proposal.groups.reduce((sum, group) => sum + group.orders.length, 0),
          "order",
        )
      : plural(proposal.copies.length, "copy", "copies");
  if (preview === null) return `${verb} ${asked}`;
  const { orders, accounts } = reachOf(preview);
  const what = proposal.kind === "copy" ? plural(orders, "order") : asked;
  const link = proposal.kind === "copy" ? "to" : "in";
  return `${verb} ${what} ${link} ${plural(accounts, "account")}: ${plural(preview.order_count, "real order")}`;
}

function Explained({ proposal, preview }: { proposal: Proposal; preview: PreviewRow | null }) {
  if (preview === null) return "Asking what would be sent…";
  if (preview.order_count === 0) return "Nothing would be sent. The reasons stand below.";
  return proposal.kind === "copy"
    ? "Sent at once, at the primary's prices. Quantities use each account's multiplier, rounded down to whole lots."
    : "Each failed copy is planned again as it would be now, and sent once.";
}

function SendButton({
  preview,
  isSending,
  onSend,
}: {
  preview: PreviewRow | null;
  isSending: boolean;
  onSend: () => void;
}) {
  const isFrozen = useIsFrozen();
  const isStopped = useStatus()?.is_stopped === true;
  const number = preview?.order_count ?? 0;
  return (
    <Button
      look="primary"
      className="max-[640px]:h-9"
      disabled={number === 0 || isSending || isFrozen || isStopped}
      title={
        isStopped
          ? "Copying is stopped: resume first"
          : isFrozen
            ? "The page is not connected"
            : "Click, or Space"
      }
      // Enter is pressed by habit; it must not send orders.
      onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
      onClick={onSend}
    >
      {isSending ? "Sending…" : preview === null ? "Send" : `Send ${plural(number, "order")}`}
    </Button>
  );
}

const MOST_GREY = 6;

/** Grey rows of the real height, so that nothing jumps when the answer is there. */
function Waiting({ rows, hasFailed }: { rows: number; hasFailed: boolean }) {
  if (hasFailed)
    return (
      <p className="border-t px-5 py-3 text-text-2">It is not known what would be sent, so nothing can be.</p>
    );
  return (
    <div aria-hidden className="space-y-2 border-t px-5 py-3">
      {Array.from({ length: Math.min(rows + 1, MOST_GREY) }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={at} className="h-8 rounded bg-raised" />
      ))}
    </div>
  );
}
