/** Problems and the places they stand at. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readJson } from "../../src/config/jsonText";
import { ownTroubles, pathOfPointer, pathOfShown, serverTroubles } from "../../src/config/problems";

const FILE = "accounts_config.json";
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(`../config/${name}.schema.json`, "utf8")) as object;
const SCHEMA = schemaOf("accounts_config");

function own(text: string, schema = SCHEMA) {
  return ownTroubles(FILE, readJson(text), schema).map(
    ({ from, to, line, reason }) => [line, text.slice(from, to), reason] as const,
  );
}

const account = (member: string) =>
  `[\n  {\n    "account_id": "AB1234", "cred1": "a", "cred2": "b", "primary": false,\n    ${member}\n  }\n]`;

describe("faults of the syntax", () => {
  it.each([
    ["[1,]", 1, ",", 'A comma must not stand before "]".'],
    ['{\n  "a": 1,\n}', 2, ",", 'A comma must not stand before "}".'],
    ['{"a": 1 "b": 2}', 1, "", "A comma is missing here."],
    ['{"a":', 1, "", "The text ends before it is whole."],
    ["", 1, "", "There is no text yet."],
    ['{\n"a": tru}', 2, "tru", "This is no JSON from here on."],
    ["{'a': 1}", 1, "'a'", "This is no JSON from here on."],
  ])("%j", (text, line, at, reason) => {
    expect(own(text)).toEqual([[line, at, reason]]);
  });
});

it("is not kept busy by a text of nothing but brackets, nor by a thousand faults", () => {
  expect(own("[".repeat(900_000))).toEqual([[1, "[", "Lists and objects are nested too deeply here."]]);
  expect(own(`[${Array.from({ length: 5_000 }, () => "7").join(",")}]`)).toHaveLength(100);
});

describe("faults against the schema", () => {
  it.each([
    ['"ps_multiplier": -2.5', "-2.5", "The number is too small."],
    ['"ps_multiplier": true', "true", "A number is expected, without quotes."],
    ['"ps_multiplier": 1, "mode": "of"', '"of"', 'It must be one of "on", "close_only", "off".'],
    ['"ps_multiplier": 1, "max_quantity": 0', "0", "The number is too small."],
    ['"ps_multiplier": 1, "max_quantity": "9"', '"9"', "A whole number is expected, without quotes."],
    ['"ps_multiplier": 1, "enabled": 0', "0", "true or false is expected, without quotes."],
    [
      '"ps_multiplier": 1, "symbols": {"allow": ["INFY", "a b"]}',
      '"a b"',
      "The text does not have the form that is expected here.",
    ],
    ['"ps_multiplier": 1, "multiplier": 2', '"multiplier"', "There is no key multiplier."],
  ])("%s", (member, at, reason) => {
    expect(own(account(member))).toEqual([[4, at, reason]]);
  });

  it("tells a missing key at the head of its object, and nothing of a right text", () => {
    expect(own(account('"mode": "on"'))).toEqual([[2, "{", "The key ps_multiplier is missing."]]);
    expect(own(account('"ps_multiplier": "2.5", "egress": null'))).toEqual([]);
  });
});

describe("pathOfPointer", () => {
  it.each<[string, (string | number)[]]>([
    ["#", []],
    ["#/0/ps_multiplier", [0, "ps_multiplier"]],
    ["#/a~1b%20c/d~0e", ["a/b c", "d~e"]],
  ])("%s", (pointer, path) => {
    expect(pathOfPointer(pointer)).toEqual(path);
  });
});

describe("pathOfShown", () => {
  const json = readJson('{"a": [{"x.y": 1, "x": {"y": 2, "z": 3}}], "b[0]": [7], "": 8}');
  it.each<[string, (string | number)[], boolean]>([
    ["$", [], true],
    ["$.a[0].x.y", ["a", 0, "x.y"], true],
    ["$.a[0].x.z", ["a", 0, "x", "z"], true],
    ["$.b[0][0]", ["b[0]", 0], true],
    ["$.a[0].gone", ["a", 0], false],
    ["$.a[4].x", ["a"], false],
    ["$.a.x", ["a"], false],
    ["nonsense", [], false],
  ])("%s", (shown, path, isWhole) => {
    expect(pathOfShown(json, shown)).toEqual({ path, isWhole });
  });
});

describe("what the server found", () => {
  const text = account('"ps_multiplier": -1, "multiplier": 2');
  const problem = { file: FILE, line: 4, path: "$[0].ps_multiplier", reason: "R", example: "2.5" };

  it.each([
    [problem, "-1", 4],
    [{ ...problem, path: "$[0].multiplier", reason: "There is no key multiplier." }, '"multiplier"', 4],
    [{ ...problem, path: "$[0].mode", line: 2 }, "{", 2],
    [{ ...problem, path: "$[0]", line: 2 }, "{", 2],
    [{ ...problem, path: "$", line: 6 }, "]", 6],
    [{ ...problem, path: "$", line: null }, "[", 1],
    [{ ...problem, path: "$", line: 99 }, "]", 99],
  ])("%o", (given, at, line) => {
    const [found] = serverTroubles(FILE, readJson(text), [given]);
    expect(text.slice(found?.from, found?.to)).toBe(at);
    expect(found?.line).toBe(line);
    expect(found?.example).toBe("2.5");
  });

  it("has no place in this text when it is about another file", () => {
    const found = serverTroubles(FILE, readJson(text), [{ ...problem, file: "copier.json", line: 3 }]);
    expect(found).toEqual([
      { file: "copier.json", from: 0, to: 0, line: null, path: null, reason: "R", example: "2.5" },
    ]);
  });

  it("finds its place in a text that is no JSON by the line alone", () => {
    const broken = '[\n  {"a": }\n]';
    const [found] = serverTroubles(FILE, readJson(broken), [{ ...problem, path: "$", line: 2 }]);
    expect(broken.slice(found?.from, found?.to)).toBe('{"a": }');
  });
});
