/** The left half: the file as a form. It shows and changes the same text as the editor beside it. */
import { AccountsForm } from "./AccountsForm";
import { FieldRows } from "./FieldRows";
import { fieldsOf } from "./fields";
import type { FileState } from "./files";
import { FormContext, type FormEditing } from "./formEditing";
import { ACCOUNTS_FILE } from "./masking";

export function FormPane({ file, form }: { file: FileState; form: FormEditing }) {
  const isUnread = form.json.value === undefined;
  return (
    <FormContext value={form}>
      <section aria-label="As a form" className="flex min-h-0 flex-col overflow-y-auto">
        {form.isStale && !isUnread && (
          <p className="shrink-0 border-b bg-warn-bg px-4 py-1.5 text-warn">
            The text beside is no JSON just now. This is what it said before; it can be changed again when it
            is.
          </p>
        )}
        {isUnread ? (
          <p className="p-4 text-text-2">
            {file.text.trim() === ""
              ? "There is no text yet. Write one beside, or upload a file."
              : "The text beside is no JSON; the form comes when it is."}
          </p>
        ) : file.name === ACCOUNTS_FILE ? (
          <AccountsForm schema={file.schema} />
        ) : (
          <>
            <div className="flex h-11 shrink-0 items-center border-b px-4">
              <h3 className="font-semibold">{String(file.schema["title"] ?? file.name)}</h3>
            </div>
            <FieldRows fields={fieldsOf(file.schema)} />
          </>
        )}
      </section>
    </FormContext>
  );
}
