/** Whether an account's access token works, as the engine last saw it, and the way to a new one. */
import { CircleCheck, CircleDashed, KeyRound, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { AccountRow } from "../api/types";
import { useAccounts, useIsFrozen } from "../live/live";

/** `mayLogIn`: whether the server can lead to the broker's login, which takes the account's API secret. */
export function TokenState({ accountId, mayLogIn }: { accountId: string; mayLogIn: boolean }) {
  const isFrozen = useIsFrozen();
  const row = useAccounts().find((account) => account.account_id === accountId);
  if (isFrozen) return <State icon={<CircleDashed size={14} aria-hidden />}>Unknown</State>;
  if (row === undefined) return <State icon={<CircleDashed size={14} aria-hidden />}>Not in use yet</State>;
  const trouble = troubleOf(row);
  if (trouble === null)
    return row.looked_at === null ? (
      <State icon={<CircleDashed size={14} aria-hidden />}>Not tried yet</State>
    ) : (
      <State icon={<CircleCheck size={14} aria-hidden className="text-up" />}>Works</State>
    );
  return (
    <span className="flex items-center gap-2 whitespace-nowrap">
      <span className="flex items-center gap-1.5 text-warn" title={trouble.text}>
        <TriangleAlert size={14} aria-hidden className="shrink-0" />
        {trouble.word}
      </span>
      {mayLogIn && (
        // In another tab: what is edited here stays.
        <a
          href={`/login/${encodeURIComponent(accountId)}`}
          target="_blank"
          rel="noopener"
          className="inline-flex h-6 shrink-0 items-center gap-1 rounded-control border border-line-strong px-2 text-xs hover:bg-hover"
        >
          <KeyRound size={12} aria-hidden />
          Log in<span className="sr-only"> {row.name}, in another tab</span>
        </a>
      )}
    </span>
  );
}

function State({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap text-text-2">
      {icon}
      {children}
    </span>
  );
}

function troubleOf(row: AccountRow): { word: string; text: string } | null {
  if (row.reason?.code === "SESSION_EXPIRED") return { word: "Expired", text: row.reason.text };
  if (row.state === "blocked" && row.reason) return { word: "Blocked", text: row.reason.text };
  return row.looking_fails === null ? null : { word: "Failing", text: row.looking_fails };
}
