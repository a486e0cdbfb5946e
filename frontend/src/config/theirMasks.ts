/** Masks of secrets that were renewed on the disk while something else was edited here. */
import { type JsonText, type Path, readJson, valueAt } from "./jsonText";
import { ACCOUNTS_FILE, MASK, SECRETS } from "./masking";
import { withValue } from "./spanEdits";

/**
 * Return my text with the masks of theirs for secrets that I left alone. A mask only stands for what is on the
 * disk, so that of an access token from before a login would stand for nothing any more.
 */
export function withTheirMasks(fileName: string, base: string, mine: string, theirs: string): string {
  if (fileName !== ACCOUNTS_FILE) return mine;
  const [before, now, other] = [readJson(base), readJson(mine), readJson(theirs)];
  let text = mine;
  for (const [accountId, index] of accountIds(now)) {
    const [oldIndex, newIndex] = [accountIds(before).get(accountId), accountIds(other).get(accountId)];
    if (oldIndex === undefined || newIndex === undefined) continue;
    for (const path of SECRETS) {
      const mask = valueAt(now, [index, ...path]);
      const renewed = valueAt(other, [newIndex, ...path]);
      const isLeft = mask === valueAt(before, [oldIndex, ...path]) && isMask(mask);
      if (isLeft && typeof renewed === "string" && renewed !== mask)
        text = withValue(text, [index, ...path] as Path, renewed);
    }
  }
  return text;
}

function isMask(value: unknown): boolean {
  return typeof value === "string" && value.startsWith(MASK);
}

function accountIds(json: JsonText): Map<string, number> {
  const rows = Array.isArray(json.value) ? json.value : [];
  return new Map(rows.map((_, index) => [String(valueAt(json, [index, "account_id"])), index]));
}
