/** What an order or copy has gained since it filled, at the last price that its account was seen to have. */
import type { PortfolioRow, Side } from "../api/types";

export interface Gain {
  rupees: number;
  lastPrice: number;
}

interface Filled {
  instrument: string;
  product: string;
  side: Side;
  units: number;
  average: number | null;
}

/** Return the gain of this fill alone, null where nothing filled or no price is known. */
export function gainOf(portfolio: PortfolioRow | undefined, filled: Filled): Gain | null {
  if (filled.units === 0 || filled.average === null || filled.average <= 0) return null;
  const position = portfolio?.positions.find(
    (row) => row.instrument === filled.instrument && row.product === filled.product,
  );
  const lastPrice = Number(position?.last_price ?? 0);
  if (!(lastPrice > 0)) return null;
  const moved = filled.side === "BUY" ? lastPrice - filled.average : filled.average - lastPrice;
  return { rupees: moved * filled.units, lastPrice };
}
