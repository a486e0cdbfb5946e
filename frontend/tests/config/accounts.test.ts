/** The accounts file as its form sees and changes it. */
import { describe, expect, it } from "vitest";
import { accountsIn, withMode, withNewAccount, withoutAccount } from "../../src/config/accounts";
import { typedNumber } from "../../src/config/formEditing";
import { readJson } from "../../src/config/jsonText";

const one = (members: string) => `[\n  { "account_id": "AB1234"${members} }\n]`;

describe("accountsIn", () => {
  it("reads what a row shows, whatever else is wrong", () => {
    const text =
      '[{"account_id": "AB1234", "primary": true}, 7, {"account_id": 5, "mode": "close_only", "name": "Mother"}]';
    expect(accountsIn(readJson(text))).toEqual([
      { index: 0, accountId: "AB1234", name: "AB1234", isPrimary: true, mode: "on", apiKey: "" },
      { index: 2, accountId: "", name: "Mother", isPrimary: false, mode: "close_only", apiKey: "" },
    ]);
  });

  it("takes a disabled account for off, and what is no list for no accounts", () => {
    expect(accountsIn(readJson(one(', "enabled": false, "mode": "on"')))[0]?.mode).toBe("off");
    expect(accountsIn(readJson('{"a": 1}'))).toEqual([]);
  });
});

describe("withMode", () => {
  it.each([
    ["writes it where it was not", "", "off", ', "mode": "off"'],
    ["writes nothing for what counts already", "", "on", ""],
    ["changes it in its place", ', "mode": "off", "x": 1', "on", ', "mode": "on", "x": 1'],
    ["enables a disabled account", ', "enabled": false', "on", ', "enabled": true'],
    ["enables and changes", ', "enabled": false', "close_only", ', "enabled": true, "mode": "close_only"'],
    ["leaves a disabled account that is to be off", ', "enabled": false', "off", ', "enabled": false'],
  ] as const)("%s", (_, before, mode, after) => {
    expect(withMode(one(before), 0, mode)).toBe(one(after));
  });
});

describe("adding and removing", () => {
  it("goes back to the same text", () => {
    const text = one("");
    const added = withNewAccount(text);
    expect(accountsIn(readJson(added))).toHaveLength(2);
    expect(withoutAccount(added, 1)).toBe(text);
  });

  it("starts a list where the file has none", () => {
    expect(accountsIn(readJson(withNewAccount("")))).toHaveLength(1);
  });
});

describe("typedNumber", () => {
  it.each([
    ["2.50", false, "2.50"],
    [" 1,00,000 ", true, "100000"],
    ["-1", false, "-1"],
    ["0.05", false, "0.05"],
    ["2.", false, undefined],
    [".5", false, undefined],
    ["007", false, undefined],
    ["1e9", false, undefined],
    ["1.5", true, undefined],
    ["", false, undefined],
    ["2x", false, undefined],
  ])("reads %j (whole: %s) as %s", (typed, isInteger, literal) => {
    expect(typedNumber(typed, isInteger)?.literal).toBe(literal);
  });
});
