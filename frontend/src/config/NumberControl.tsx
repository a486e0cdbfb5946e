/** A box for a number, and what the boxes of a form have in common. */
import type { Field } from "./fields";
import { type FieldValue, typedNumber, useDraft, useField } from "./formEditing";
import type { Path } from "./jsonText";

export const BOX =
  "h-7 min-w-0 rounded-control border border-line-strong bg-bg px-2 text-text-1 placeholder:text-text-3 disabled:opacity-60 aria-[invalid=true]:border-down";

export interface ControlProps {
  field: Field;
  path: Path;
  /** The ids of what names and explains the control. */
  id?: string | undefined;
  help?: string | undefined;
}

export type Numbers = Extract<Field["form"], { kind: "number" }>;
/** Write a typed number where it is one; nothing typed takes an optional key out. */
function takeNumber(found: FieldValue, form: Numbers, isRequired: boolean) {
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
      className={`${BOX} w-20 text-right`}
    />
  );
}
