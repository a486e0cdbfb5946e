/** The JSON editor. It shows the page's text and tells what is typed; the page's text stays the truth. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyField, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { Annotation, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { flushSync } from "react-dom";
import { editorLook } from "./editorLook";
import { hideSecrets } from "./editorSecrets";
import { typeOverSelection } from "./editorTyping";
import { schemaWords } from "./editorWords";
import type { Trouble } from "./problems";

interface EditorProps {
  fileName: string;
  schema: Record<string, unknown>;
  text: string;
  troubles: Trouble[];
  isReadOnly: boolean;
  onEdit: (text: string) => void;
  /** Where the page finds the view, to lead to a problem. */
  view: RefObject<EditorView | null>;
  /** What is left of editors that were shown before: their undo steps, by file. */
  kept: Map<string, unknown>;
}

/** Marks changes that come from the page, which need not be told to it. */
const fromPage = Annotation.define<true>();
const FIELDS = { history: historyField };

export function Editor({ fileName, schema, text, troubles, isReadOnly, onEdit, view, kept }: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef({ text, onEdit });
  useLayoutEffect(() => {
    latest.current = { text, onEdit };
  });
  useLayoutEffect(() => {
    if (place.current === null) return;
    // At once, or the page's next drawing could put an older text over a newer one.
    const tell = (now: string) => flushSync(() => latest.current.onEdit(now));
    const extensions = setup(fileName, schema, isReadOnly, tell);
    const before = kept.get(fileName);
    const state = before
      ? EditorState.fromJSON(before, { extensions }, FIELDS)
      : EditorState.create({ doc: latest.current.text, extensions });
    const shown = new EditorView({ parent: place.current, state });
    putIn(shown, latest.current.text);
    view.current = shown;
    return () => {
      kept.set(fileName, shown.state.toJSON(FIELDS));
      view.current = null;
      shown.destroy();
    };
  }, [fileName, schema, isReadOnly, view, kept]);
  useLayoutEffect(() => {
    if (view.current) putIn(view.current, text);
  }, [text, view]);
  useEffect(() => {
    if (view.current) mark(view.current, troubles);
  }, [troubles, view]);
  return <div ref={place} className="min-h-0 flex-1 overflow-hidden" />;
}

/** Bring a place into sight, the focus staying where it is. */
export function showIn(view: EditorView | null, at: number): void {
  if (view === null || at > view.state.doc.length) return;
  view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "start", yMargin: 40 }) });
}

/** Put the cursor at a place and show it. */
export function leadTo(view: EditorView | null, at: number): void {
  if (view === null) return;
  const anchor = Math.min(at, view.state.doc.length);
  view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
  view.focus();
}

function setup(
  fileName: string,
  schema: Record<string, unknown>,
  isReadOnly: boolean,
  tell: (text: string) => void,
): Extension[] {
  const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
  return [
    EditorView.cspNonce.of(nonce),
    // A lone carriage return stays in the text as it is: the page has taken whole Windows line ends out.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of((pasted) => pasted.replaceAll("\r\n", "\n")),
    EditorState.readOnly.of(isReadOnly),
    EditorView.contentAttributes.of({
      // The content is what scrolls with the keyboard; not every checker knows that it takes the focus.
      tabindex: "0",
      "aria-label": `${fileName} as text. Escape, then Tab, leaves it.`,
      spellcheck: "false",
      autocorrect: "off",
      autocapitalize: "off",
    }),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    drawSelection(),
    history(),
    indentOnInput(),
    indentUnit.of("  "),
    bracketMatching(),
    closeBrackets(),
    typeOverSelection,
    schemaWords(schema),
    json(),
    hideSecrets(fileName),
    editorLook,
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...lintKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      const isOurs = update.transactions.every((each) => each.annotation(fromPage));
      if (update.docChanged && !isOurs) tell(update.state.doc.toString());
    }),
  ];
}

/** Bring the editor to the page's text by the smallest change, so that the cursor and undo survive. */
function putIn(view: EditorView, text: string): void {
  const now = view.state.doc.toString();
  if (now === text) return;
  const most = Math.min(now.length, text.length);
  let from = 0;
  while (from < most && now[from] === text[from]) from += 1;
  let end = 0;
  while (end < most - from && now.at(-1 - end) === text.at(-1 - end)) end += 1;
  const change = { from, to: now.length - end, insert: text.slice(from, text.length - end) };
  view.dispatch({ changes: change, userEvent: "input.form", annotations: fromPage.of(true) });
}

function mark(view: EditorView, troubles: Trouble[]): void {
  const length = view.state.doc.length;
  const diagnostics = troubles
    .filter((trouble) => trouble.line !== null)
    .map(({ from, to, reason, example }) => ({
      from: Math.min(from, length),
      to: Math.min(to, length),
      severity: "error" as const,
      message: example ? `${reason}\nFor example: ${example}` : reason,
    }));
  view.dispatch(setDiagnostics(view.state, diagnostics));
}
