/**
 * Secrets of the accounts file, hidden wherever its text is only shown. The server masks what it sends; this
 * hides what was typed or uploaded here and is not saved yet. The rules are the server's.
 */
import { itemsOf, keyOf, membersOf, type Node, type Path, readJson, type Span, valueIn } from "./jsonText";

export const ACCOUNTS_FILE = "accounts_config.json";
export const MASK = "••••";

const SHORTEST_WITH_END = 12;
const END = 4;
const MOST_DEPTH = 20;
/** Where credentials stand in an account. */
export const SECRETS: readonly Path[] = [["cred1"], ["cred2"], ["api_secret"], ["egress", "proxy"]];
const SECRET_KEYS = new Set(SECRETS.map((path) => path.join(".")));
const SHOWN = new Set([
  "account_id",
  "ps_multiplier",
  "primary",
  "name",
  "enabled",
  "mode",
  "max_quantity",
  "when_primary_filled",
  "rest_limit_s",
  "egress.source_address",
  "symbols.allow.0",
  "symbols.deny.0",
]);
const REFERENCE = /^(env|vault):[A-Za-z0-9_.-]{1,64}$/;

export interface Hidden extends Span {
  mask: string;
}

/** Return what is shown in the place of a secret: its last four characters, of a short one none. */
export function maskOf(secret: string): string {
  const letters = [...secret];
  return letters.length >= SHORTEST_WITH_END ? MASK + letters.slice(-END).join("") : MASK;
}

/** Return what a form shows of a credential: references and what is masked already as they are. */
export function shownSecret(secret: string): string {
  return isNoSecret(secret) || REFERENCE.test(secret) ? secret : maskOf(secret);
}

function isNoSecret(text: string): boolean {
  return text === "" || text.startsWith(MASK);
}

/** Tell whether a path of the accounts file leads to a credential. */
export function isSecret(path: Path): boolean {
  return SECRET_KEYS.has(path.slice(1).join("."));
}

/** Return where a text holds what is not to be shown, and what is shown there. */
export function hiddenIn(fileName: string, text: string): Hidden[] {
  if (fileName !== ACCOUNTS_FILE) return [];
  const found: Hidden[] = [];
  const top = readJson(text).top;
  for (let child = top.firstChild; child !== null; child = child.nextSibling)
    collect(text, child, child.name === "Array" ? [] : ["?"], found);
  return found;
}

/** Said beside a secret that was typed here: its mask may look like that of the one before. */
export const TYPED = " (typed here)";

/** Return a text as it may be shown; its lines stay the lines they are. `note` is put behind each mask. */
export function maskedText(fileName: string, text: string, note = ""): string {
  let shown = "";
  let at = 0;
  for (const part of hiddenIn(fileName, text)) {
    shown += text.slice(at, part.from) + JSON.stringify(part.mask + note);
    at = part.to;
  }
  return shown + text.slice(at);
}

/** `path` has 0 for every place in a list. The place in the list of accounts itself is left out. */
function collect(text: string, node: Node, path: string[], found: Hidden[], depth = 0): void {
  if (depth > MOST_DEPTH) return;
  for (const member of membersOf(node)) {
    const value = valueIn(member);
    if (value) collect(text, value, [...path, keyOf(text, member)], found, depth + 1);
  }
  for (const item of itemsOf(node))
    collect(text, item, depth === 0 ? path : [...path, "0"], found, depth + 1);
  if (node.name !== "String" && node.name !== "Number") return;
  const key = path.join(".");
  if (SHOWN.has(key)) return;
  const secret = plainOf(text.slice(node.from, node.to));
  if (isNoSecret(secret) || (SECRET_KEYS.has(key) && REFERENCE.test(secret))) return;
  found.push({ from: node.from, to: node.to, mask: maskOf(secret) });
}

function plainOf(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
