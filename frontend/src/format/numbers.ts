/** Numbers as Indian traders read them: 1,24,500.00, a real minus sign, lakh and crore. */

export const MINUS = "−";
export const NONE = "–";

const money2 = new Intl.NumberFormat("en-IN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 0 });

const LAKH = 100_000;
const CRORE = 10_000_000;

type Amount = string | number | null | undefined;

function parsed(amount: Amount): number | null {
  if (amount === null || amount === undefined || amount === "") return null;
  const value = Number(amount);
  return Number.isFinite(value) ? value : null;
}

/** Write an amount with two decimals, `–` where there is none. */
export function money(amount: Amount): string {
  const value = parsed(amount);
  return value === null ? NONE : money2.format(value).replace("-", MINUS);
}

/** Write a price: as money, and `–` for zero, which is what the broker says where there is none. */
export function price(amount: Amount): string {
  return parsed(amount) ? money(amount) : NONE;
}

/** Write an amount with its sign, so that colour is never the only sign of a gain or a loss. */
export function signed(amount: Amount, write: (value: number) => string = money): string {
  const value = parsed(amount);
  if (value === null) return NONE;
  return value > 0 ? `+${write(value)}` : write(value);
}

/** Write an amount as rupees with its sign: `+₹67,385.00`. */
export function signedRupees(amount: Amount): string {
  const value = parsed(amount);
  if (value === null) return NONE;
  const sign = value > 0 ? "+" : value < 0 ? MINUS : "";
  return `${sign}₹${money2.format(Math.abs(value))}`;
}

/** Write a count with Indian grouping. */
export function count(value: number): string {
  return whole.format(value).replace("-", MINUS);
}

/** Write an amount shortly: 8.42 L, 1.20 Cr; the full figure belongs into the title. */
export function compact(amount: Amount): string {
  const value = parsed(amount);
  if (value === null) return NONE;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size >= CRORE) return `${sign}${(size / CRORE).toFixed(2)} Cr`;
  if (size >= LAKH) return `${sign}${(size / LAKH).toFixed(2)} L`;
  return `${sign}${whole.format(size)}`;
}

/** Return the class of a gain, a loss, or neither. */
export function tone(amount: Amount): "text-up" | "text-down" | "text-text-3" {
  const value = parsed(amount);
  return value === null || value === 0 ? "text-text-3" : value > 0 ? "text-up" : "text-down";
}

/** Write milliseconds: 142 ms, 1.4 s. */
export function duration(ms: number | null): string {
  if (ms === null) return NONE;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
