/** What each key does on the Orders page. */
import { FILTERS, type Filter } from "./filters";

export type Deed =
  | { do: "step"; by: number; isRange?: boolean }
  | { do: "end"; at: "first" | "last" }
  | { do: "open" | "close" | "tick" | "menu" }
  | { do: "find" | "copy" | "retry" | "skip" | "csv" | "clear" }
  | { do: "filter"; filter: Filter };

interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const PAGE = 15;

const LETTERS = new Map<string, Deed>([
  ["j", { do: "step", by: 1 }],
  ["k", { do: "step", by: -1 }],
  ["x", { do: "tick" }],
  ["/", { do: "find" }],
  ["c", { do: "copy" }],
  ["r", { do: "retry" }],
  ["s", { do: "skip" }],
  ["e", { do: "csv" }],
  ["Escape", { do: "clear" }],
]);

/** Return what a key does wherever the focus is (but in a field): the letters, which may be switched off. */
export function letterDeed(press: Press, hasKeys: boolean): Deed | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (!hasKeys && press.key !== "Escape") return null;
  const filter = FILTERS[Number(press.key) - 1];
  if (filter !== undefined && /^[1-6]$/.test(press.key)) return { do: "filter", filter };
  return LETTERS.get(press.key.length === 1 ? press.key.toLowerCase() : press.key) ?? null;
}

/** Return what a key does while the grid has the focus. */
export function gridDeed(press: Press): Deed | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  switch (press.key) {
    case "ArrowDown":
      return { do: "step", by: 1, isRange: press.shiftKey };
    case "ArrowUp":
      return { do: "step", by: -1, isRange: press.shiftKey };
    case "PageDown":
      return { do: "step", by: PAGE };
    case "PageUp":
      return { do: "step", by: -PAGE };
    case "Home":
      return { do: "end", at: "first" };
    case "End":
      return { do: "end", at: "last" };
    case "ArrowRight":
      return { do: "open" };
    case "ArrowLeft":
      return { do: "close" };
    case " ":
      return { do: "tick" };
    case "Enter":
    case "ContextMenu":
      return { do: "menu" };
    default:
      return null;
  }
}

/** Tell whether keys belong to whatever has the focus: a field, an editor, a menu, a dialog. */
export function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("[role=dialog],[role=menu],[role=listbox],.cm-editor"))
    return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
