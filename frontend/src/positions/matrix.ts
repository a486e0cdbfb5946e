/** Positions of all accounts side by side: a line for each instrument and product, a cell for each account. */
import type { AccountRow, PortfolioRow, PositionRow } from "../api/types";

export interface Cell {
  accountId: string;
  position: PositionRow | null;
  /** What it holds less what it should; null where nothing is asked of it, or it was never read. */
  gap: number | null;
}

export interface Line {
  key: string;
  instrument: string;
  exchange: string;
  tradingsymbol: string;
  product: string;
  lotSize: number | null;
  /** The primary's, else that of the first account that has it. */
  averagePrice: string | null;
  lastPrice: string | null;
  cells: Cell[];
  /** The day's, over all accounts. */
  pnl: number | null;
  isDifferent: boolean;
}

export interface Matrix {
  lines: Line[];
  /** Cells that differ from what the primary's position asks for. */
  differences: number;
}

/** Lay the positions out; `accounts` has the primary first. Lines stand in the order of their names. */
export function matrixOf(
  accounts: readonly AccountRow[],
  portfolios: ReadonlyMap<string, PortfolioRow>,
): Matrix {
  const found = new Map<string, Map<string, PositionRow>>();
  for (const account of accounts)
    for (const position of portfolios.get(account.account_id)?.positions ?? []) {
      const key = `${position.instrument} ${position.product}`;
      const row = found.get(key) ?? new Map<string, PositionRow>();
      found.set(key, row.set(account.account_id, position));
    }
  const lines = [...found].map(([key, row]) => lineOf(key, accounts, row));
  lines.sort((a, b) => (a.key < b.key ? -1 : 1));
  const differences = lines.flatMap((line) => line.cells).filter(isDifferent).length;
  return { lines, differences };
}

function lineOf(key: string, accounts: readonly AccountRow[], row: ReadonlyMap<string, PositionRow>): Line {
  const cells = accounts.map((account) => cellOf(account.account_id, row.get(account.account_id) ?? null));
  const all = cells.flatMap((cell) => cell.position ?? []);
  const first = all[0];
  // Of whoever holds none the average is zero, and says nothing.
  const average = all.find((position) => Number(position.average_price) > 0)?.average_price ?? null;
  return {
    key,
    instrument: first?.instrument ?? key,
    exchange: first?.exchange ?? "",
    tradingsymbol: first?.tradingsymbol ?? key,
    product: first?.product ?? "",
    lotSize: first?.lot_size ?? null,
    averagePrice: average,
    lastPrice: first?.last_price ?? null,
    cells,
    pnl: all.length > 0 ? all.reduce((sum, position) => sum + Number(position.pnl), 0) : null,
    isDifferent: cells.some(isDifferent),
  };
}

function cellOf(accountId: string, position: PositionRow | null): Cell {
  const expected = position?.expected ?? null;
  return { accountId, position, gap: expected === null ? null : (position?.quantity ?? 0) - expected };
}

export function isDifferent(cell: Cell): boolean {
  return cell.gap !== null && cell.gap !== 0;
}

/** What squaring off closes at the broker: intraday positions, of secondaries that are not switched off. */
export const INTRADAY = "MIS";

/** Return the secondaries whose positions may be closed from here, each with those it has. */
export function closable(
  accounts: readonly AccountRow[],
  portfolios: ReadonlyMap<string, PortfolioRow>,
): { account: AccountRow; held: PositionRow[] }[] {
  return accounts
    .filter((account) => account.role === "secondary")
    .map((account) => {
      const positions = portfolios.get(account.account_id)?.positions ?? [];
      return { account, held: positions.filter((each) => each.product === INTRADAY && each.quantity !== 0) };
    });
}
