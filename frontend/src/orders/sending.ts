/** Sending what was decided here, and reading from the answers what became of each row. */
import { RefusedError } from "../api/client";
import { command, copyOrders, newCommandId, retryCopies } from "../api/commands";
import type { CancellationsRequest, ItemResult, SkipsRequest } from "../api/types";
import type { LiveStore } from "../live/store";
import type { Proposal } from "./context";
import type { Mark } from "./marks";
import { statesOf } from "./states";
import { chunked, type Group } from "./targets";

export interface Outcome {
  message: string;
  results: ItemResult[];
}

/**
 * Command ids, one per group of orders. They are kept while it is not known whether a command has reached
 * the server, so that sending it again cannot do anything twice; an answer, whatever it says, uses one up.
 */
export class CommandIds {
  private readonly ids: string[] = [];

  at(place: number): string {
    this.ids[place] ??= newCommandId();
    return this.ids[place] ?? newCommandId();
  }

  use(place: number): void {
    delete this.ids[place];
  }
}

/** Send a proposal. Raises RefusedError where none of it was accepted, or nobody knows. */
export async function sendProposal(proposal: Proposal, ids: CommandIds): Promise<Outcome> {
  if (proposal.kind === "retry") return sendEach(chunked(proposal.copies), ids, retryCopies);
  return sendEach(proposal.groups, ids, (id, group) => copyOrders(id, group.orders, group.accounts));
}

export function skipGroups(groups: readonly Group[], ids: CommandIds): Promise<Outcome> {
  return sendEach(groups, ids, (id, { orders, accounts }) =>
    command<SkipsRequest>("/api/v1/skips", { command_id: id, orders, accounts }),
  );
}

export function cancelCopies(copies: string[], ids: CommandIds): Promise<Outcome> {
  return kept(ids, 0, (id) =>
    command<CancellationsRequest>("/api/v1/cancellations", { command_id: id, count: copies.length, copies }),
  );
}

/** One after the other: each part is a command of its own. A refusal does not keep the others back. */
async function sendEach<Part>(
  parts: readonly Part[],
  ids: CommandIds,
  send: (id: string, part: Part) => Promise<Outcome>,
): Promise<Outcome> {
  const answers: Outcome[] = [];
  const refusals: RefusedError[] = [];
  for (const [place, part] of parts.entries()) {
    try {
      answers.push(await kept(ids, place, (id) => send(id, part)));
    } catch (error) {
      if (!(error instanceof RefusedError) || isUnknown(error)) throw error;
      refusals.push(error);
    }
  }
  const [refused] = refusals;
  if (answers.length === 0 && refused) throw refused;
  return {
    message: [...answers, ...refusals].map((each) => each.message).join(" "),
    results: [...answers, ...refusals].flatMap((each) => each.results),
  };
}

async function kept(
  ids: CommandIds,
  place: number,
  send: (id: string) => Promise<Outcome>,
): Promise<Outcome> {
  try {
    const answer = await send(ids.at(place));
    ids.use(place);
    return answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || !isUnknown(error)) ids.use(place);
    throw error;
  }
}

/** Tell whether a command may have reached the engine although no answer came. */
export function isUnknown(error: RefusedError): boolean {
  return error.status === 0 || error.status === 504;
}

/** Say on each row why its item was refused: on the copy's, and on its order's, which may be closed. */
export function refusalsOf(store: LiveStore, results: readonly ItemResult[]): Map<string, Mark["refusal"]> {
  const found = new Map<string, Mark["refusal"]>();
  for (const { key, accepted, message } of results) {
    if (accepted) continue;
    const copy = store.copies.get(key);
    if (copy) found.set(key, { text: message, state: copy.state });
    const [orderId = key, accountId] = key.split(":");
    const name = accountId === undefined ? "" : `${store.account(accountId)?.name || accountId}: `;
    const before = found.get(orderId)?.text;
    const state = statesOf(store.copiesOf(orderId));
    found.set(orderId, { text: [before, `${name}${message}`].filter(Boolean).join(" "), state });
  }
  return found;
}
