/**
 * The configuration files as this page holds them: what is on the disk, what was edited here, and what
 * somebody else saved meanwhile. Nothing that was edited is ever dropped: what gives way is set aside.
 */
import type { ConfigFileRow, ConfigProblemRow, SavedResponse } from "../api/types";
import { maskedText } from "./masking";
import { withTheirMasks } from "./theirMasks";

/** A file as the server told it last. Windows' line ends are taken out here, and put back on the way out. */
export interface Version {
  text: string;
  revision: string;
  isShown: boolean;
  isCrlf: boolean;
}

export interface FileState {
  name: string;
  schema: Record<string, unknown>;
  /** What the edits here are made to. */
  base: Version;
  text: string;
  /** What somebody else saved while there were edits here: the operator has to decide. */
  theirs: Version | null;
  /** Edits that gave way, to be brought back. */
  aside: string | null;
  /** Whether somebody else's save was put on the screen, for nothing was edited here. */
  hasNews: boolean;
  isSaving: boolean;
  problems: ConfigProblemRow[];
}

export interface ConfigState {
  files: FileState[];
  canSave: boolean;
}

export type FileAction =
  | { type: "edit"; text: string }
  | { type: "discard" }
  | { type: "save" }
  | { type: "save-failed" }
  | { type: "saved"; sent: string; saved: SavedResponse }
  | { type: "keep-mine" }
  | { type: "take-theirs" }
  | { type: "merge"; text: string }
  | { type: "bring-back" }
  | { type: "forget-aside" }
  | { type: "forget-news" };

export type ConfigAction =
  | { type: "read"; files: ConfigFileRow[]; canSave: boolean }
  | (FileAction & { name: string });

export function isEdited(file: FileState): boolean {
  return file.text !== file.base.text;
}

/** Return a text as it is to be sent. */
export function outgoing(file: FileState, text = file.text): string {
  return file.base.isCrlf ? text.replaceAll("\n", "\r\n") : text;
}

export function reduceConfig(state: ConfigState | null, action: ConfigAction): ConfigState | null {
  if (action.type === "read") {
    const files = action.files.map((row) => {
      const known = state?.files.find((file) => file.name === row.name);
      return known ? reconciled(known, row) : opened(row);
    });
    return { files, canSave: action.canSave };
  }
  if (state === null) return null;
  const files = state.files.map((file) => (file.name === action.name ? reduceFile(file, action) : file));
  return { ...state, files };
}

function opened(row: ConfigFileRow): FileState {
  const base = incoming(row.text, row.revision, row.is_shown);
  return {
    name: row.name,
    schema: row.schema,
    base,
    text: base.text,
    theirs: null,
    aside: null,
    hasNews: false,
    isSaving: false,
    problems: row.problems,
  };
}

/** Take in what is on the disk now. */
function reconciled(before: FileState, row: ConfigFileRow): FileState {
  // The answer to the save will say what is there; until then it cannot be told whose save this is.
  if (before.isSaving) return before;
  const file = {
    ...before,
    schema: same(before.schema, row.schema),
    problems: same(before.problems, row.problems),
  };
  if (row.revision === file.base.revision) return file.theirs === null ? file : { ...file, theirs: null };
  if (row.revision === file.theirs?.revision) return file;
  const now = incoming(row.text, row.revision, row.is_shown);
  if (!isEdited(file)) return { ...file, base: now, text: now.text, hasNews: true };
  // An own save whose answer was lost: its secrets are masked there, and here not yet.
  const isMine = now.isShown && maskedText(file.name, file.text) === now.text;
  if (isMine) return { ...file, base: now, text: now.text, theirs: null };
  return { ...file, theirs: now };
}

function reduceFile(file: FileState, action: FileAction): FileState {
  switch (action.type) {
    case "edit":
      return { ...file, text: action.text, hasNews: false };
    case "discard":
      return { ...file, text: file.base.text, aside: isEdited(file) ? file.text : file.aside };
    case "save":
      return { ...file, isSaving: true };
    case "save-failed":
      return { ...file, isSaving: false };
    case "saved":
      return afterSave(file, action.sent, action.saved);
    case "bring-back":
      if (file.aside === null) return file;
      return { ...file, text: file.aside, aside: isEdited(file) ? file.text : null };
    case "forget-aside":
      return { ...file, aside: null };
    case "forget-news":
      return { ...file, hasNews: false };
    default:
      return decided(file, action);
  }
}

/** What was edited while the save was on its way stays an edit. */
function afterSave(file: FileState, sent: string, saved: SavedResponse): FileState {
  const base = incoming(saved.text, saved.revision, true);
  const text = file.text === sent ? base.text : file.text;
  return { ...file, base, text, theirs: null, hasNews: false, isSaving: false, problems: [] };
}

/** After somebody else's save: from now on the edits here are edits to theirs. */
function decided(
  file: FileState,
  action: { type: "keep-mine" | "take-theirs" } | { type: "merge"; text: string },
): FileState {
  if (file.theirs === null) return file;
  const base = file.theirs;
  if (action.type === "keep-mine")
    return {
      ...file,
      base,
      theirs: null,
      text: withTheirMasks(file.name, file.base.text, file.text, base.text),
    };
  if (action.type === "merge") return { ...file, base, theirs: null, text: action.text };
  return { ...file, base, theirs: null, text: base.text, aside: file.text };
}

/** Keep what is there already where it says the same, so that nothing is drawn anew for each look. */
function same<Value>(before: Value, now: Value): Value {
  return JSON.stringify(before) === JSON.stringify(now) ? before : now;
}

function incoming(text: string, revision: string, isShown: boolean): Version {
  // Only where every line ends so: a mixture is kept as it is, letter by letter.
  const isCrlf = /\r\n/.test(text) && !/(^|[^\r])\n|\r(?!\n)/.test(text);
  return { text: isCrlf ? text.replaceAll("\r\n", "\n") : text, revision, isShown, isCrlf };
}
