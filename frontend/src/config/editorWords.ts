/** What the editor offers while keys and choices are typed: those that the file's schema knows. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { type Field, fieldsOf, itemSchema } from "./fields";
import { keyOf, membersOf, type Node, type Path, pathAt, readJson } from "./jsonText";

export function schemaWords(schema: Record<string, unknown>): Extension {
  const isList = schema["type"] === "array";
  const fields = fieldsOf(schema, isList ? itemSchema(schema) : schema);
  const offer = (context: CompletionContext) => wordsFor(context, fields, isList);
  return autocompletion({ override: [offer], icons: false });
}

function wordsFor(context: CompletionContext, fields: Field[], isList: boolean): CompletionResult | null {
  const text = context.state.doc.toString();
  const json = readJson(text);
  const { path, node } = pathAt(json, context.pos);
  const isWord = node.name === "String" || node.name === "PropertyName";
  if (!isWord && !context.explicit) return null;
  const inner = isList ? path.slice(1) : path;
  const options =
    node.name === "PropertyName" || node.name === "Object"
      ? keysFor(fields, node.name === "Object" ? inner : inner.slice(0, -1), taken(text, node))
      : valuesFor(fields, inner);
  if (options.length === 0) return null;
  return isWord ? { from: node.from, to: node.to, options } : { from: context.pos, options };
}

function keysFor(fields: Field[], path: Path, there: ReadonlySet<string>): Completion[] {
  return membersAt(fields, path)
    .filter((field) => !there.has(field.key))
    .map((field) => ({ label: JSON.stringify(field.key), detail: field.label, info: field.help }));
}

function valuesFor(fields: Field[], path: Path): Completion[] {
  const names = path.filter((part) => typeof part === "string");
  const field = membersAt(fields, names.slice(0, -1)).find((each) => each.key === names.at(-1));
  const form = field?.form;
  if (form?.kind === "switch") return [{ label: "true" }, { label: "false" }];
  if (form?.kind !== "choice" && form?.kind !== "choices") return [];
  return form.choices.map((choice) => ({ label: JSON.stringify(choice) }));
}

function membersAt(fields: Field[], path: Path): Field[] {
  let found = fields;
  for (const key of path) {
    const form = found.find((field) => field.key === key)?.form;
    found = form?.kind === "group" ? form.fields : [];
  }
  return found;
}

/** Return the keys that the object around has already, but the one that is being typed. */
function taken(text: string, node: Node): Set<string> {
  const member = node.name === "PropertyName" ? node.parent : null;
  const object = member ? member.parent : node;
  const others = object ? membersOf(object).filter((each) => each.from !== member?.from) : [];
  return new Set(others.map((each) => keyOf(text, each)));
}
