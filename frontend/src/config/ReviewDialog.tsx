/** The last look before a save: what changes in the file, with its secrets hidden. */
import { useRef } from "react";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { DiffView } from "./DiffView";
import type { FileState } from "./files";
import { maskedText, TYPED } from "./masking";

interface ReviewProps {
  file: FileState;
  /** Why it cannot be saved now; null where it can. */
  hindrance: string | null;
  onSave: () => void;
  onClose: () => void;
}

export function ReviewDialog({ file, hindrance, onSave, onClose }: ReviewProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  return (
    <Modal
      title={`Changes to ${file.name}`}
      text="New orders use a saved change within a second or two. The version that is there now stays in the history."
      firstFocus={cancel}
      width="max-w-4xl"
      onClose={onClose}
    >
      <DiffView
        before={maskedText(file.name, file.base.text)}
        after={maskedText(file.name, file.text, TYPED)}
        label="What changes"
      />
      <div className="flex items-center justify-end gap-2 px-5 py-3">
        <p role="status" className="min-w-0 flex-1 text-warn">
          {hindrance}
        </p>
        <Button ref={cancel} onClick={onClose}>
          Back to editing
        </Button>
        <Button look="primary" disabled={hindrance !== null || file.isSaving} onClick={onSave}>
          {file.isSaving ? "Saving…" : `Save ${file.name}`}
        </Button>
      </div>
    </Modal>
  );
}
