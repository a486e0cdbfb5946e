/** Contract names as people say them; the raw trading symbol stays for copying and files. */

export interface InstrumentName {
  name: string;
  exchange: string;
}

// Kite's symbols: NIFTY26NOV26200CE (monthly), NIFTY26N1926200CE (weekly), NIFTY26NOVFUT.
const OPTION = /^([A-Z&-]+?)\d{2}([A-Z]{3})(\d+(?:\.\d+)?)(CE|PE)$/;
const WEEKLY = /^([A-Z&-]+?)\d{2}([1-9OND])(\d{2})(\d+(?:\.\d+)?)(CE|PE)$/;
const FUTURE = /^([A-Z&-]+?)\d{2}([A-Z]{3})FUT$/;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** Return `NIFTY NOV 26200 CE` for a contract, and any other symbol as it is. */
export function contractName(tradingsymbol: string): string {
  const option = OPTION.exec(tradingsymbol);
  if (option) return option.slice(1).join(" ");
  const weekly = WEEKLY.exec(tradingsymbol);
  if (weekly) {
    const [, underlying, month = "", date, strike, right] = weekly;
    return `${underlying} ${date} ${monthName(month)} ${strike} ${right}`;
  }
  const future = FUTURE.exec(tradingsymbol);
  return future ? `${future[1]} ${future[2]} FUT` : tradingsymbol;
}

/** Part `NFO:NIFTY26NOV26200CE` into its contract's name and its exchange. */
export function instrumentName(instrument: string): InstrumentName {
  const at = instrument.indexOf(":");
  return { name: contractName(instrument.slice(at + 1)), exchange: instrument.slice(0, Math.max(at, 0)) };
}

function monthName(code: string): string {
  const letter = "OND".indexOf(code);
  return MONTHS[letter >= 0 ? 9 + letter : Number(code) - 1] ?? code;
}
