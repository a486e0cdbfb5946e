/** The controls of a form, one for each kind of value. Each changes its own place in the text and no other. */
import type { ReactNode } from "react";
import { Switch } from "../ui/Switch";
import type { Field } from "./fields";
import { useDraft, useField } from "./formEditing";
import type { Json } from "./jsonText";
import { shownSecret } from "./masking";
import { BOX, type ControlProps, NumberControl } from "./NumberControl";
import { NumbersControl } from "./NumbersControl";
import { withItem, withItems, withValue } from "./spanEdits";

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

function listOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
