/** Contract names. */
import { expect, test } from "vitest";
import { contractName, instrumentName } from "../../src/format/instrument";

test.each([
  ["NIFTY26NOV26200CE", "NIFTY NOV 26200 CE"],
  ["BANKNIFTY26NOV58500PE", "BANKNIFTY NOV 58500 PE"],
  ["NIFTY26N1926200CE", "NIFTY 19 NOV 26200 CE"],
  ["NIFTY2631926200PE", "NIFTY 19 MAR 26200 PE"],
  ["NIFTY26NOVFUT", "NIFTY NOV FUT"],
  ["M&M26NOVFUT", "M&M NOV FUT"],
  ["RELIANCE", "RELIANCE"],
  ["<img src=x>", "<img src=x>"],
])("%s is shown as %s", (symbol, name) => expect(contractName(symbol)).toBe(name));

test("an instrument is parted into name and exchange", () => {
  expect(instrumentName("NFO:NIFTY26NOVFUT")).toEqual({ name: "NIFTY NOV FUT", exchange: "NFO" });
  expect(instrumentName("INFY")).toEqual({ name: "INFY", exchange: "" });
});
