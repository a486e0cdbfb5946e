/** Bars over a file: somebody else saved it, edits were set aside, it cannot be shown or written. */
import { GitMerge, Info, TriangleAlert } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { DiffView } from "./DiffView";
import type { FileAction, FileState, Version } from "./files";
import { MergeDialog } from "./MergeDialog";
import { maskedText, TYPED } from "./masking";

interface NoticesProps {
  file: FileState;
  canSave: boolean;
  fails: string | null;
  act: (action: FileAction) => void;
}

export function Notices({ file, canSave, fails, act }: NoticesProps) {
  return (
    <div role="status" className="shrink-0">
      {file.theirs && <Conflict file={file} theirs={file.theirs} act={act} />}
      {fails !== null && (
        <Notice
          tone="warn"
          text={`The files could not be read just now; what is shown may be old. ${fails}`}
        />
      )}
      {!canSave && (
        <Notice
          tone="warn"
          text="The folder of these files cannot be written by Tandem: they can only be read here."
        />
      )}
      {!file.base.isShown && (
        <Notice
          tone="warn"
          text="This file is no JSON as it stands, so its secrets cannot be told from the rest, and it is not shown. Mend it in an editor of your own, put a whole new text here, or bring back a version. What is there now is kept."
        />
      )}
      {file.hasNews && file.base.isShown && (
        <Notice tone="plain" text="Somebody else saved this file just now. You see the new text.">
          <Button size="small" onClick={() => act({ type: "forget-news" })}>
            Close
          </Button>
        </Notice>
      )}
      {file.aside !== null && (
        <Notice tone="plain" text="Edits of yours were set aside.">
          <Button size="small" onClick={() => act({ type: "bring-back" })}>
            Bring them back
          </Button>
          <Button size="small" look="quiet" onClick={() => act({ type: "forget-aside" })}>
            Forget them
          </Button>
        </Notice>
      )}
    </div>
  );
}

function Notice({ tone, text, children }: { tone: "warn" | "plain"; text: string; children?: ReactNode }) {
  const Icon = tone === "warn" ? TriangleAlert : Info;
  return (
    <div
      className={`flex min-h-10 items-center gap-3 border-b px-4 py-1 ${tone === "warn" ? "bg-warn-bg text-warn" : "bg-raised"}`}
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      <p className="min-w-0 flex-1 break-words">{text}</p>
      {children}
    </div>
  );
}

/** Both edits stay as they are until it is decided; a save is refused before. */
function Conflict({
  file,
  theirs,
  act,
}: {
  file: FileState;
  theirs: Version;
  act: (action: FileAction) => void;
}) {
  const [open, setOpen] = useState<"differences" | "merge" | null>(null);
  return (
    <Notice
      tone="warn"
      text={
        theirs.isShown
          ? "Somebody else saved this file while you edit it. Nothing of yours is lost, and nothing of theirs is written over until you decide."
          : "Somebody else saved this file while you edit it, and what they saved is no JSON, so that it cannot be shown. Keep your text to save it over theirs, or discard it and bring a version back from the history."
      }
    >
      {theirs.isShown && (
        <>
          <Button size="small" onClick={() => setOpen("differences")}>
            What differs
          </Button>
          <Button size="small" onClick={() => setOpen("merge")}>
            <GitMerge size={13} aria-hidden />
            Merge…
          </Button>
          <Button size="small" onClick={() => act({ type: "take-theirs" })}>
            Take theirs
          </Button>
        </>
      )}
      <Button size="small" onClick={() => act({ type: "keep-mine" })}>
        Keep mine
      </Button>
      {open === "differences" && (
        <Modal
          title="What differs"
          text="From what they saved (−) to your text (+)."
          width="max-w-4xl"
          onClose={() => setOpen(null)}
        >
          <DiffView
            before={maskedText(file.name, theirs.text)}
            after={maskedText(file.name, file.text, TYPED)}
            label="From theirs to yours"
          />
          <div className="flex justify-end px-5 py-3">
            <Button onClick={() => setOpen(null)}>Close</Button>
          </div>
        </Modal>
      )}
      {open === "merge" && (
        <MergeDialog
          file={file}
          theirs={theirs}
          onClose={() => setOpen(null)}
          onMerge={(text) => {
            setOpen(null);
            act({ type: "merge", text });
          }}
        />
      )}
    </Notice>
  );
}
