/** Over the editor: which file it is, how its text stands, and what can be done with it. */
import { Check, CircleX, History, LoaderCircle, Upload } from "lucide-react";
import { useRef } from "react";
import { Button } from "../ui/Button";
import { useToasts } from "../ui/toasts";
import { type FileAction, type FileState, isEdited } from "./files";
import { textOf } from "./upload";
import type { Judgement } from "./useTroubles";

interface ToolbarProps {
  file: FileState;
  judgement: Judgement;
  isReadOnly: boolean;
  act: (action: FileAction) => void;
  onReview: () => void;
  onHistory: () => void;
}

export function Toolbar({ file, judgement, isReadOnly, act, onReview, onHistory }: ToolbarProps) {
  const edited = isEdited(file);
  return (
    <div className="flex h-11 shrink-0 items-center gap-2 border-b px-4">
      <h3 className="min-w-0 truncate font-mono">{file.name}</h3>
      {edited && <span className="text-text-3">edited</span>}
      <span role="status" className="ml-auto flex min-w-0 items-center gap-1.5 truncate">
        <Standing file={file} judgement={judgement} />
      </span>
      <UploadButton isOff={isReadOnly} onText={(text) => act({ type: "edit", text })} />
      <Button look="quiet" size="icon" aria-label="History" title="History" onClick={onHistory}>
        <History size={16} aria-hidden />
      </Button>
      <Button disabled={!edited} onClick={() => act({ type: "discard" })}>
        Discard
      </Button>
      <Button
        look="primary"
        title="Ctrl+S"
        disabled={!edited || isReadOnly || file.theirs !== null || judgement.troubles.length > 0}
        onClick={onReview}
      >
        Review changes
      </Button>
    </div>
  );
}

function Standing({ file, judgement }: { file: FileState; judgement: Judgement }) {
  const { troubles, isJudged, fails } = judgement;
  const count = troubles.length;
  if (count > 0)
    return (
      <span className="flex items-center gap-1.5 text-down">
        <CircleX size={14} aria-hidden />
        {count === 1 ? "1 problem" : `${count} problems`}
      </span>
    );
  if (file.theirs !== null) return <span className="text-warn">Changed elsewhere</span>;
  if (fails !== null)
    return (
      <span className="truncate text-warn" title={fails}>
        Not checked: {fails}
      </span>
    );
  if (!isJudged)
    return (
      <span className="flex items-center gap-1.5 text-text-3">
        <LoaderCircle size={14} aria-hidden />
        Checking…
      </span>
    );
  return isEdited(file) ? (
    <span className="flex items-center gap-1.5 text-up">
      <Check size={14} aria-hidden />
      Can be saved
    </span>
  ) : null;
}

function UploadButton({ isOff, onText }: { isOff: boolean; onText: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const toasts = useToasts();
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      onText(await textOf(file));
      toasts.say(`${file.name} is in the editor`, "It is not saved yet: review the changes first.");
    } catch (error) {
      toasts.refuse(`${file.name} was not taken`, error);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".json,application/json,text/plain"
        hidden
        onChange={(event) => {
          void take(event.target.files?.[0]);
          // The same file may be chosen again after it was mended.
          event.target.value = "";
        }}
      />
      <Button
        look="quiet"
        size="icon"
        aria-label="Upload a file into the editor"
        title="Upload a file into the editor"
        disabled={isOff}
        onClick={() => input.current?.click()}
      >
        <Upload size={16} aria-hidden />
      </Button>
    </>
  );
}
