/** What becomes of edits when somebody else saves: nothing is lost, nothing is written over unasked. */
import { describe, expect, it } from "vitest";
import type { ConfigFileRow } from "../../src/api/types";
import { type ConfigAction, type FileState, isEdited, outgoing, reduceConfig } from "../../src/config/files";

const NAME = "accounts_config.json";
const row = (text: string, revision: string, more: Partial<ConfigFileRow> = {}): ConfigFileRow => ({
  name: NAME,
  text,
  is_shown: true,
  revision,
  schema: {},
  problems: [],
  ...more,
});
const read = (text: string, revision: string, more: Partial<ConfigFileRow> = {}): ConfigAction => ({
  type: "read",
  files: [row(text, revision, more)],
  canSave: true,
});
const edit = (text: string): ConfigAction => ({ type: "edit", name: NAME, text });
const act = (
  type: "discard" | "save" | "save-failed" | "keep-mine" | "take-theirs" | "bring-back",
): ConfigAction => ({
  type,
  name: NAME,
});
const saved = (sent: string, text: string, revision: string): ConfigAction => ({
  type: "saved",
  name: NAME,
  sent,
  saved: { name: NAME, text, revision, message: "", changes: [] },
});

function held(...actions: ConfigAction[]): FileState {
  const state = actions.reduce(reduceConfig, null);
  const [file] = state?.files ?? [];
  if (file === undefined) throw new Error("No file was read.");
  return file;
}

describe("somebody else's save", () => {
  it("is shown at once where nothing was edited, and said", () => {
    const file = held(read("a", "1"), read("b", "2"));
    expect(file).toMatchObject({ text: "b", hasNews: true, theirs: null });
    expect(file.base.revision).toBe("2");
  });

  it("waits for a decision where something was edited, and changes nothing before", () => {
    const file = held(read("a", "1"), edit("mine"), read("theirs", "2"));
    expect(file).toMatchObject({ text: "mine", hasNews: false });
    expect(file.base).toMatchObject({ text: "a", revision: "1" });
    expect(file.theirs).toMatchObject({ text: "theirs", revision: "2" });
  });

  it("is replaced by a later one, and is over when the old file is back", () => {
    const conflict = [read("a", "1"), edit("mine"), read("theirs", "2")];
    expect(held(...conflict, read("later", "3")).theirs?.text).toBe("later");
    expect(held(...conflict, read("a", "1"))).toMatchObject({ theirs: null, text: "mine" });
  });

  it("that says the same as the edits here ends them", () => {
    const file = held(read("a", "1"), edit("b"), read("b", "2"));
    expect(file).toMatchObject({ theirs: null, text: "b" });
    expect(isEdited(file)).toBe(false);
  });

  it("is known as one's own by its masked secrets, when only the answer was lost", () => {
    const mine = '[{"account_id": "AB1234", "cred1": "a-secret-that-is-typed"}]';
    const masked = '[{"account_id": "AB1234", "cred1": "••••yped"}]';
    const file = held(read("[]", "1"), edit(mine), act("save"), act("save-failed"), read(masked, "2"));
    expect(file).toMatchObject({ theirs: null, text: masked, isSaving: false });
  });

  it("may hide what it says; the edits stay", () => {
    const file = held(read("a", "1"), edit(""), read("", "2", { is_shown: false }));
    expect(file.theirs).toMatchObject({ isShown: false });
  });
});

