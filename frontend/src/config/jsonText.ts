/** A configuration text as a tree: what it says, and where each part of it stands. */
import { jsonLanguage } from "@codemirror/lang-json";

type Tree = ReturnType<typeof jsonLanguage.parser.parse>;
export type Node = Tree["topNode"];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Path = readonly (string | number)[];

export interface Span {
  from: number;
  to: number;
}

export interface Fault extends Span {
  reason: string;
}

/** `value` is undefined where the text is no JSON; `fault` then says where and why. */
export interface JsonText {
  text: string;
  top: Node;
  value: Json | undefined;
  fault: Fault | null;
}

const VALUES = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);

/** Deeper than the server reads. Without a bound a text of nothing but brackets would take minutes here. */
const MOST_DEPTH = 100;

let latest: JsonText | null = null;

/** Read a text. The last one is kept, for form, editor and checks all ask about the same. */
export function readJson(text: string): JsonText {
  if (latest?.text !== text) latest = parsed(text);
  return latest;
}

function parsed(text: string): JsonText {
  const deep = tooDeepAt(text);
  if (deep !== null) {
    const fault = { from: deep, to: deep + 1, reason: "Lists and objects are nested too deeply here." };
    return { text, top: jsonLanguage.parser.parse("").topNode, value: undefined, fault };
  }
  const top = jsonLanguage.parser.parse(text).topNode;
  const found = firstFault(text, top);
  if (found !== null) return { text, top, value: undefined, fault: found };
  try {
    return { text, top, value: JSON.parse(text) as Json, fault: null };
  } catch {
    // What the grammar lets pass and JSON does not, as a line break inside of a text.
    return { text, top, value: undefined, fault: { from: 0, to: 0, reason: "This text is no JSON." } };
  }
}

/** Return the node of a part, null where there is none. Of a key that stands twice, the last counts. */
export function nodeAt({ text, top }: JsonText, path: Path): Node | null {
  let node = valuesIn(top)[0] ?? null;
  for (const key of path) {
    if (node === null) return null;
    node = typeof key === "number" ? (itemsOf(node)[key] ?? null) : memberValue(text, node, key);
  }
  return node;
}

/** Return what stands at a path, letter by letter; null where nothing does. */
export function writtenAt(json: JsonText, path: Path): string | null {
  const node = nodeAt(json, path);
  return node && json.text.slice(node.from, node.to);
}

/** Return what a part says, undefined where it is not there or the text is no JSON. */
export function valueAt(json: JsonText, path: Path): Json | undefined {
  let value: Json | undefined = json.value;
  for (const key of path) {
    if (Array.isArray(value) && typeof key === "number") value = value[key];
    else if (isObject(value) && typeof key === "string")
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    else return undefined;
  }
  return value;
}

export function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Return the items of a list, none for anything else. */
export function itemsOf(node: Node): Node[] {
  return node.name === "Array" ? valuesIn(node) : [];
}

/** Return the members of an object, none for anything else. */
export function membersOf(node: Node): Node[] {
  return node.name === "Object" ? childrenOf(node).filter((child) => child.name === "Property") : [];
}

/** Return a member's key; as it is written where it is no proper text. */
export function keyOf(text: string, member: Node): string {
  const name = member.getChild("PropertyName");
  if (name === null) return "";
  const written = text.slice(name.from, name.to);
  try {
    return String(JSON.parse(written));
  } catch {
    return written;
  }
}

/** Return the value of a member, null where it was not written yet. */
export function valueIn(member: Node): Node | null {
  return valuesIn(member)[0] ?? null;
}

/** Return the path of the innermost part around a place, and its node. */
export function pathAt(json: JsonText, at: number): { path: (string | number)[]; node: Node } {
  const path: (string | number)[] = [];
  let node = json.top.resolveInner(at, -1);
  for (let each: Node | null = node; each !== null; each = each.parent) {
    if (each.name === "Property") path.unshift(keyOf(json.text, each));
    const parent: Node | null = each.parent;
    if (parent?.name === "Array" && VALUES.has(each.name)) {
      const start = each.from;
      path.unshift(itemsOf(parent).findIndex((item) => item.from === start));
    }
  }
  if (node.type.isError && node.parent) node = node.parent;
  return { path, node };
}

export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** Return where a line (from 1) stands, without the space before it; the last line for a later one. */
export function spanOfLine(text: string, line: number): Span {
  let from = 0;
  for (let each = 1; each < line; each += 1) {
    const next = text.indexOf("\n", from);
    if (next < 0) break;
    from = next + 1;
  }
  const end = text.indexOf("\n", from);
  const to = end < 0 ? text.length : end;
  const lead = text.slice(from, to).search(/\S/);
  return { from: from + Math.max(lead, 0), to };
}

function tooDeepAt(text: string): number | null {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[[\]{}]/g)) {
    if (mark === "[" || mark === "{") depth += 1;
    else if (mark === "]" || mark === "}") depth -= 1;
    if (depth > MOST_DEPTH) return index;
  }
  return null;
}

function memberValue(text: string, node: Node, key: string): Node | null {
  const member = membersOf(node).findLast((each) => keyOf(text, each) === key);
  return member ? valueIn(member) : null;
}

function valuesIn(node: Node): Node[] {
  return childrenOf(node).filter((child) => VALUES.has(child.name));
}

function childrenOf(node: Node): Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) found.push(child);
  return found;
}

function firstFault(text: string, top: Node): Fault | null {
  const cursor = top.cursor();
  do {
    if (cursor.type.isError) return faultAt(text, cursor.from, cursor.to);
  } while (cursor.next());
  return null;
}

function faultAt(text: string, from: number, to: number): Fault {
  const before = text.slice(0, from).trimEnd();
  const next = text.slice(from).trimStart()[0] ?? "";
  if (text.trim() === "") return { from: 0, to: 0, reason: "There is no text yet." };
  if (before.endsWith(",") && (next === "}" || next === "]"))
    return { from: before.length - 1, to: before.length, reason: `A comma must not stand before "${next}".` };
  if (next === "")
    return { from: before.length, to: before.length, reason: "The text ends before it is whole." };
  if (next === '"' && /["\]}\w]$/.test(before))
    return { from: before.length, to: before.length, reason: "A comma is missing here." };
  return { from, to, reason: "This is no JSON from here on." };
}
