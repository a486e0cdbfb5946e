/** One file: the form and the text of the same document, what is wrong with it, and saving it. */
import type { EditorView } from "@codemirror/view";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { SavedResponse } from "../api/types";
import { useToasts } from "../ui/toasts";
import { Editor, leadTo, showIn } from "./Editor";
import { FormPane } from "./FormPane";
import { type FileAction, type FileState, isEdited } from "./files";
import type { FormEditing } from "./formEditing";
import { HistoryDialog } from "./HistoryDialog";
import { type JsonText, nodeAt, readJson } from "./jsonText";
import { Notices } from "./Notices";
import { ReviewDialog } from "./ReviewDialog";
import { Toolbar } from "./Toolbar";
import { TroubleList } from "./TroubleList";
import { type Config, isChangedMeanwhile } from "./useConfig";
import { type Judgement, useTroubles } from "./useTroubles";

interface WorkspaceProps {
  file: FileState;
  config: Config;
  canSave: boolean;
  kept: Map<string, unknown>;
}

export function Workspace({ file, config, canSave, kept }: WorkspaceProps) {
  const json = useMemo(() => readJson(file.text), [file.text]);
  const judgement = useTroubles(file, json);
  const view = useRef<EditorView | null>(null);
  const [dialog, setDialog] = useState<"review" | "history" | null>(null);
  const { name } = file;
  const act = (action: FileAction) => config.act(name, action);
  const saving = useSaving(file, config, () => setDialog(null));
  const review = () => setDialog("review");
  const mayReview = isEdited(file) && canSave && file.theirs === null && judgement.troubles.length === 0;
  useSaveKey(mayReview && dialog === null, review);
  const form = useFormOf(
    json,
    judgement,
    canSave,
    (change) => act({ type: "edit", text: change(file.text) }),
    view,
  );
  return (
    <>
      <Notices file={file} canSave={canSave} fails={config.fails} act={act} />
      <div className="grid min-h-0 flex-1 grid-cols-2 max-lg:grid-cols-1 max-lg:grid-rows-2">
        <FormPane file={file} form={form} />
        <section
          aria-label="As text"
          className="flex min-h-0 min-w-0 flex-col border-l max-lg:border-t max-lg:border-l-0"
        >
          <Toolbar
            file={file}
            judgement={judgement}
            isReadOnly={!canSave}
            act={act}
            onReview={review}
            onHistory={() => setDialog("history")}
          />
          <Editor
            fileName={name}
            schema={file.schema}
            text={file.text}
            troubles={judgement.troubles}
            isReadOnly={!canSave}
            onEdit={(text) => act({ type: "edit", text })}
            view={view}
            kept={kept}
          />
          <TroubleList troubles={judgement.troubles} onLead={(at) => leadTo(view.current, at)} />
        </section>
      </div>
      {dialog === "review" && (
        <ReviewDialog
          file={file}
          hindrance={hindranceOf(file, judgement)}
          onSave={saving.save}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === "history" && (
        <HistoryDialog
          file={file}
          canSave={canSave}
          onRestore={saving.restore}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  );
}

/** While the text is no JSON, as in the middle of typing, the form shows what it said last, and is off. */
function useFormOf(
  json: JsonText,
  judgement: Judgement,
  canSave: boolean,
  edit: FormEditing["edit"],
  view: RefObject<EditorView | null>,
): FormEditing {
  const [lastGood, setLastGood] = useState(json);
  if (json.value !== undefined && json !== lastGood) setLastGood(json);
  const isGood = json.value !== undefined;
  return {
    json: isGood ? json : lastGood,
    troubles: isGood ? judgement.troubles : [],
    isOff: !isGood || !canSave,
    isStale: !isGood,
    edit,
    show: (path) => {
      const node = nodeAt(json, path);
      if (node) showIn(view.current, node.from);
    },
  };
}

/** Say why a text cannot be saved now; null where it can. */
function hindranceOf(file: FileState, { troubles, isJudged, fails }: Judgement): string | null {
  if (file.theirs !== null)
    return "Somebody else saved this file meanwhile. Go back and decide what becomes of both edits.";
  if (troubles.length > 0) return troubles[0]?.reason ?? "There are problems.";
  if (fails !== null) return `The server could not check it: ${fails}`;
  if (!isEdited(file)) return "Nothing is different.";
  return isJudged ? null : "The server is checking it…";
}

function useSaving(file: FileState, config: Config, onSaved: () => void) {
  const toasts = useToasts();
  const told = (saved: SavedResponse) => {
    onSaved();
    toasts.say(saved.message, saved.changes.join(" · "));
  };
  const refused = (what: string, error: unknown) => {
    // The page says by itself what somebody else saved.
    if (isChangedMeanwhile(error)) onSaved();
    toasts.refuse(what, error);
  };
  return {
    save: () =>
      config.save(file).then(told, (error: unknown) => refused(`${file.name} was not saved`, error)),
    restore: (version: string) =>
      config
        .restore(file, version)
        .then(told, (error: unknown) => refused("The version was not brought back", error)),
  };
}

/** Ctrl+S or Cmd+S, wherever the focus is. */
function useSaveKey(isOn: boolean, deed: () => void): void {
  const latest = useRef({ isOn, deed });
  useEffect(() => {
    latest.current = { isOn, deed };
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (
        event.key.toLowerCase() !== "s" ||
        !(event.ctrlKey || event.metaKey) ||
        event.altKey ||
        event.shiftKey
      )
        return;
      event.preventDefault();
      if (latest.current.isOn) latest.current.deed();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
