/** A file on a small screen: its text to read, for a form and an editor need more room. */
import type { FileState } from "./files";
import { maskedText } from "./masking";

export function ReadOnlyText({ file }: { file: FileState }) {
  return (
    <>
      <p role="status" className="shrink-0 border-b bg-raised px-4 py-2 text-text-2">
        {file.base.isShown
          ? "On this screen the configuration can be read. To edit it, open Tandem on a larger one."
          : "This file is no JSON as it stands, so it is not shown. To mend it, open Tandem on a larger screen."}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse */}
      <section aria-label={`${file.name} as text`} tabIndex={0} className="min-h-0 flex-1 overflow-auto p-4">
        <pre className="font-mono text-xs">{maskedText(file.name, file.base.text)}</pre>
      </section>
    </>
  );
}
