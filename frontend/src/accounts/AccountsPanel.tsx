/** All accounts, and under them what happened: beside the orders where there is room, else in a drawer. */
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { lookNow } from "../api/commands";
import { useAccounts, useIsFrozen, useStore } from "../live/live";
import { useThrottled } from "../live/throttled";
import { Button } from "../ui/Button";
import { useToasts } from "../ui/toasts";
import { AccountCard } from "./AccountCard";
import { failuresByAccount, NO_FAILURES } from "./figures";
import { useLogins } from "./logins";
import { RailLog } from "./RailLog";

const EVERY_MS = 1000;

/** The rail's content; whoever shows it gives it its place. */
export function AccountsPanel() {
  return (
    <>
      <div className="flex h-11 shrink-0 items-center justify-between border-b px-3">
        <h2 className="font-semibold">Accounts</h2>
        <LookButton />
      </div>
      <AccountList />
      <RailLog />
    </>
  );
}

function AccountList() {
  useThrottled("rows", EVERY_MS);
  const accounts = useAccounts();
  const isFrozen = useIsFrozen();
  const failures = failuresByAccount(useStore().copies.values());
  const logins = useLogins();
  return (
    <ul
      aria-label="Accounts"
      className={`max-h-[68%] shrink-0 overflow-y-auto border-b ${isFrozen ? "frozen" : ""}`}
    >
      {accounts.length === 0 && <li className="px-3 py-2 text-text-3">No accounts are known yet.</li>}
      {accounts.map((account) => (
        <AccountCard
          key={account.account_id}
          account={account}
          failures={failures.get(account.account_id) ?? NO_FAILURES}
          mayLogIn={logins[account.account_id] === true}
        />
      ))}
    </ul>
  );
}

function LookButton() {
  const toasts = useToasts();
  const isFrozen = useIsFrozen();
  const [isBusy, setIsBusy] = useState(false);
  const look = async () => {
    setIsBusy(true);
    try {
      const answer = await lookNow();
      toasts.say("Looking now", answer.message);
    } catch (error) {
      toasts.refuse("Nothing was read", error);
    }
    setIsBusy(false);
  };
  return (
    <Button
      look="quiet"
      size="small"
      disabled={isFrozen || isBusy}
      title="Read the order lists of all accounts now"
      onClick={() => void look()}
    >
      <RefreshCw size={13} aria-hidden />
      Look now
    </Button>
  );
}
