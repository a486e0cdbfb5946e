/** The day in six figures, over the orders. */
import type { ReactNode } from "react";
import { count, duration, MINUS, NONE, signedRupees, tone } from "../format/numbers";
import { istTime } from "../format/time";
import { useIsFrozen, useStore } from "../live/live";
import { useThrottled } from "../live/throttled";
import { figuresOf, moneyOf, tightestBudget } from "./figures";

/** Quick enough to read, and little work over thousands of rows. */
const EVERY_MS = 500;

export function FiguresRow() {
  useThrottled("rows accounts portfolios", EVERY_MS);
  const store = useStore();
  const isFrozen = useIsFrozen();
  const rows = figuresOf(store.copies.values(), store.orders);
  return (
    <section
      aria-label="Today in figures"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways on phones, by keyboard too
      tabIndex={0}
      className={`flex h-[60px] shrink-0 overflow-x-auto border-b bg-panel ${isFrozen ? "frozen" : ""}`}
    >
      <Cell name="Copies filled today" more={rows.wanted > 0 ? percent(rows.filled / rows.wanted) : ""}>
        {count(rows.filled)} of {count(rows.wanted)}
      </Cell>
      <NeedYou waiting={rows.waiting} failed={rows.failed} doubtful={rows.doubtful} />
      <Cell
        name="Copy latency, median"
        more={rows.latencyP95Ms === null ? "" : `p95 ${duration(rows.latencyP95Ms)}`}
        title="From the plan of a copy to the broker's answer; what rested longer than a minute is left out."
      >
        {duration(rows.latencyMs)}
      </Cell>
      <Cell
        name="Slippage vs primary"
        more={rows.slippage ? `${bps(rows.slippage.bps)} bps` : ""}
        title="What the copies' prices have brought (+) or cost (−) against the primary's."
        look={tone(rows.slippage?.rupees)}
      >
        {signedRupees(rows.slippage?.rupees)}
      </Cell>
      <NetProfit />
      <Budget />
    </section>
  );
}

interface CellProps {
  name: string;
  more?: string;
  title?: string;
  look?: string;
  children: ReactNode;
}

function Cell({ name, more = "", title, look = "", children }: CellProps) {
  return (
    <div className="min-w-40 flex-1 border-l px-3 pt-2 first:border-l-0" title={title}>
      <p className="truncate text-text-3 text-xs">{name}</p>
      <p className="flex items-baseline gap-2 whitespace-nowrap">
        <span className={`font-semibold text-figure leading-7 ${look}`}>{children}</span>
        <span className="truncate text-text-2 text-sm">{more}</span>
      </p>
    </div>
  );
}

function NeedYou({ waiting, failed, doubtful }: { waiting: number; failed: number; doubtful: number }) {
  const parts = [
    waiting > 0 && `${count(waiting)} waiting`,
    failed > 0 && `${count(failed)} failed`,
    doubtful > 0 && `${count(doubtful)} in doubt`,
  ];
  const look = failed > 0 ? "text-down" : waiting + doubtful > 0 ? "text-warn" : "";
  return (
    <Cell
      name="Need you"
      more={parts.filter(Boolean).join(", ") || "nothing waits"}
      title="Primary orders with copies that wait for your tick, and with copies that failed or are in doubt."
      look={look}
    >
      {count(waiting + failed + doubtful)}
    </Cell>
  );
}

function NetProfit() {
  const store = useStore();
  const money = moneyOf(store.accounts, store.portfolios);
  const isPartial = money.accounts > 0 && money.accounts < money.of;
  return (
    <Cell
      name={`Net P&L, ${money.accounts === 1 ? "1 account" : `${money.accounts} accounts`}`}
      more={isPartial ? `of ${money.of}` : ""}
      title={
        money.asOf ? `The day's, as of ${istTime(money.asOf)} IST.` : "No account's positions were read yet."
      }
      look={tone(money.pnl)}
    >
      {signedRupees(money.pnl)}
    </Cell>
  );
}

function Budget() {
  const account = tightestBudget(useStore().accounts);
  if (account === null) return <Cell name="Order budget used">{NONE}</Cell>;
  const isTight = account.orders_today > 0.8 * account.orders_limit;
  return (
    <Cell
      name="Order budget used"
      more={`of ${count(account.orders_limit)} today`}
      title={`Most used: ${account.name} (${account.account_id}). The broker counts each account by itself.`}
      look={isTight ? "text-warn" : ""}
    >
      {count(account.orders_today)}
    </Cell>
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)}%`;
}

function bps(value: number): string {
  return value.toFixed(1).replace("-", MINUS);
}
