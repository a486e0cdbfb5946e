/** What the operator can ask for on this page, and what is shown of it on the rows. */
import { useCallback, useMemo, useState } from "react";
import { RefusedError } from "../api/client";
import { useStore } from "../live/live";
import { useConfirm } from "../ui/confirm";
import { useToasts } from "../ui/toasts";
import type { Blotter } from "./blotter";
import type { Orders, Proposal } from "./context";
import type { Marks } from "./marks";
import { CommandIds, cancelCopies, type Outcome, refusalsOf, sendProposal, skipGroups } from "./sending";
import { type Chosen, cancellable, groupsOf, heldOf, retriesOf } from "./targets";

type Asks = Pick<Orders, "copy" | "retry" | "skip" | "cancel">;

interface Commands extends Asks {
  /** What is being previewed, if anything. */
  proposal: Proposal | null;
  /** Send what is previewed; raises what went wrong, so that the dialog can say it. */
  send: (proposal: Proposal, ids: CommandIds) => Promise<void>;
  close: () => void;
}

export function plural(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

function rowsOf(proposal: Proposal): string[] {
  if (proposal.kind === "copy") return proposal.groups.flatMap((group) => group.orders);
  return proposal.copies.flatMap(({ copy_id }) => [copy_id, copy_id.split(":", 1)[0] ?? copy_id]);
}

export function useCommands(blotter: Blotter, marks: Marks): Commands {
  const store = useStore();
  const toasts = useToasts();
  const [proposal, setProposal] = useState<Proposal | null>(null);

  /** Mark the rows while a command is under way, then say on them what was refused. */
  const carryOut = useCallback(
    async (rows: readonly string[], done: string, send: () => Promise<Outcome>) => {
      marks.begin(rows);
      try {
        const { message, results } = await send();
        const refusals = refusalsOf(store, results);
        marks.end(rows, refusals);
        // What was refused stays ticked; the rest is done with.
        blotter.ticks.set(
          rows.filter((id) => !refusals.has(id)),
          false,
        );
        toasts.say(done, message);
      } catch (error) {
        const results = error instanceof RefusedError ? error.results : [];
        marks.end(rows, refusalsOf(store, results));
        throw error;
      }
    },
    [blotter, marks, store, toasts],
  );

  const send = useCallback(
    async (sent: Proposal, ids: CommandIds) => {
      const done = sent.kind === "copy" ? "Orders are being copied" : "Copies are tried again";
      await carryOut(rowsOf(sent), done, () => sendProposal(sent, ids));
      setProposal(null);
    },
    [carryOut],
  );
  const asks = useAsks(carryOut, setProposal);
  const close = useCallback(() => setProposal(null), []);
  return { ...asks, proposal, send, close };
}

type CarryOut = (rows: readonly string[], done: string, send: () => Promise<Outcome>) => Promise<void>;

function useAsks(carryOut: CarryOut, propose: (proposal: Proposal) => void): Asks {
  const store = useStore();
  const confirm = useConfirm();
  const toasts = useToasts();
  return useMemo<Asks>(() => {
    const copy = (chosen: readonly Chosen[]) => {
      const groups = groupsOf(store, chosen);
      if (groups.length > 0) propose({ kind: "copy", groups });
    };
    const retry = (chosen: readonly Chosen[]) => {
      const copies = retriesOf(store, chosen);
      if (copies.length > 0) propose({ kind: "retry", copies });
      else
        toasts.say("Nothing to retry", "None of these copies has failed in a way that may be tried again.");
    };
    const skip = async (chosen: readonly Chosen[]) => {
      const groups = groupsOf(store, heldOf(store, chosen));
      const orders = groups.flatMap((group) => group.orders);
      if (orders.length === 0) return toasts.say("Nothing to skip", "None of these orders waits for you.");
      const isGo = await confirm({
        title: `Skip ${plural(orders.length, "order")}?`,
        text: "What waits of them is not copied, for good. Nothing is sent.",
        go: `Skip ${plural(orders.length, "order")}`,
      });
      if (!isGo) return;
      await carryOut(orders, "Skipped", () => skipGroups(groups, new CommandIds())).catch((error) =>
        toasts.refuse("Not skipped", error),
      );
    };
    const cancel = async (chosen: readonly Chosen[]) => {
      const copies = cancellable(store, chosen);
      if (copies.length === 0) return toasts.say("Nothing to cancel", "No copy of this order is open.");
      const isGo = await confirm({
        title: `Cancel ${plural(copies.length, "open copy", "open copies")}?`,
        text: "They are cancelled at the broker for good, exits too. What has filled stays.",
        go: `Cancel ${plural(copies.length, "copy", "copies")}`,
        typed: String(copies.length),
        isDanger: true,
      });
      if (!isGo) return;
      await carryOut(copies, "Being cancelled", () => cancelCopies(copies, new CommandIds())).catch((error) =>
        toasts.refuse("Not cancelled", error),
      );
    };
    return { copy, retry, skip: (chosen) => void skip(chosen), cancel: (chosen) => void cancel(chosen) };
  }, [store, confirm, toasts, carryOut, propose]);
}
