/** The rows of a form: name and meaning at the left, the control at the right, what is wrong under it. */
import { RotateCcw } from "lucide-react";
import { useId } from "react";
import { Control } from "./controls";
import type { Field } from "./fields";
import { useField } from "./formEditing";
import type { Path } from "./jsonText";

const WIDE = new Set(["text", "texts", "numbers", "choices"]);

export function FieldRows({ fields, at = [] }: { fields: Field[]; at?: Path }) {
  return fields.map((field) =>
    field.form.kind === "group" ? (
      <Group key={field.key} name={field} fields={field.form.fields} at={at} />
    ) : (
      <FieldRow key={field.key} field={field} path={[...at, ...field.path]} />
    ),
  );
}

/** What is wrong with the group as a whole, as two keys that exclude each other, stands under its name. */
function Group({ name, fields, at }: { name: Field; fields: Field[]; at: Path }) {
  const { trouble } = useField([...at, ...name.path]);
  return (
    <fieldset className="border-t first:border-t-0">
      <legend className="sr-only">{name.label}</legend>
      <div className="px-4 pt-3 pb-1">
        <p className="font-semibold" aria-hidden>
          {name.label}
        </p>
        {name.help && <p className="text-text-3 text-xs">{name.help}</p>}
        {trouble && <p className="text-down text-xs">{trouble.reason}</p>}
      </div>
      <div>
        <FieldRows fields={fields} at={at} />
      </div>
    </fieldset>
  );
}

function FieldRow({ field, path }: { field: Field; path: Path }) {
  const id = useId();
  const { value, trouble, isOff, remove } = useField(path);
  const isUnset = value === undefined || value === null;
  // A default that is nothing is reached by emptying the box.
  const hasUsual = !field.isRequired && field.usual !== undefined && field.usual !== null;
  const canReset = hasUsual && !isUnset && JSON.stringify(value) !== JSON.stringify(field.usual);
  const described = [field.help && `${id}-help`, trouble && `${id}-trouble`].filter(Boolean).join(" ");
  const isList = field.form.kind === "choices" || field.form.kind === "numbers";
  const Name = isList ? "span" : "label";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] items-start gap-x-6 gap-y-1 border-t px-4 py-2 first:border-t-0">
      <div className="min-w-0">
        <Name id={`${id}-name`} {...(isList ? {} : { htmlFor: id })} className="font-medium">
          {field.label}
          {field.key.endsWith("_s") && <span className="text-text-3"> in seconds</span>}
        </Name>
        {field.help && (
          <p id={`${id}-help`} className="text-text-3 text-xs">
            {field.help}
          </p>
        )}
      </div>
      <div className="flex min-h-7 min-w-0 items-center justify-end gap-2">
        {isUnset && hasUsual && <span className="text-text-3 text-xs">default</span>}
        {canReset && (
          <button
            type="button"
            aria-label={`Back to the default of ${field.label}`}
            title="Take this key out: the default counts again"
            disabled={isOff}
            onClick={remove}
            className="rounded text-text-3 hover:text-text-1 disabled:opacity-50"
          >
            <RotateCcw size={13} aria-hidden />
          </button>
        )}
        <div className={`flex min-w-0 justify-end ${WIDE.has(field.form.kind) ? "flex-1" : ""}`}>
          <Control field={field} path={path} id={id} help={described || undefined} />
        </div>
      </div>
      {trouble && (
        <p id={`${id}-trouble`} className="col-span-2 text-down text-xs">
          {trouble.reason}
        </p>
      )}
    </div>
  );
}
