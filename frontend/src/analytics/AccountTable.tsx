/** Latency by stage, slippage and outcomes of each account, as a table. */
import { count, duration, MINUS, NONE, signedRupees, tone } from "../format/numbers";
import type { LiveStore } from "../live/store";
import { STAGE_NAMES, STAGES } from "../orders/latencies";
import { type AccountFigures, figuresOf, OUTCOMES, type Spread } from "./figures";
import { useFigures } from "./useFigures";

function figures(store: LiveStore): AccountFigures[] {
  return figuresOf(store.accounts, store.orders, store.copies.values());
}

export function AccountTable() {
  const rows = useFigures(figures);
  return (
    <section
      className="overflow-x-auto"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled area must be reachable by keyboard
      tabIndex={0}
      aria-label="Figures by account"
    >
      <table className="w-full whitespace-nowrap text-right text-sm">
        <thead>
          <tr className="h-9 border-b bg-raised text-text-3">
            <th className="px-4 text-left font-normal">Account</th>
            {STAGES.map((stage) => (
              <Head key={stage}>{STAGE_NAMES[stage]}</Head>
            ))}
            <Head>Whole copy</Head>
            <Head>Slippage</Head>
            {OUTCOMES.map((outcome) => (
              <Head key={outcome}>{outcome}</Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.accountId} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Head({ children }: { children: string }) {
  return <th className="px-4 font-normal first-letter:uppercase">{children}</th>;
}

function Row({ row }: { row: AccountFigures }) {
  const { slippage } = row;
  const bps = slippage && `${slippage.bps.toFixed(1).replace("-", MINUS)} bps`;
  return (
    <tr className="h-9 border-b">
      <th className="max-w-60 truncate px-4 text-left font-medium" title={row.accountId} scope="row">
        {row.name}
      </th>
      {STAGES.map((stage) => (
        <SpreadCell key={stage} spread={row.stages[stage]} />
      ))}
      <SpreadCell spread={row.whole} />
      <td
        className={`px-4 ${tone(slippage?.rupees)}`}
        title="Against the primary's price; positive is better."
      >
        {slippage ? `${signedRupees(slippage.rupees)}, ${bps}` : NONE}
      </td>
      {OUTCOMES.map((outcome) => (
        <td key={outcome} className={row.outcomes[outcome] === 0 ? "px-4 text-text-3" : "px-4"}>
          {count(row.outcomes[outcome])}
        </td>
      ))}
    </tr>
  );
}

function SpreadCell({ spread }: { spread: Spread }) {
  return (
    <td className="px-4" title={`${spread.count} copies; the median, and what 95 of 100 stay within`}>
      {duration(spread.median)} <span className="text-text-3">p95 {duration(spread.p95)}</span>
    </td>
  );
}
