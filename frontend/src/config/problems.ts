/** What is wrong with a text and where it stands: by its syntax, by the schema, and by the server's check. */
import { type OutputUnit, type Schema, Validator } from "@cfworker/json-schema";
import {
  type JsonText,
  keyOf,
  lineAt,
  membersOf,
  type Node,
  nodeAt,
  type Path,
  type Span,
  spanOfLine,
} from "./jsonText";

/** As the server tells it. */
export interface ServerProblem {
  file: string;
  line: number | null;
  path: string;
  reason: string;
  example: string;
}

export interface Trouble extends Span {
  /** Null where the trouble is in another file. */
  line: number | null;
  file: string;
  /** Of the value that is wrong; null where it is not known, or nothing is there. */
  path: Path | null;
  reason: string;
  example: string;
}

/** Return what this page can tell by itself, at once; the server's word replaces it. */
export function ownTroubles(file: string, json: JsonText, schema: object): Trouble[] {
  if (json.fault !== null) return [placed(file, json, json.fault, null, json.fault.reason, "")];
  if (json.value === undefined) return [];
  const { errors } = new Validator(schema as Schema, "2020-12", false).validate(json.value);
  return tellingOnes(errors).map((error) => {
    const path = pathOfPointer(error.instanceLocation);
    const isKey = error.keyword === "false";
    return placed(
      file,
      json,
      isKey ? keySpan(json, path) : spanOf(json, path),
      path,
      inWords(error, path),
      "",
    );
  });
}

/** Return the server's problems with their places in the text that it was asked about. */
export function serverTroubles(file: string, json: JsonText, problems: readonly ServerProblem[]): Trouble[] {
  return problems.map(({ file: where, line, path, reason, example }) => {
    if (where !== file) return { file: where, from: 0, to: 0, line: null, path: null, reason, example };
    const found = pathOfShown(json, path);
    // A path that ends early is of a key that is missing: its line is the better place.
    const node = found.isWhole && found.path.length > 0 ? nodeAt(json, found.path) : null;
    const isUnknownKey = reason.startsWith("There is no key");
    const span = node
      ? isUnknownKey
        ? keySpan(json, found.path)
        : headOf(json, node)
      : spanOfLine(json.text, line ?? 1);
    const at = node ? found.path : null;
    return { ...placed(file, json, span, at, reason, example), line: line ?? lineAt(json.text, span.from) };
  });
}

/** Read a JSON pointer as the validator writes it: `#/0/a~1b%20c`. */
export function pathOfPointer(pointer: string): (string | number)[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => decodeURI(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Read a path as the server writes it, `$[1].egress.proxy`, as far as the document has it. */
export function pathOfShown(json: JsonText, shown: string): { path: (string | number)[]; isWhole: boolean } {
  const path: (string | number)[] = [];
  let rest = shown.replace(/^\$/, "");
  while (rest !== "") {
    const item = /^\[(\d+)\]/.exec(rest);
    const node = nodeAt(json, path);
    if (item?.[1] !== undefined && node?.name === "Array") {
      path.push(Number(item[1]));
      rest = rest.slice(item[0].length);
    } else {
      // Keys may hold dots and brackets themselves, so the longest key that is there is meant.
      const keys = node ? membersOf(node).map((member) => keyOf(json.text, member)) : [];
      const key = keys.filter((each) => begins(rest, each)).sort((a, b) => b.length - a.length)[0];
      if (key === undefined) return { path, isWhole: false };
      path.push(key);
      rest = rest.slice(key.length + 1);
    }
    if (nodeAt(json, path) === null) return { path: path.slice(0, -1), isWhole: false };
  }
  return { path, isWhole: true };
}

function begins(rest: string, key: string): boolean {
  return rest.startsWith(`.${key}`) && /^($|\.|\[)/.test(rest.slice(key.length + 1));
}

/** More are of no use to whoever mends the text. */
const MOST_TOLD = 100;
const AROUND = new Set(["items", "properties", "$ref", "additionalProperties", "anyOf"]);

/** Keep what says something: not the lists, objects and references around a fault. */
function tellingOnes(errors: OutputUnit[]): OutputUnit[] {
  const telling = errors.filter((error) => !AROUND.has(error.keyword)).slice(0, MOST_TOLD);
  // The validator also calls a known key unknown when its value is at fault.
  const faults = telling.filter((error) => error.keyword !== "false");
  const unknown = telling.filter(
    ({ keyword, instanceLocation: here }) =>
      keyword === "false" && !faults.some((fault) => `${fault.instanceLocation}/`.startsWith(`${here}/`)),
  );
  return [...faults.filter((error) => isTelling(error, faults)), ...unknown];
}

/** Of several forms that a value may have, tell the one whose type fits, else the first. */
function isTelling(error: OutputUnit, faults: OutputUnit[]): boolean {
  if (!/\/anyOf\/\d+\/type$/.test(error.keywordLocation)) return true;
  const here = faults.filter((other) => other.instanceLocation === error.instanceLocation);
  return here[0] === error && here.every((other) => other.keyword === "type");
}

function inWords(error: OutputUnit, path: Path): string {
  const { keyword, error: told } = error;
  if (keyword === "false") return `There is no key ${String(path.at(-1))}.`;
  const wanted = /Expected "?([a-z]+)"?/.exec(told)?.[1] ?? "";
  if (keyword === "type") return TYPES[wanted] ?? told;
  if (keyword === "required") return told.replace(/^.*property "(.*?)".*$/, "The key $1 is missing.");
  if (keyword === "enum")
    return told.replace(/^.*any of \[(.*)\]\.?$/, "It must be one of $1.").replaceAll(",", ", ");
  return REASONS[keyword] ?? told;
}

const TYPES: Record<string, string> = {
  string: "Text in double quotes is expected.",
  boolean: "true or false is expected, without quotes.",
  integer: "A whole number is expected, without quotes.",
  number: "A number is expected, without quotes.",
  array: "A list in square brackets is expected.",
  object: "An object in curly brackets is expected.",
};

const REASONS: Record<string, string> = {
  exclusiveMinimum: "The number is too small.",
  minimum: "The number is too small.",
  maximum: "The number is too large.",
  minLength: "The text is empty.",
  maxLength: "The text is too long.",
  minItems: "The list is empty.",
  pattern: "The text does not have the form that is expected here.",
};

function spanOf(json: JsonText, path: Path): Span {
  const node = nodeAt(json, path);
  return node ? headOf(json, node) : { from: 0, to: 0 };
}

/** Of a list or an object, its first line: not the whole of it is wrong. */
function headOf({ text }: JsonText, node: Node): Span {
  const end = text.slice(node.from, node.to).indexOf("\n");
  return { from: node.from, to: end < 0 ? node.to : node.from + end };
}

function keySpan(json: JsonText, path: Path): Span {
  const member = nodeAt(json, path)?.parent;
  const name = member?.getChild("PropertyName");
  return name ? { from: name.from, to: name.to } : spanOf(json, path);
}

function placed(
  file: string,
  { text }: JsonText,
  { from, to }: Span,
  path: Path | null,
  reason: string,
  example: string,
): Trouble {
  return { file, from, to, line: lineAt(text, from), path, reason, example };
}
