/** Typing over what is marked, done by the editor itself. */
import { EditorView } from "@codemirror/view";

/**
 * Put what is typed in place of the selection before the browser does: Chromium gives such a text the looks
 * of the old one in a style attribute, which the page's content security policy rightly refuses.
 */
export const typeOverSelection = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const text = event.data;
    const { main, ranges } = view.state.selection;
    const isTyped = event.inputType === "insertText" && event.cancelable && !event.isComposing;
    if (!isTyped || !text || main.empty || ranges.length > 1 || view.state.readOnly) return false;
    event.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    // Those that close brackets and the like are asked first, as for any other input.
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, main.from, main.to, text, insert))) view.dispatch(insert());
    return true;
  },
});
