/** Hides in the editor the secrets that were typed or uploaded, but where somebody is typing. */
import { type EditorState, type Extension, type Range, StateEffect, StateField } from "@codemirror/state";
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
  hasFocus: boolean;
  shown: DecorationSet;
}

const focused = StateEffect.define<boolean>();

export function hideSecrets(fileName: string): Extension {
  const over = (state: EditorState, hidden: Hidden[], hasFocus: boolean): Held => {
    const { from, to } = state.selection.main;
    const masks: Range<Decoration>[] = hidden
      .filter((part) => !hasFocus || to < part.from || from > part.to)
      .map((part) => Decoration.replace({ widget: new Mask(part.mask) }).range(part.from, part.to));
    return { hidden, hasFocus, shown: Decoration.set(masks) };
  };
  const field = StateField.define<Held>({
    create: (state) => over(state, hiddenIn(fileName, state.doc.toString()), false),
    update: (held, change) => {
      const focus = change.effects.find((effect) => effect.is(focused));
      const hasFocus = focus?.is(focused) ? focus.value : held.hasFocus;
      if (change.docChanged)
        return over(change.state, hiddenIn(fileName, change.state.doc.toString()), hasFocus);
      return change.selection || focus ? over(change.state, held.hidden, hasFocus) : held;
    },
    provide: (each) => EditorView.decorations.from(each, (held) => held.shown),
  });
  return [field, EditorView.focusChangeEffect.of((_, hasFocus) => focused.of(hasFocus))];
}
