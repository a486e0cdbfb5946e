/** One account in the rail: who it is, what it earns and has, what it may take, and what is wrong with it. */
import { CircleCheck, CircleDashed, KeyRound, TriangleAlert } from "lucide-react";
import type { AccountRow, PortfolioRow } from "../api/types";
import { compact, count, money, signed, tone } from "../format/numbers";
import { istFull, istTime } from "../format/time";
import { useIsFrozen, usePortfolio } from "../live/live";
import { type Changing, MODE_NAMES, useChangeAccount } from "./changeAccount";
import type { Failures } from "./figures";
import { MultiplierEditor } from "./MultiplierEditor";
import { TroubleList } from "./TroubleList";
import { isSessionOver, troublesOf, usedPart } from "./troubles";

interface CardProps {
  account: AccountRow;
  failures: Failures;
  mayLogIn: boolean;
}

export function AccountCard({ account, failures, mayLogIn }: CardProps) {
  const portfolio = usePortfolio(account.account_id);
  const changing = useChangeAccount(account);
  const troubles = troublesOf(account, portfolio);
  const isBad = troubles.length > 0;
  return (
    <li className={`border-b px-3 py-2 ${isBad ? "bg-warn-bg" : ""}`} aria-label={account.name}>
      <div className="flex min-w-0 items-center gap-2">
        <StateIcon account={account} isBad={isBad} />
        <Who account={account} changing={changing} />
        <Profit portfolio={portfolio} />
      </div>
      <Funds portfolio={portfolio} />
      <div className="mt-1 flex min-h-6 items-center gap-2 text-text-2 text-xs">
        {account.role === "secondary" && <ModeChoice account={account} changing={changing} />}
        <span title="Orders placed today, of those allowed.">
          {count(account.orders_today)} of {count(account.orders_limit)} orders
        </span>
        {failures.failed > 0 && <span className="text-down">{failures.failed} failed</span>}
        {failures.doubtful > 0 && <span className="text-warn">{failures.doubtful} in doubt</span>}
        {mayLogIn && !isSessionOver(account) && (
          <a className="ml-auto underline hover:text-text-1" href={`/login/${account.account_id}`}>
            Log in
          </a>
        )}
      </div>
      <TroubleList account={account} troubles={troubles} mayLogIn={mayLogIn} />
    </li>
  );
}

function StateIcon({ account, isBad }: { account: AccountRow; isBad: boolean }) {
  const isFrozen = useIsFrozen();
  const [Icon, look, word] =
    isFrozen || account.state === "reading"
      ? ([CircleDashed, "text-text-3", isFrozen ? "Not known now" : "Being read"] as const)
      : account.state === "blocked"
        ? ([KeyRound, "text-warn", isSessionOver(account) ? "Session expired" : "Blocked"] as const)
        : isBad
          ? ([TriangleAlert, "text-warn", "Look here"] as const)
          : ([CircleCheck, "text-up", "Logged in"] as const);
  const at = account.looked_at ? ` Orders last read ${istTime(account.looked_at)} IST.` : "";
  return (
    <span title={`${word}.${at}`} className={`shrink-0 ${look}`}>
      <Icon size={13} aria-hidden />
      <span className="sr-only">{word}</span>
    </span>
  );
}

function Who({ account, changing }: { account: AccountRow; changing: Changing }) {
  const isFrozen = useIsFrozen();
  return (
    <>
      <span className="min-w-0 truncate font-medium" title={account.name}>
        {account.name}
      </span>
      {account.account_id !== account.name && (
        <span className="max-w-20 shrink-0 truncate text-text-2 text-xs" title={account.account_id}>
          {account.account_id}
        </span>
      )}
      {account.role === "primary" ? (
        <span className="shrink-0 rounded border border-line-strong px-1.5 text-text-2 text-xs">Primary</span>
      ) : (
        <MultiplierEditor
          account={account}
          isDisabled={isFrozen || changing.isBusy}
          onChange={changing.setMultiplier}
        />
      )}
    </>
  );
}

function Profit({ portfolio }: { portfolio: PortfolioRow | undefined }) {
  const pnl = portfolio?.pnl ?? null;
  const title = portfolio?.as_of ? `Today's P&L as of ${istFull(portfolio.as_of)}` : "Not read yet";
  return (
    <span className={`ml-auto shrink-0 pl-1 ${tone(pnl)}`} title={title}>
      <span className="sr-only">P&amp;L </span>
      {signed(pnl)}
    </span>
  );
}

/** From here on the bar turns amber: a copy may soon be refused for want of money. */
const NEARLY_ALL = 0.85;

function Funds({ portfolio }: { portfolio: PortfolioRow | undefined }) {
  const used = usedPart(portfolio);
  const isTight = used !== null && used > NEARLY_ALL;
  const asOf = portfolio?.as_of ?? null;
  return (
    <>
      <div className="mt-1 flex justify-between gap-2 text-text-2 text-xs">
        {used === null ? (
          <span>Funds not read</span>
        ) : (
          <span
            className={isTight ? "text-warn" : ""}
            title={`₹${money(portfolio?.funds_free)} free, ₹${money(portfolio?.funds_used)} used`}
          >
            ₹{compact(portfolio?.funds_free)} free, {Math.round(used * 100)}% used
          </span>
        )}
        {asOf !== null && (
          <span className="shrink-0" title={istFull(asOf)}>
            as of {istTime(asOf)}
          </span>
        )}
      </div>
      {used !== null && (
        <div aria-hidden className="mt-1.5 h-[3px] overflow-hidden rounded-full bg-line">
          <div
            className={`h-full rounded-full ${isTight ? "bg-warn" : "bg-text-3"}`}
            style={{ width: `${used * 100}%` }}
          />
        </div>
      )}
    </>
  );
}

function ModeChoice({ account, changing }: { account: AccountRow; changing: Changing }) {
  const isFrozen = useIsFrozen();
  const look = { on: "text-text-1", close_only: "text-warn", off: "text-text-3" }[account.mode];
  return (
    <select
      aria-label={`What ${account.name} takes`}
      title="On: entries and exits. Close only: exits. Off: nothing."
      // The row's own mode: it changes when the server says so, not when it is chosen here.
      value={account.mode}
      disabled={isFrozen || changing.isBusy}
      onChange={(event) => void changing.setMode(event.target.value as AccountRow["mode"])}
      className={`-ml-1 h-6 rounded-control border border-transparent bg-panel text-xs hover:border-line-strong disabled:opacity-60 ${look}`}
    >
      {Object.entries(MODE_NAMES).map(([mode, name]) => (
        <option key={mode} value={mode}>
          {name}
        </option>
      ))}
    </select>
  );
}
