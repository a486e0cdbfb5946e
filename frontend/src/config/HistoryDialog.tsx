/** The versions of a file that later saves replaced: what each said differently, and bringing one back. */
import { History } from "lucide-react";
import { useEffect, useState } from "react";
import { get } from "../api/client";
import type { HistoryResponse, VersionResponse, VersionRow } from "../api/types";
import { istDay, istFull, istTime } from "../format/time";
import { Button } from "../ui/Button";
import { useConfirm } from "../ui/confirm";
import { Modal } from "../ui/Modal";
import { whyNot } from "../ui/toasts";
import { DiffView } from "./DiffView";
import { type FileState, isEdited } from "./files";
import { addressOf } from "./useConfig";

interface HistoryProps {
  file: FileState;
  canSave: boolean;
  onRestore: (version: string) => Promise<void>;
  onClose: () => void;
}

/** What was asked for, with the reason in `fails` where it did not come. */
function useAnswer<Answer>(path: string | null): { answer: Answer | null; fails: string | null } {
  const [found, setFound] = useState<{ path: string; answer: Answer | null; fails: string | null } | null>(
    null,
  );
  useEffect(() => {
    if (path === null) return;
    let isLast = true;
    get<Answer>(path)
      .then((answer) => isLast && setFound({ path, answer, fails: null }))
      .catch((error: unknown) => isLast && setFound({ path, answer: null, fails: whyNot(error) }));
    return () => {
      isLast = false;
    };
  }, [path]);
  return found?.path === path ? found : { answer: null, fails: null };
}

export function HistoryDialog({ file, canSave, onRestore, onClose }: HistoryProps) {
  // The revision is in the address only so that a save asks anew.
  const { answer, fails } = useAnswer<HistoryResponse>(
    `${addressOf(file.name, "history")}?at=${file.base.revision}`,
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const versions = answer?.versions ?? [];
  const version = versions.find((each) => each.version === chosen) ?? versions[0];
  return (
    <Modal
      title={`History of ${file.name}`}
      text="Times are when a version was written. The newest 50 are kept."
      width="max-w-6xl"
      onClose={onClose}
    >
      <div className="flex h-[70vh] min-h-0 border-t">
        <ul aria-label="Versions" className="w-60 shrink-0 overflow-y-auto border-r">
          {versions.map((each) => (
            <li key={each.version}>
              <VersionButton
                row={each}
                isChosen={each.version === version?.version}
                onChoose={() => setChosen(each.version)}
              />
            </li>
          ))}
        </ul>
        {version ? (
          <Chosen key={version.version} file={file} row={version} canSave={canSave} onRestore={onRestore} />
        ) : (
          <p className="p-4 text-text-3">
            {fails ??
              (answer
                ? "No version was replaced yet. Every save from here on keeps the one before it."
                : "Loading…")}
          </p>
        )}
      </div>
      <div className="flex justify-end border-t px-5 py-3">
        <Button onClick={onClose}>Close</Button>
      </div>
    </Modal>
  );
}

function VersionButton({
  row,
  isChosen,
  onChoose,
}: {
  row: VersionRow;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <button
      type="button"
      aria-current={isChosen}
      onClick={onChoose}
      title={istFull(row.saved_at)}
      className="w-full border-b px-4 py-2 text-left hover:bg-hover aria-[current=true]:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <span className="block font-medium">
        {istDay(row.saved_at)} {istTime(row.saved_at)}
      </span>
      <span className="text-text-3 text-xs">{row.bytes.toLocaleString("en-IN")} bytes</span>
    </button>
  );
}

interface ChosenProps {
  file: FileState;
  row: VersionRow;
  canSave: boolean;
  onRestore: (version: string) => Promise<void>;
}

function Chosen({ file, row, canSave, onRestore }: ChosenProps) {
  const { answer, fails } = useAnswer<VersionResponse>(addressOf(file.name, "history", row.version));
  const confirm = useConfirm();
  const hindrance = !canSave
    ? "The files cannot be written here."
    : isEdited(file)
      ? "Save or discard your edits first."
      : file.isSaving
        ? "Being saved…"
        : null;
  const restore = async () => {
    const isGo = await confirm({
      title: `Bring back the version of ${istDay(row.saved_at)} ${istTime(row.saved_at)}?`,
      text: "It takes the place of the file at once, and new orders use it. What is there now stays in the history. Accounts keep the credentials they have today.",
      go: "Bring it back",
    });
    if (isGo) await onRestore(row.version);
  };
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <div className="flex h-11 shrink-0 items-center gap-3 px-4">
        <p className="min-w-0 flex-1 truncate text-text-2">
          From this version (−) to the file as it is now (+)
        </p>
        {hindrance && <span className="text-text-3">{hindrance}</span>}
        <Button disabled={hindrance !== null} onClick={restore}>
          <History size={14} aria-hidden />
          Bring back…
        </Button>
      </div>
      {answer ? (
        <DiffView
          before={answer.text.replaceAll("\r\n", "\n")}
          after={file.base.text}
          label="Against the file now"
        />
      ) : (
        <p className="p-4 text-text-3">{fails ?? "Loading…"}</p>
      )}
    </div>
  );
}
