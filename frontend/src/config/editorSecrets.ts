/** Hides in the editor the secrets that were typed or uploaded, but where the cursor is. */
import type { EditorState, Extension, Range } from "@codemirror/state";
import { StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import { type Hidden, hiddenIn } from "./masking";

class Mask extends WidgetType {
  readonly mask: string;
  constructor(mask: string) {
    super();
    this.mask = mask;
  }
  override eq(other: Mask): boolean {
    return other.mask === this.mask;
  }
  override toDOM(): HTMLElement {
    const shown = document.createElement("span");
    shown.className = "cm-hiddenSecret";
    shown.textContent = JSON.stringify(this.mask);
    shown.title = "Hidden. Put the cursor here to see and edit it.";
    return shown;
  }
  override ignoreEvent(): boolean {
    return false;
  }
}

interface Held {
  hidden: Hidden[];
  shown: DecorationSet;
}

export function hideSecrets(fileName: string): Extension {
  const over = (state: EditorState, hidden: Hidden[]): Held => {
    const { from, to } = state.selection.main;
    const masks: Range<Decoration>[] = hidden
      .filter((part) => to < part.from || from > part.to)
      .map((part) => Decoration.replace({ widget: new Mask(part.mask) }).range(part.from, part.to));
    return { hidden, shown: Decoration.set(masks) };
  };
  const field = StateField.define<Held>({
    create: (state) => over(state, hiddenIn(fileName, state.doc.toString())),
    update: (held, change) => {
      if (change.docChanged) return over(change.state, hiddenIn(fileName, change.state.doc.toString()));
      return change.selection ? over(change.state, held.hidden) : held;
    },
    provide: (each) => EditorView.decorations.from(each, (held) => held.shown),
  });
  return field;
}
