/** The amber part of an account's card: what is wrong, since when, and the way out. */
import { KeyRound } from "lucide-react";
import type { AccountRow } from "../api/types";
import { istTime } from "../format/time";
import { useIsFrozen } from "../live/live";
import { useResume } from "../shell/StopButton";
import { Button } from "../ui/Button";
import type { Trouble } from "./troubles";

interface TroublesProps {
  account: AccountRow;
  troubles: Trouble[];
  mayLogIn: boolean;
}

export function TroubleList({ account, troubles, mayLogIn }: TroublesProps) {
  return troubles.map((trouble) => (
    <div key={trouble.key} className="mt-2 text-text-1 text-xs">
      <p className="break-words">
        {trouble.text}
        {trouble.since !== null && <span className="text-text-2"> Since {istTime(trouble.since)} IST.</span>}
      </p>
      {trouble.remedy === "login" && <LogIn account={account} mayLogIn={mayLogIn} />}
      {trouble.remedy === "resume" && <Unblock />}
    </div>
  ));
}

function LogIn({ account, mayLogIn }: { account: AccountRow; mayLogIn: boolean }) {
  if (!mayLogIn)
    return (
      <p className="mt-1 break-words text-text-2">
        It cannot be logged in from here: type{" "}
        <code className="font-mono">python run.py login {account.account_id}</code> where Tandem runs.
      </p>
    );
  return (
    <a
      href={`/login/${account.account_id}`}
      className="mt-1.5 inline-flex h-7 items-center gap-2 rounded-control border border-line-strong bg-panel px-2.5 font-medium text-text-1 hover:bg-hover"
    >
      <KeyRound size={13} aria-hidden />
      Log in
    </a>
  );
}

function Unblock() {
  const resume = useResume();
  const isFrozen = useIsFrozen();
  return (
    <Button size="small" className="mt-1.5" disabled={isFrozen} onClick={() => void resume()}>
      It is put right: resume…
    </Button>
  );
}