describe("deciding", () => {
  const conflict = [read("a", "1"), edit("mine"), read("theirs", "2")];

  it("keeps mine as edits of theirs, to be saved over it knowingly", () => {
    const file = held(...conflict, act("keep-mine"));
    expect(file).toMatchObject({ text: "mine", theirs: null, aside: null });
    expect(file.base).toMatchObject({ text: "theirs", revision: "2" });
  });

  it("keeps mine with the tokens that a login renewed meanwhile", () => {
    const text = (token: string, more = "", id = "AB1234") =>
      `[{"account_id": "${id}", "cred1": "••••0001", "cred2": "${token}"${more}}]`;
    const keep = (mine: string, theirs: string) =>
      held(read(text("••••aaaa"), "1"), edit(mine), read(theirs, "2"), act("keep-mine")).text;
    const off = ', "mode": "off"';
    expect(keep(text("••••aaaa", off), text("••••bbbb"))).toBe(text("••••bbbb", off));
    expect(keep(text("typed-by-me", off), text("••••bbbb"))).toBe(text("typed-by-me", off));
    expect(keep(text("••••aaaa", off), text("••••bbbb", "", "CD5678"))).toBe(text("••••aaaa", off));
    expect(keep(text("••••zzzz", off), text("••••bbbb"))).toBe(text("••••zzzz", off));
    expect(keep("[no json", text("••••bbbb"))).toBe("[no json");
  });

  it("takes theirs and sets mine aside, to be brought back", () => {
    const file = held(...conflict, act("take-theirs"));
    expect(file).toMatchObject({ text: "theirs", theirs: null, aside: "mine" });
    expect(held(...conflict, act("take-theirs"), act("bring-back"))).toMatchObject({
      text: "mine",
      aside: null,
    });
  });

  it("takes a merge as edits of theirs", () => {
    const file = held(...conflict, { type: "merge", name: NAME, text: "both" });
    expect(file).toMatchObject({ text: "both", theirs: null });
    expect(file.base.revision).toBe("2");
  });

  it("does nothing where there is nothing to decide", () => {
    for (const deed of [act("keep-mine"), act("take-theirs"), act("bring-back")])
      expect(held(read("a", "1"), edit("b"), deed)).toMatchObject({ text: "b", base: { revision: "1" } });
  });

  it("brings edits back by changing them for those made since", () => {
    const file = held(...conflict, act("take-theirs"), edit("newer"), act("bring-back"));
    expect(file).toMatchObject({ text: "mine", aside: "newer" });
  });

  it("discards to the file's text, and keeps what was discarded", () => {
    expect(held(read("a", "1"), edit("b"), act("discard"))).toMatchObject({ text: "a", aside: "b" });
    expect(held(read("a", "1"), act("discard"))).toMatchObject({ text: "a", aside: null });
  });
});

describe("saving", () => {
  it("shows what the server made of it, and is no longer an edit", () => {
    const file = held(read("a", "1"), edit("b"), act("save"), saved("b", "B", "2"));
    expect(file).toMatchObject({ text: "B", isSaving: false, problems: [] });
    expect(isEdited(file)).toBe(false);
  });

  it("keeps what was typed while it was on its way", () => {
    const file = held(read("a", "1"), edit("b"), act("save"), edit("bc"), saved("b", "b", "2"));
    expect(file).toMatchObject({ text: "bc", isSaving: false });
    expect(file.base).toMatchObject({ text: "b", revision: "2" });
  });

  it("is not taken for somebody else's while its answer is awaited", () => {
    const file = held(read("a", "1"), edit("b"), act("save"), read("masked", "2"));
    expect(file).toMatchObject({ theirs: null, text: "b", isSaving: true });
  });

  it("that was refused leaves the edits, and the next look tells whose file it is", () => {
    const file = held(read("a", "1"), edit("b"), act("save"), act("save-failed"), read("c", "2"));
    expect(file).toMatchObject({ text: "b", isSaving: false });
    expect(file.theirs?.text).toBe("c");
  });
});

describe("line ends", () => {
  it("of Windows come back as they were", () => {
    const file = held(read("a\r\nb\r\n", "1"));
    expect(file.text).toBe("a\nb\n");
    expect(outgoing(file)).toBe("a\r\nb\r\n");
    expect(outgoing(file, "c\n")).toBe("c\r\n");
  });

  it.each([
    "a\nb\r\n",
    "a\r\nb\n",
    "a\rb",
    "a\r\n\rb",
    "a\n",
    "",
    "\n\r\n",
  ])("of a mixture stay: %j", (text) => {
    const file = held(read(text, "1"));
    expect(file.text).toBe(text);
    expect(outgoing(file)).toBe(text);
  });
});

it("knows no file before the first look", () => {
  expect(reduceConfig(null, edit("x"))).toBeNull();
});
