/** Numbers under names that the operator chooses, as the freeze quantities. */
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/Button";
import type { Field } from "./fields";
import { useField, useForm } from "./formEditing";
import { isObject, type Json, type Path } from "./jsonText";
import { BOX, type ControlProps, NumberControl, type Numbers } from "./NumberControl";
import { without, withValue } from "./spanEdits";

/** A wrong file must not keep the page busy; the rest is in the text beside. */
const MOST_SHOWN = 200;

export function NumbersControl({ field, path, id }: ControlProps) {
  const { value, isOff, edit } = useField(path);
  const [name, setName] = useState("");
  const usual = isObject(field.usual) ? field.usual : {};
  const names = [...new Set([...Object.keys(usual), ...Object.keys(isObject(value) ? value : {})])].slice(
    0,
    MOST_SHOWN,
  );
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
