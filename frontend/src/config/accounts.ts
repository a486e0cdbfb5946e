/** The accounts file as its form sees it: one row per account, and the edits that rows offer. */
import type { AccountMode } from "../api/types";
import { isObject, type Json, type JsonText, readJson, valueAt } from "./jsonText";
import { withItem, without, withValue } from "./spanEdits";

export interface AccountEntry {
  index: number;
  accountId: string;
  name: string;
  isPrimary: boolean;
  mode: AccountMode;
  apiKey: string;
}

export function accountsIn(json: JsonText): AccountEntry[] {
  const rows = Array.isArray(json.value) ? json.value : [];
  return rows.flatMap((row, index) => {
    if (!isObject(row)) return [];
    const accountId = textOf(row["account_id"]);
    return {
      index,
      accountId,
      name: textOf(row["name"]) || accountId || "New account",
      isPrimary: row["primary"] === true,
      mode: row["enabled"] === false ? "off" : modeOf(row["mode"]),
      apiKey: textOf(row["cred1"]),
    };
  });
}

/** Return the text with an account's mode, as the server writes it: `enabled` false means off as well. */
export function withMode(text: string, index: number, mode: AccountMode): string {
  const json = readJson(text);
  const isDisabled = valueAt(json, [index, "enabled"]) === false;
  if (isDisabled && mode === "off") return text;
  const enabled = isDisabled ? withValue(text, [index, "enabled"], true) : text;
  const before = modeOf(valueAt(json, [index, "mode"]));
  return before === mode ? enabled : withValue(enabled, [index, "mode"], mode);
}

/** Return the text with one account more, to be filled in: nothing of it is valid before it is. */
export function withNewAccount(text: string): string {
  const isList = Array.isArray(readJson(text).value);
  return withItem(isList ? text : "[]\n", [], {
    account_id: "",
    cred1: "",
    cred2: "",
    ps_multiplier: 1,
    primary: false,
  });
}

export function withoutAccount(text: string, index: number): string {
  return without(text, [index]);
}

function modeOf(value: Json | undefined): AccountMode {
  return value === "off" || value === "close_only" ? value : "on";
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
