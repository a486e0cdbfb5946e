/** Positions side by side: lines, gaps against the primary, sums, and what may be squared off. */
import { describe, expect, it } from "vitest";
import type { PortfolioRow } from "../../src/api/types";
import { closable, isDifferent, matrixOf } from "../../src/positions/matrix";
import { account, portfolio, position } from "../builders/rows";

const ACCOUNTS = [account("PA1", { role: "primary" }), account("SE1"), account("SE2")];

function held(rows: Record<string, PortfolioRow["positions"]>): Map<string, PortfolioRow> {
  return new Map(Object.entries(rows).map(([id, positions]) => [id, portfolio(id, { positions })]));
}

describe("the matrix", () => {
  it("has a line for each instrument and product, by name, and a cell for each account", () => {
    const infy = position();
    const rows = held({
      PA1: [position({ instrument: "NSE:TCS", tradingsymbol: "TCS" }), infy, position({ product: "CNC" })],
      SE1: [position({ expected: 100 })],
    });
    const { lines } = matrixOf(ACCOUNTS, rows);
    expect(lines.map((line) => line.key)).toEqual(["NSE:INFY CNC", "NSE:INFY MIS", "NSE:TCS MIS"]);
    expect(lines[1]?.cells.map((cell) => cell.position?.quantity)).toEqual([100, 100, undefined]);
  });

  it("counts each cell that differs, short and long alike", () => {
    const rows = held({
      PA1: [position({ quantity: -60 })],
      SE1: [position({ quantity: -30, expected: -60 })],
      SE2: [position({ quantity: -90, expected: -60 })],
    });
    const { lines, differences } = matrixOf(ACCOUNTS, rows);
    expect(differences).toBe(2);
    expect(lines[0]?.cells.map((cell) => cell.gap)).toEqual([null, 30, -30]);
    expect(lines[0]?.isDifferent).toBe(true);
  });

  it("asks nothing of an account that is off, or was never read", () => {
    const rows = held({ PA1: [position()], SE1: [position({ quantity: 7, expected: null })] });
    const { lines, differences } = matrixOf(ACCOUNTS, rows);
    expect(differences).toBe(0);
    expect(lines[0]?.cells.some(isDifferent)).toBe(false);
  });

  it("sees a holding of none where some is asked, and of some where none is", () => {
    const rows = held({
      SE1: [position({ quantity: 0, expected: 50 })],
      SE2: [position({ quantity: 5, expected: 0 })],
    });
    expect(matrixOf(ACCOUNTS, rows).differences).toBe(2);
  });

  it("adds the day's profits up, and takes the average from whoever has one", () => {
    const rows = held({
      PA1: [position({ quantity: 0, average_price: "0.00", pnl: "10.50" })],
      SE1: [position({ average_price: "1499.00", pnl: "-0.25", expected: 0 })],
    });
    const [line] = matrixOf(ACCOUNTS, rows).lines;
    expect(line?.pnl).toBeCloseTo(10.25);
    expect(line?.averagePrice).toBe("1499.00");
  });

  it("is empty where nobody holds anything", () => {
    expect(matrixOf(ACCOUNTS, new Map())).toEqual({ lines: [], differences: 0 });
  });
});

describe("squaring off", () => {
  it("closes what secondaries hold intraday, and nothing else", () => {
    const rows = held({
      PA1: [position()],
      SE1: [position(), position({ product: "CNC" }), position({ quantity: 0, tradingsymbol: "TCS" })],
    });
    const found = closable(ACCOUNTS, rows);
    expect(found.map(({ account: each, held: positions }) => [each.account_id, positions.length])).toEqual([
      ["SE1", 1],
      ["SE2", 0],
    ]);
  });
});
