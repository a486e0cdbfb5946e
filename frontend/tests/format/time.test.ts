/** Times in India, whatever the machine's zone: the run below has another one. */
import { describe, expect, test } from "vitest";
import { age, between, istDay, istFull, istTime } from "../../src/format/time";

process.env["TZ"] = "America/New_York";

test("the clock is India's", () => {
  expect(istTime("2026-11-20T05:12:17.250Z")).toBe("10:42:17");
  expect(istTime("2026-11-20T18:30:00Z")).toBe("00:00:00");
  expect(istTime("2026-11-20T10:42:17+05:30")).toBe("10:42:17");
  expect([istTime(null), istTime("nonsense")]).toEqual(["–", "–"]);
});

test("the day is India's", () => {
  expect(istDay("2026-11-20T18:29:59Z")).toBe("20 Nov 2026");
  expect(istDay("2026-11-20T18:30:00Z")).toBe("21 Nov 2026");
  expect(istFull("2026-11-20T05:12:17.250Z")).toBe("20 Nov 2026 10:42:17.250 IST");
  expect(istFull(null)).toBe("");
});

test("the time between two moments", () => {
  expect(between("2026-11-20T05:12:17.250Z", "2026-11-20T05:12:18Z")).toBe(750);
  expect(between(null, "2026-11-20T05:12:18Z")).toBeNull();
});

describe("ages", () => {
  test.each([
    [-5, "0.0 s"],
    [400, "0.4 s"],
    [12_400, "12 s"],
    [180_000, "3 min"],
    [7_300_000, "2 h"],
  ])("%d ms is %s", (ms, text) => expect(age(ms)).toBe(text));
});
