/** What a form's fields share: the document they show, and how they change it. */
import { createContext, useContext, useEffect, useState } from "react";
import type { Json, JsonText, Path } from "./jsonText";
import { valueAt, writtenAt } from "./jsonText";
import type { Trouble } from "./problems";
import { Written, withoutSetting, withValue } from "./spanEdits";

export interface FormEditing {
  json: JsonText;
  troubles: Trouble[];
  /** Whether nothing can be changed now: the text is no JSON, or may not be saved. */
  isOff: boolean;
  /** Whether this is the last document that was JSON, not the text as it is now. */
  isStale: boolean;
  edit: (change: (text: string) => string) => void;
  /** Bring a part into sight in the text beside. */
  show: (path: Path) => void;
}

export const FormContext = createContext<FormEditing | null>(null);

export function useForm(): FormEditing {
  const form = useContext(FormContext);
  if (form === null) throw new Error("FormContext is missing.");
  return form;
}

export interface FieldValue {
  value: Json | undefined;
  /** As it stands in the text, letter by letter; null where it does not. */
  written: string | null;
  isOff: boolean;
  trouble: Trouble | undefined;
  put: (value: Json | Written) => void;
  remove: () => void;
  edit: FormEditing["edit"];
}

export function useField(path: Path): FieldValue {
  const { json, troubles, isOff, edit } = useForm();
  const value = valueAt(json, path);
  const written = writtenAt(json, path);
  const at = useTroubleAt(path, troubles);
  return {
    value,
    written,
    isOff,
    trouble: at,
    put: (next) => edit((text) => withValue(text, path, next)),
    remove: () => edit((text) => withoutSetting(text, path)),
    edit,
  };
}

function useTroubleAt(path: Path, troubles: Trouble[]): Trouble | undefined {
  const key = path.join("/");
  return troubles.find((trouble) => trouble.path !== null && trouble.path.join("/") === key);
}

/**
 * Hold what is typed into a box while it has the focus: half a number is no number yet. `take` puts it into
 * the document and answers whether it could be.
 */
export function useDraft(shown: string, take: (typed: string) => boolean) {
  const [draft, setDraft] = useState<string | null>(null);
  const [isBad, setIsBad] = useState(false);
  useEffect(() => {
    if (draft === null) setIsBad(false);
  }, [draft]);
  return {
    isBad,
    box: {
      value: draft ?? shown,
      onFocus: () => setDraft(shown),
      onBlur: () => setDraft(null),
      onChange: (event: { target: { value: string } }) => {
        setDraft(event.target.value);
        setIsBad(!take(event.target.value));
      },
    },
  };
}

/** Read a number as it is typed; null where it is none that JSON knows. */
export function typedNumber(typed: string, isInteger: boolean): Written | null {
  const text = typed.trim().replaceAll(",", "");
  const form = isInteger ? /^-?(0|[1-9]\d*)$/ : /^-?(0|[1-9]\d*)(\.\d+)?$/;
  return form.test(text) ? new Written(text) : null;
}
