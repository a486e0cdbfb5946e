/** What a command would do, asked of the server before anything is sent. */
import { post } from "../api/client";
import type {
  AccountPreviewRow,
  PreviewCopiesRequest,
  PreviewRetriesRequest,
  PreviewRow,
} from "../api/types";
import type { Proposal } from "./context";
import { chunked } from "./targets";

export async function askPreview(proposal: Proposal): Promise<PreviewRow> {
  const asks =
    proposal.kind === "retry"
      ? chunked(proposal.copies).map((some) => {
          const body: PreviewRetriesRequest = { copies: some.map((copy) => copy.copy_id) };
          return post<PreviewRow>("/api/v1/previews/retries", body);
        })
      : proposal.groups.map((group) =>
          post<PreviewRow>("/api/v1/previews", group satisfies PreviewCopiesRequest),
        );
  return merged(await Promise.all(asks));
}

/** Put the previews of several groups of orders together; no order is in two of them. */
export function merged(previews: readonly PreviewRow[]): PreviewRow {
  const accounts = new Map<string, AccountPreviewRow>();
  for (const account of previews.flatMap((preview) => preview.accounts)) {
    const known = accounts.get(account.account_id);
    accounts.set(account.account_id, known ? added(known, account) : account);
  }
  return {
    at: previews.map((preview) => preview.at).sort()[0] ?? "",
    order_count: previews.reduce((sum, preview) => sum + preview.order_count, 0),
    orders: previews.flatMap((preview) => preview.orders),
    copies: previews.flatMap((preview) => preview.copies),
    accounts: [...accounts.values()],
    warnings: [...new Set(previews.flatMap((preview) => preview.warnings))],
  };
}

function added(one: AccountPreviewRow, other: AccountPreviewRow): AccountPreviewRow {
  const isKnown = one.funds_needed !== null && other.funds_needed !== null;
  return {
    account_id: one.account_id,
    funds_free: one.funds_free ?? other.funds_free,
    funds_needed: isKnown ? (Number(one.funds_needed) + Number(other.funds_needed)).toFixed(2) : null,
    warnings: [...new Set([...one.warnings, ...other.warnings])],
  };
}

export interface Note {
  isRefusal: boolean;
  /** Null where it is about all of them. */
  accountId: string | null;
  text: string;
  orderIds: string[];
}

/** Collect what is to be said under the table: each reason once, with the orders that it is about. */
export function notesOf(preview: PreviewRow): Note[] {
  const notes = new Map<string, Note>();
  const add = (isRefusal: boolean, accountId: string | null, text: string, orderId: string | null) => {
    const key = `${isRefusal} ${accountId} ${text}`;
    const note = notes.get(key) ?? { isRefusal, accountId, text, orderIds: [] };
    if (orderId !== null) note.orderIds.push(orderId);
    notes.set(key, note);
  };
  for (const text of preview.warnings) add(false, null, text, null);
  for (const { account_id, warnings } of preview.accounts)
    for (const text of warnings) add(false, account_id, text, null);
  for (const copy of preview.copies) {
    if (copy.refusal !== null) add(true, copy.account_id, copy.refusal.text, copy.order_id);
    else for (const text of copy.warnings) add(false, copy.account_id, text, copy.order_id);
  }
  return [...notes.values()].sort((a, b) => Number(a.isRefusal) - Number(b.isRefusal));
}

/** Count the orders and accounts that something would be sent for. */
export function reachOf(preview: PreviewRow): { orders: number; accounts: number } {
  const sent = preview.copies.filter((copy) => copy.refusal === null);
  return {
    orders: new Set(sent.map((copy) => copy.order_id)).size,
    accounts: new Set(sent.map((copy) => copy.account_id)).size,
  };
}
