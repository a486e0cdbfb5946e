/** Numbers as Indian traders read them. */
import { describe, expect, test } from "vitest";
import { compact, count, duration, money, price, signed, signedRupees, tone } from "../../src/format/numbers";

describe("money", () => {
  test.each([
    ["124500", "1,24,500.00"],
    ["-1284.5", "−1,284.50"],
    [12345678.905, "1,23,45,678.91"],
    ["0", "0.00"],
    [null, "–"],
    ["", "–"],
    ["nonsense", "–"],
  ])("%s is %s", (amount, text) => expect(money(amount)).toBe(text));
});

test("a price of zero is none", () => {
  expect(price("0")).toBe("–");
  expect(price("1521.95")).toBe("1,521.95");
});

test("gains and losses have a sign beside their colour", () => {
  expect(signed("15.6")).toBe("+15.60");
  expect(signed("-0.05")).toBe("−0.05");
  expect(signed(0)).toBe("0.00");
  expect(signedRupees(67385)).toBe("+₹67,385.00");
  expect(signedRupees("-1284.50")).toBe("−₹1,284.50");
  expect([tone("1"), tone("-1"), tone("0"), tone(null)]).toEqual([
    "text-up",
    "text-down",
    "text-text-3",
    "text-text-3",
  ]);
});

test("large amounts are said in lakh and crore", () => {
  expect(compact("842000")).toBe("8.42 L");
  expect(compact("-12000000")).toBe("−1.20 Cr");
  expect(compact("98211.4")).toBe("98,211");
  expect(compact(null)).toBe("–");
});

test("counts and durations", () => {
  expect(count(124500)).toBe("1,24,500");
  expect([duration(89.4), duration(1420), duration(12_400), duration(null)]).toEqual([
    "89 ms",
    "1.4 s",
    "12 s",
    "–",
  ]);
});
