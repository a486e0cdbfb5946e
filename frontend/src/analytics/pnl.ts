/** The day's profit and loss by account over time, as the server keeps it. */
import { useEffect, useState } from "react";
import { get } from "../api/client";
import type { AccountRow } from "../api/types";

/** What GET /api/v1/pnl answers: one value per moment and account, null where it was not known. */
export interface PnlSeries {
  times: string[];
  accounts: Record<string, (string | null)[]>;
}

export interface PnlLine {
  accountId: string;
  name: string;
  isPrimary: boolean;
  values: (number | null)[];
  last: number | null;
}

const EVERY_MS = 15_000;

/** Return the lines of the accounts that are shown now, in their order. */
export function linesOf(series: PnlSeries, accounts: readonly AccountRow[]): PnlLine[] {
  return accounts.flatMap((account) => {
    const told = series.accounts[account.account_id];
    if (told === undefined) return [];
    const values = series.times.map((_, index) => {
      const value = told[index] ?? null;
      return value === null ? null : Number(value);
    });
    return {
      accountId: account.account_id,
      name: account.name,
      isPrimary: account.role === "primary",
      values,
      last: values.findLast((value) => value !== null) ?? null,
    };
  });
}

/** Ask for the series, anew as often as it grows; null where it cannot be had. */
export function usePnl(): PnlSeries | null {
  const [series, setSeries] = useState<PnlSeries | null>(null);
  useEffect(() => {
    let isShown = true;
    const ask = async () => {
      if (document.hidden) return;
      const found = await get<PnlSeries>("/api/v1/pnl").catch(() => null);
      if (isShown && found !== null) setSeries(found);
    };
    void ask();
    const timer = window.setInterval(ask, EVERY_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, []);
  return series;
}
