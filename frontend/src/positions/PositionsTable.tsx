/** The matrix as a table: instruments down, accounts across; what differs is amber and says by how much. */
import { TriangleAlert } from "lucide-react";
import type { AccountRow, PortfolioRow } from "../api/types";
import { contractName } from "../format/instrument";
import { count, NONE, price, signed, tone } from "../format/numbers";
import { istFull, istTime } from "../format/time";
import { usePortfolio } from "../live/live";
import { type Cell, isDifferent, type Line } from "./matrix";

interface TableProps {
  accounts: readonly AccountRow[];
  lines: readonly Line[];
  isDim: boolean;
}

const NUMBER = "px-3 text-right whitespace-nowrap";

export function PositionsTable({ accounts, lines, isDim }: TableProps) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area must be reachable by keyboard
      tabIndex={0}
      aria-label="Positions by account"
      className={`min-h-0 flex-1 overflow-auto ${isDim ? "frozen" : ""}`}
    >
      <table className="w-full border-separate border-spacing-0 text-sm [&_td]:border-b [&_th]:border-b">
        <thead className="sticky top-0 z-10 bg-raised text-text-2 text-xs">
          <tr className="h-9">
            <th scope="col" className="sticky left-0 z-10 bg-raised px-4 text-left font-normal">
              Instrument
            </th>
            <th scope="col" className={`${NUMBER} font-normal max-md:hidden`}>
              Avg
            </th>
            <th scope="col" className={`${NUMBER} font-normal max-md:hidden`}>
              LTP
            </th>
            {accounts.map((account) => (
              <AccountHead key={account.account_id} account={account} />
            ))}
            <th scope="col" className={`${NUMBER} pr-4! font-normal`}>
              P&amp;L, all
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <LineRow key={line.key} line={line} accounts={accounts} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function AccountHead({ account }: { account: AccountRow }) {
  const portfolio = usePortfolio(account.account_id);
  const isPrimary = account.role === "primary";
  return (
    <th scope="col" className={`${NUMBER} font-normal`} title={readAt(account, portfolio)}>
      <span className="inline-flex items-center gap-1">
        {portfolio?.fails && (
          <TriangleAlert size={12} aria-label="Cannot be read now" className="text-warn" />
        )}
        <span className="max-w-40 truncate">{account.name}</span>
        <span className="text-text-3">{isPrimary ? "(primary)" : `×${account.multiplier}`}</span>
        {account.mode !== "on" && (
          <span className="text-warn">{account.mode === "off" ? "off" : "close only"}</span>
        )}
      </span>
      {portfolio?.fails && portfolio.as_of && (
        <span className="block text-warn">as of {istTime(portfolio.as_of)}</span>
      )}
    </th>
  );
}

function readAt(account: AccountRow, portfolio: PortfolioRow | undefined): string {
  const id = `${account.name} (${account.account_id})`;
  if (!portfolio?.as_of) return `${id}: not read yet. ${portfolio?.fails ?? ""}`;
  return `${id}: as of ${istFull(portfolio.as_of)}. ${portfolio.fails ?? ""}`;
}

function LineRow({ line, accounts }: { line: Line; accounts: readonly AccountRow[] }) {
  const lot = line.lotSize !== null && line.lotSize > 1 ? `, lot ${count(line.lotSize)}` : "";
  return (
    <tr className="group h-11 hover:bg-hover">
      <th
        scope="row"
        title={line.instrument}
        className="sticky left-0 max-w-72 truncate bg-bg px-4 text-left font-medium group-hover:bg-hover max-md:max-w-40"
      >
        {contractName(line.tradingsymbol)}{" "}
        <span className="font-normal text-text-3 text-xs">
          {line.exchange}
          {lot}
        </span>{" "}
        {line.product !== "MIS" && <span className="font-normal text-text-2 text-xs">{line.product}</span>}
      </th>
      <td className={`${NUMBER} text-text-2 max-md:hidden`}>{price(line.averagePrice)}</td>
      <td className={`${NUMBER} max-md:hidden`}>{price(line.lastPrice)}</td>
      {line.cells.map((cell, at) => (
        <Holding key={cell.accountId} cell={cell} isPrimary={accounts[at]?.role === "primary"} />
      ))}
      <td className={`${NUMBER} pr-4! ${tone(line.pnl)}`}>{signed(line.pnl)}</td>
    </tr>
  );
}

function Holding({ cell, isPrimary }: { cell: Cell; isPrimary: boolean }) {
  const { position, gap } = cell;
  if (position === null) return <td className={`${NUMBER} text-text-3`}>{NONE}</td>;
  const { quantity, expected } = position;
  const title = `Average ${price(position.average_price)}, P&L ${signed(position.pnl)}`;
  if (isDifferent(cell) && gap !== null && expected !== null)
    return (
      <td
        className={`${NUMBER} bg-warn-bg text-warn`}
        title={`Holds ${count(quantity)}, expected ${count(expected)}: ${signed(gap, count)}. ${title}`}
      >
        <span className="block font-medium">{count(quantity)}</span>
        <span className="block text-xs">
          {signed(gap, count)} of {count(expected)}
        </span>
      </td>
    );
  return (
    <td className={`${NUMBER} ${side(quantity, isPrimary)}`} title={title}>
      {count(quantity)}
    </td>
  );
}

/** The primary's side in the colours of buying and selling; the minus is the second sign. */
function side(quantity: number, isPrimary: boolean): string {
  if (quantity === 0) return "text-text-3";
  if (!isPrimary) return "";
  return quantity > 0 ? "font-medium text-buy" : "font-medium text-sell";
}
