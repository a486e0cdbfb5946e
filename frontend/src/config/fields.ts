/** The fields of a form, made from a file's JSON Schema: what is asked for, how, and with which words. */
import { isObject, type Json, type Path } from "./jsonText";
import { isSecret } from "./masking";

export type Form =
  | { kind: "switch" }
  | { kind: "number"; isInteger: boolean; min: number | null; max: number | null; mayBeText: boolean }
  | { kind: "choice"; choices: string[] }
  | { kind: "choices"; choices: string[] }
  | { kind: "texts" }
  | { kind: "text"; isSecret: boolean }
  | { kind: "numbers" }
  | { kind: "group"; fields: Field[] }
  | { kind: "other" };

export interface Field {
  key: string;
  path: Path;
  label: string;
  help: string;
  isRequired: boolean;
  /** What counts where the key is not written; undefined where nothing does. */
  usual: Json | undefined;
  example: string;
  form: Form;
}

type Schema = Record<string, unknown>;

const LABELS: Record<string, string> = {
  account_id: "Account",
  cred1: "API key",
  cred2: "Access token",
  api_secret: "API secret",
  ps_multiplier: "Multiplier",
  egress: "Way out",
  is_on: "On",
  max_quantity: "Largest copy",
  when_primary_filled: "When the primary is filled",
};

/** Return the fields of an object's schema in the order of the schema. */
export function fieldsOf(root: Schema, schema: Schema = root, at: Path = []): Field[] {
  const whole = followed(root, schema);
  const required = Array.isArray(whole["required"]) ? whole["required"] : [];
  return Object.entries(objectOf(whole["properties"])).flatMap(([key, given]) =>
    key.startsWith("$") ? [] : [fieldOf(root, objectOf(given), [...at, key], required.includes(key))],
  );
}

/** Return the schema of the items of a list. */
export function itemSchema(root: Schema): Schema {
  return followed(root, objectOf(root["items"]));
}

/** Write a key for people: `rest_limit_s` is `Rest limit`. */
export function labelOf(key: string): string {
  const words = key.replace(/_s$/, "").replaceAll("_", " ");
  return LABELS[key] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function fieldOf(root: Schema, given: Schema, path: Path, isRequired: boolean): Field {
  const key = String(path.at(-1));
  const schema = bare(root, given);
  const examples = Array.isArray(given["examples"]) ? given["examples"] : [];
  return {
    key,
    path,
    label: labelOf(key),
    help: String(given["description"] ?? schema["description"] ?? ""),
    isRequired,
    usual: given["default"] as Json | undefined,
    example: examples.length > 0 ? String(examples[0]) : "",
    form: formOf(root, schema, path),
  };
}

function formOf(root: Schema, schema: Schema, path: Path): Form {
  const choices = textsOf(schema["enum"]);
  if (choices.length > 0) return { kind: "choice", choices };
  switch (schema["type"]) {
    case "boolean":
      return { kind: "switch" };
    case "integer":
    case "number":
      return {
        kind: "number",
        isInteger: schema["type"] === "integer",
        min: numberOf(schema["minimum"] ?? schema["exclusiveMinimum"]),
        max: numberOf(schema["maximum"]),
        mayBeText: schema["mayBeText"] === true,
      };
    case "string":
      return { kind: "text", isSecret: isSecret([0, ...path.slice(path.length > 1 ? -2 : -1)]) };
    case "array": {
      const items = followed(root, objectOf(schema["items"]));
      const each = textsOf(items["enum"]);
      if (each.length > 0) return { kind: "choices", choices: each };
      return items["type"] === "string" ? { kind: "texts" } : { kind: "other" };
    }
    case "object":
      if (isObject(schema["properties"])) return { kind: "group", fields: fieldsOf(root, schema, path) };
      return objectOf(schema["additionalProperties"])["type"] === "integer"
        ? { kind: "numbers" }
        : { kind: "other" };
    default:
      return { kind: "other" };
  }
}

/** Return a schema without its references, and without the alternatives that a form need not offer. */
function bare(root: Schema, given: Schema): Schema {
  const schema = followed(root, given);
  if (!Array.isArray(schema["anyOf"])) return schema;
  const forms = schema["anyOf"]
    .map((form) => followed(root, objectOf(form)))
    .filter((form) => form["type"] !== "null");
  const number = forms.find((form) => form["type"] === "number");
  if (number)
    return {
      ...number,
      minimum: lowest(forms, number),
      mayBeText: forms.some((form) => form["type"] === "string"),
    };
  return forms[0] ?? schema;
}

/** A single number beside a range, as -1 for "the broker decides", widens what may be typed. */
function lowest(forms: Schema[], number: Schema): number | null {
  const singles = forms.map((form) => numberOf(form["const"])).filter((each) => each !== null);
  const min = numberOf(number["minimum"] ?? number["exclusiveMinimum"]);
  return min === null ? null : Math.min(min, ...singles);
}

function followed(root: Schema, schema: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const found = reference
    .split("/")
    .slice(1)
    .reduce<unknown>((node, key) => objectOf(node)[key], root);
  return { ...objectOf(found), ...schema };
}

function objectOf(value: unknown): Schema {
  return isObject(value) ? value : {};
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
