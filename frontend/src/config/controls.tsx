/** The controls of a form, one for each kind of value. Each changes its own place in the text and no other. */
import { Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/Button";
import { Switch } from "../ui/Switch";
import type { Field } from "./fields";
import { type FieldValue, typedNumber, useDraft, useField, useForm } from "./formEditing";
import { isObject, type Json, type Path } from "./jsonText";
import { shownSecret } from "./masking";
import { withItem, withItems, without, withValue } from "./spanEdits";

const BOX =
  "h-7 min-w-0 rounded-control border border-line-strong bg-bg px-2 text-text-1 placeholder:text-text-3 disabled:opacity-60 aria-[invalid=true]:border-down";

export interface ControlProps {
  field: Field;
  path: Path;
  /** The ids of what names and explains the control. */
  id?: string | undefined;
  help?: string | undefined;
}

type Numbers = Extract<Field["form"], { kind: "number" }>;
type Choices = Extract<Field["form"], { kind: "choice" | "choices" }>;

export function Control(props: ControlProps): ReactNode {
  const { form } = props.field;
  switch (form.kind) {
    case "switch":
      return <SwitchControl {...props} />;
    case "number":
      return <NumberControl {...props} form={form} />;
    case "choice":
      return <ChoiceControl {...props} choices={form.choices} />;
    case "choices":
      return <ChoicesControl {...props} choices={form.choices} />;
    case "texts":
      return <TextsControl {...props} />;
    case "text":
      return <TextControl {...props} isSecret={form.isSecret} />;
    case "numbers":
      return <NumbersControl {...props} />;
    default:
      return <span className="text-text-3 text-xs">Only in the text beside.</span>;
  }
}

function SwitchControl({ field, path, id, help }: ControlProps) {
  const { value, isOff, put } = useField(path);
  const isOn = (value ?? field.usual) === true;
  return <Switch id={id} aria-describedby={help} isOn={isOn} onChange={put} disabled={isOff} />;
}

/** Write a typed number where it is one; nothing typed takes an optional key out. */
export function takeNumber(found: FieldValue, form: Numbers, isRequired: boolean) {
  return (typed: string): boolean => {
    if (typed.trim() === "" && !isRequired) {
      found.remove();
      return true;
    }
    const number = typedNumber(typed, form.isInteger);
    if (number === null) return false;
    // A multiplier may be written as text to keep its digits from being rounded; it stays a text.
    found.put(form.mayBeText && typeof found.value === "string" ? number.literal : number);
    return true;
  };
}

export function NumberControl({
  field,
  path,
  id,
  help,
  form,
  label,
}: ControlProps & { form: Numbers; label?: string }) {
  const found = useField(path);
  const shown =
    typeof found.value === "string" ? found.value : found.value == null ? "" : (found.written ?? "");
  const { box, isBad } = useDraft(shown, takeNumber(found, form, field.isRequired));
  return (
    <input
      {...box}
      id={id}
      aria-label={label}
      aria-describedby={help}
      aria-invalid={isBad || found.trouble !== undefined}
      inputMode={form.isInteger ? "numeric" : "decimal"}
      autoComplete="off"
      disabled={found.isOff}
      placeholder={field.usual == null ? "" : String(field.usual)}
      className={`${BOX} w-24 text-right`}
    />
  );
}

function ChoiceControl({ field, path, id, help, choices }: ControlProps & Pick<Choices, "choices">) {
  const { value, isOff, put, trouble } = useField(path);
  const chosen = String(value ?? field.usual ?? "");
  return (
    <select
      id={id}
      aria-describedby={help}
      aria-invalid={trouble !== undefined}
      value={chosen}
      disabled={isOff}
      onChange={(event) => put(event.target.value)}
      className={`${BOX} bg-panel`}
    >
      {choices.includes(chosen) || <option value={chosen}>{chosen || "Not chosen"}</option>}
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  );
}

function ChoicesControl({ field, path, id, help, choices }: ControlProps & Pick<Choices, "choices">) {
  const { value, isOff, edit } = useField(path);
  const chosen = listOf(value ?? field.usual);
  const toggle = (choice: string) => {
    const isOut = chosen.includes(choice);
    // What is not written yet starts from what is usual.
    const from = (text: string) => (value == null ? withValue(text, path, chosen) : text);
    const wanted = isOut ? chosen.filter((each) => each !== choice) : [...chosen, choice];
    edit((text) => (isOut ? withItems(from(text), path, wanted) : withItem(from(text), path, choice)));
  };
  return (
    <fieldset
      id={id}
      aria-describedby={help}
      aria-labelledby={`${id}-name`}
      className="flex flex-wrap gap-1.5"
    >
      {choices.map((choice) => (
        <label
          key={choice}
          className="flex h-7 cursor-pointer items-center gap-1.5 rounded-control border border-line-strong px-2 has-checked:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-buy"
        >
          <input
            type="checkbox"
            className="accent-current outline-none"
            checked={chosen.includes(choice)}
            disabled={isOff}
            onChange={() => toggle(choice)}
          />
          {choice}
        </label>
      ))}
    </fieldset>
  );
}

function TextsControl({ field, path, id, help }: ControlProps) {
  const { value, isOff, edit, trouble } = useField(path);
  const shown = listOf(value).join(", ");
  const { box } = useDraft(shown, (typed) => {
    const wanted = [...new Set(typed.split(/[\s,;]+/).filter(Boolean))].map((word) => word.toUpperCase());
    edit((text) => (wanted.length === 0 && value === undefined ? text : withItems(text, path, wanted)));
    return true;
  });
  return (
    <input
      {...box}
      id={id}
      aria-describedby={help}
      aria-invalid={trouble !== undefined}
      autoComplete="off"
      disabled={isOff}
      placeholder={field.example === "" ? "None" : `None; e.g. ${field.example.replaceAll(",", ", ")}`}
      className={`${BOX} w-full`}
    />
  );
}

export function TextControl({ field, path, id, help, isSecret }: ControlProps & { isSecret: boolean }) {
  const found = useField(path);
  const text = typeof found.value === "string" ? found.value : (found.written ?? "").replace(/^null$/, "");
  const { box } = useDraft(isSecret ? shownSecret(text) : text, (typed) => {
    if (typed === "" && !field.isRequired) found.remove();
    else found.put(typed);
    return true;
  });
  return (
    <input
      {...box}
      onFocus={(event) => {
        box.onFocus();
        // A masked secret is replaced whole, never edited.
        if (isSecret) event.target.select();
      }}
      id={id}
      aria-describedby={help}
      aria-invalid={found.trouble !== undefined}
      autoComplete="off"
      spellCheck={false}
      disabled={found.isOff}
      placeholder={field.example && `e.g. ${field.example}`}
      className={`${BOX} w-full ${isSecret ? "font-mono text-xs" : ""}`}
    />
  );
}

/** Numbers under names that the operator chooses, as the freeze quantities. */
function NumbersControl({ field, path, id }: ControlProps) {
  const { value, isOff, edit } = useField(path);
  const [name, setName] = useState("");
  const usual = isObject(field.usual) ? field.usual : {};
  const names = [...new Set([...Object.keys(usual), ...Object.keys(isObject(value) ? value : {})])];
  const add = () => {
    const key = name.trim().toUpperCase();
    if (key !== "") edit((text) => withValue(text, [...path, key], 1));
    setName("");
  };
  return (
    <fieldset id={id} aria-labelledby={`${id}-name`} className="grid w-full gap-1">
      {names.map((key) => (
        <NamedNumber key={key} name={key} path={[...path, key]} usual={usual[key]} />
      ))}
      <form
        className="flex items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          value={name}
          onChange={(event) => setName(event.target.value)}
          aria-label="Another underlying"
          placeholder="Another underlying"
          disabled={isOff}
          className={`${BOX} flex-1`}
        />
        <Button type="submit" size="small" disabled={isOff || name.trim() === ""}>
          <Plus size={14} aria-hidden />
          Add
        </Button>
      </form>
    </fieldset>
  );
}

function NamedNumber({ name, path, usual }: { name: string; path: Path; usual: Json | undefined }) {
  const { isOff, edit } = useForm();
  const { value } = useField(path);
  const field: Field = {
    key: name,
    path,
    label: name,
    help: "",
    isRequired: false,
    usual,
    example: "",
    form: { kind: "other" },
  };
  const form: Numbers = { kind: "number", isInteger: true, min: 1, max: null, mayBeText: false };
  return (
    <div className="flex items-center gap-2">
      <span className="min-w-0 flex-1 truncate" title={name}>
        {name}
      </span>
      <NumberControl field={field} path={path} form={form} label={name} />
      <Button
        look="quiet"
        size="small"
        aria-label={usual === undefined ? `Remove ${name}` : `Back to the default of ${name}`}
        disabled={isOff || value === undefined}
        onClick={() => edit((text) => without(text, path))}
      >
        <X size={14} aria-hidden />
      </Button>
    </div>
  );
}

function listOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
