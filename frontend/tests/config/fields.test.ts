/** Forms made from the real schemas. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Field, fieldsOf, itemSchema, labelOf } from "../../src/config/fields";

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(`../config/${name}.schema.json`, "utf8")) as Record<string, unknown>;
const copier = fieldsOf(schemaOf("copier"));
const accounts = schemaOf("accounts_config");
const account = fieldsOf(accounts, itemSchema(accounts));
const named = (fields: Field[], key: string) => fields.find((field) => field.key === key);

describe("copier.json", () => {
  it("asks for every key but the schema's address", () => {
    expect(copier.map((field) => field.key)).not.toContain("$schema");
    expect(copier.every((field) => field.form.kind !== "other")).toBe(true);
  });

  it.each([
    ["push", { kind: "switch" }],
    ["products", { kind: "choices", choices: ["MIS", "NRML", "CNC", "MTF"] }],
    ["freeze_quantities", { kind: "numbers" }],
    ["poll_interval_s", { kind: "number", isInteger: false, min: 0.2, max: 60, mayBeText: false }],
    ["market_protection", { kind: "number", isInteger: false, min: -1, max: 100, mayBeText: false }],
  ])("%s", (key, form) => {
    expect(named(copier, key)?.form).toEqual(form);
  });

  it("has groups with fields of their own, with what is usual and what it means", () => {
    const budget = named(copier, "budget");
    expect(budget?.form.kind).toBe("group");
    const inner = budget?.form.kind === "group" ? budget.form.fields : [];
    expect(named(inner, "reserve")).toMatchObject({
      path: ["budget", "reserve"],
      usual: 2,
      help: "Of each second, for exits only.",
      isRequired: false,
    });
  });
});

describe("accounts_config.json", () => {
  it.each([
    ["cred1", { kind: "text", isSecret: true }],
    ["name", { kind: "text", isSecret: false }],
    ["mode", { kind: "choice", choices: ["on", "close_only", "off"] }],
    ["ps_multiplier", { kind: "number", isInteger: false, min: 0, max: 1000, mayBeText: true }],
    ["max_quantity", { kind: "number", isInteger: true, min: 0, max: 100_000_000, mayBeText: false }],
  ])("%s", (key, form) => {
    expect(named(account, key)?.form).toEqual(form);
  });

  it("keeps the proxy of a way out secret, as it may hold a password", () => {
    const egress = named(account, "egress");
    const inner = egress?.form.kind === "group" ? egress.form.fields : [];
    expect(named(inner, "proxy")?.form).toEqual({ kind: "text", isSecret: true });
    expect(named(inner, "source_address")?.form).toEqual({ kind: "text", isSecret: false });
  });

  it("knows what has to be there", () => {
    expect(account.filter((field) => field.isRequired).map((field) => field.key)).toEqual([
      "account_id",
      "cred1",
      "cred2",
      "ps_multiplier",
      "primary",
    ]);
  });
});

it.each([
  ["rest_limit_s", "Rest limit"],
  ["cred2", "Access token"],
  ["when_primary_filled", "When the primary is filled"],
  ["freeze_quantities", "Freeze quantities"],
])("calls %s %s", (key, label) => {
  expect(labelOf(key)).toBe(label);
});
