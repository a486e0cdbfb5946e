/** How the JSON editor looks, by the page's own colours, so that themes need no editor of their own. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "12.5px", backgroundColor: "var(--panel)", color: "var(--text-1)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono), ui-monospace, monospace", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--text-1)", padding: "8px 0" },
  "&.cm-focused .cm-content": { outline: "2px solid var(--buy)", outlineOffset: "-2px" },
  ".cm-cursor": { borderLeftColor: "var(--text-1)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--buy-bg)",
  },
  ".cm-gutters": {
    backgroundColor: "var(--panel)",
    color: "var(--text-3)",
    borderRight: "1px solid var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--raised) 60%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--raised)", color: "var(--text-1)" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--hover)",
    borderColor: "var(--line-strong)",
    color: "var(--text-2)",
  },
  "&.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--hover)",
    outline: "1px solid var(--line-strong)",
  },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "transparent", outline: "1px solid var(--down)" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--text-1)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    maxWidth: "420px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--buy-bg)",
    color: "var(--text-1)",
  },
  ".cm-completionDetail": { color: "var(--text-3)", fontStyle: "normal" },
  ".cm-diagnostic": { padding: "4px 8px", whiteSpace: "pre-wrap" },
  ".cm-diagnostic-error": { borderLeft: "3px solid var(--down)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--down)",
    textUnderlineOffset: "3px",
    textDecorationThickness: "1px",
  },
  ".cm-lint-marker-error": {
    content: "none",
    width: "9px",
    height: "9px",
    margin: "4px 3px 0",
    borderRadius: "50%",
    backgroundColor: "var(--down)",
  },
  ".cm-gutter-lint": { width: "16px" },
  ".cm-hiddenSecret": { color: "var(--text-3)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--buy)" },
  { tag: tags.string, color: "var(--up)" },
  { tag: tags.number, color: "var(--warn)" },
  { tag: [tags.bool, tags.null], color: "var(--trigger)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--text-2)" },
  { tag: tags.invalid, color: "var(--down)" },
]);

export const editorLook: Extension = [theme, syntaxHighlighting(colours)];
