/**
 * Changes of single values in a configuration text. All else stays as its writer laid it out: the order of
 * keys, the space between them, how numbers are written, and whatever this page knows nothing of.
 *
 * A text that is no JSON comes back as it is.
 */
import {
  isObject,
  itemsOf,
  type Json,
  type JsonText,
  membersOf,
  type Node,
  nodeAt,
  type Path,
  readJson,
  valueAt,
  valueIn,
} from "./jsonText";

/** A value as it is to be written, letter by letter: a number keeps the digits that the operator typed. */
export class Written {
  readonly literal: string;
  constructor(literal: string) {
    this.literal = literal;
  }
}

/** Return the text with a value in its place, put in with what is missing around it where there was none. */
export function withValue(text: string, path: Path, value: Json | Written): string {
  const json = readJson(text);
  if (json.fault !== null) return text;
  const node = nodeAt(json, path);
  if (node !== null) {
    const literal = spelt(value, indentOf(text, node.from), unitOf(json));
    return `${text.slice(0, node.from)}${literal}${text.slice(node.to)}`;
  }
  const key = path.at(-1);
  if (key === undefined) return text;
  const around = path.slice(0, -1);
  const parent = nodeAt(json, around);
  if (parent?.name === "Object" && typeof key === "string")
    return withEntry(json, parent, membersOf(parent), value, key);
  if (parent?.name === "Array" && typeof key === "number")
    return withEntry(json, parent, itemsOf(parent), value, null);
  const isBare = parent === null || parent.name === "Null";
  const opened = isBare && typeof key === "string" ? withValue(text, around, {}) : text;
  return opened === text ? text : withValue(opened, path, value);
}

/** Return the text without a member or an item; the space and the comma that belonged to it go as well. */
export function without(text: string, path: Path): string {
  const json = readJson(text);
  if (json.fault !== null) return text;
  const node = nodeAt(json, path);
  const entry = node?.parent?.name === "Property" ? node.parent : node;
  const parent = entry?.parent;
  if (!entry || !parent || path.length === 0) return text;
  const entries = parent.name === "Object" ? membersOf(parent) : itemsOf(parent);
  const index = entries.findIndex((each) => each.from === entry.from);
  const before = entries[index - 1];
  const after = entries[index + 1];
  if (after) return text.slice(0, entry.from) + text.slice(after.from);
  if (before) return text.slice(0, before.to) + text.slice(entry.to);
  return text.slice(0, parent.from + 1) + text.slice(parent.to - 1);
}

/** Return the text without a member, and without the object around it where nothing is left in that. */
export function withoutSetting(text: string, path: Path): string {
  const changed = without(text, path);
  const around = path.slice(0, -1);
  const left = typeof around.at(-1) === "string" ? valueAt(readJson(changed), around) : undefined;
  return isObject(left) && Object.keys(left).length === 0 ? without(changed, around) : changed;
}

/** Return the text with one item more at the end of a list. */
export function withItem(text: string, path: Path, value: Json): string {
  const json = readJson(text);
  const list = json.fault === null ? nodeAt(json, path) : null;
  if (list?.name !== "Array") return withValue(text, path, [value]);
  return withEntry(json, list, itemsOf(list), value, null);
}

/** Return the text with exactly these texts in a list; those that stay do not move. */
export function withItems(text: string, path: Path, wanted: readonly string[]): string {
  const before = valueAt(readJson(text), path);
  if (!Array.isArray(before)) return withValue(text, path, [...wanted]);
  let changed = text;
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const item = before[index];
    const isRepeated = before.indexOf(item ?? null) < index;
    if (typeof item !== "string" || !wanted.includes(item) || isRepeated)
      changed = without(changed, [...path, index]);
  }
  for (const item of wanted) if (!before.includes(item)) changed = withItem(changed, path, item);
  return changed;
}

function withEntry(
  json: JsonText,
  parent: Node,
  entries: Node[],
  value: Json | Written,
  key: string | null,
): string {
  const { text } = json;
  const last = entries.at(-1);
  const unit = unitOf(json);
  const [colon, lead] = last ? modelOf(text, parent, entries, last) : [": ", leadInEmpty(json, parent, unit)];
  const indent = lead.includes("\n") ? lead.slice(lead.lastIndexOf("\n") + 1) : indentOf(text, parent.from);
  const isCompact = !lead.includes("\n") && key === null;
  const literal = spelt(value, indent, isCompact ? "" : unit);
  const entry = key === null ? literal : JSON.stringify(key) + colon + literal;
  if (last) return `${text.slice(0, last.to)},${lead}${entry}${text.slice(last.to)}`;
  const tail = lead.includes("\n") ? `${breakOf(text)}${indentOf(text, parent.from)}` : lead;
  return `${text.slice(0, parent.from + 1)}${lead}${entry}${tail}${text.slice(parent.to - 1)}`;
}

/** Return how the last entry of its kind is set apart, from its key to its value and from the one before. */
function modelOf(text: string, parent: Node, entries: Node[], last: Node): [colon: string, lead: string] {
  const from = entries.length > 1 ? text.lastIndexOf(",", last.from) + 1 : parent.from + 1;
  const space = text.slice(from, last.from);
  const at = space.lastIndexOf("\n");
  const isModel = entries.length > 1 || space !== "" || isTight(text, last);
  const lead = at >= 0 ? breakOf(text) + space.slice(at + 1) : isModel ? space : " ";
  const value = valueIn(last);
  const name = last.getChild("PropertyName");
  return [value && name ? text.slice(name.to, value.from) : ": ", lead];
}

/** Tell whether a lone member is written without any space, as programs write it. */
function isTight(text: string, member: Node): boolean {
  const value = valueIn(member);
  const name = member.getChild("PropertyName");
  return value !== null && name !== null && text.slice(name.to, value.from) === ":";
}

/** A whole file, or a list of accounts, gets lines of its own; a small object inside stays on its line. */
function leadInEmpty(json: JsonText, parent: Node, unit: string): string {
  const isTop = parent.parent?.name === "JsonText";
  const isOpen = json.text.slice(parent.from, parent.to).includes("\n");
  if (isTop || isOpen) return breakOf(json.text) + indentOf(json.text, parent.from) + unit;
  return parent.name === "Object" ? " " : "";
}

/** Write a value: lists of plain values and small objects on one line, what holds objects on several. */
function spelt(value: Json | Written, indent: string, unit: string): string {
  if (value instanceof Written) return value.literal;
  if (Array.isArray(value)) return `[${value.map((item) => spelt(item, indent, unit)).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value);
  if (members.length === 0) return "{}";
  const write = (inner: string) =>
    members.map(([key, each]) => `${JSON.stringify(key)}: ${spelt(each, inner, unit)}`);
  if (members.length < 3 || unit === "") return `{ ${write(indent).join(", ")} }`;
  const inner = indent + unit;
  return `{\n${write(inner)
    .map((line) => inner + line)
    .join(",\n")}\n${indent}}`;
}

/** Return the step by which the text is indented: that of its first entry, else two spaces. */
function unitOf({ text, top }: JsonText): string {
  const first = top.firstChild?.firstChild?.nextSibling;
  const found = first && first.from !== first.to ? indentOf(text, first.from) : "";
  return found === "" || found.length > 8 ? "  " : found;
}

function indentOf(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? "";
}

function breakOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
