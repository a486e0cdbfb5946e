/** The grid's keys: the letters anywhere on the page, arrows and Space while the grid has the focus. */
import { type KeyboardEvent as ReactKeyboardEvent, useCallback, useEffect, useRef } from "react";
import { preferences } from "../shell/preferences";
import { useOrders } from "./context";
import { type Item, lineOf, parentOf, stepped } from "./items";
import { type Deed, gridDeed, isTaken, letterDeed } from "./keys";
import { lineElementId } from "./Lines";
import type { Opened } from "./table";

const OPEN_PANEL = "[popovertarget][aria-expanded=true]";

export interface GridKeys {
  items: readonly Item[];
  activeId: string | null;
  opened: Opened;
  onActive: (id: string) => void;
  onOpen: (id: string, isOpen: boolean) => void;
  scrollTo: (at: number) => void;
  /** What the page itself does: searching, filtering, sending. */
  onDeed: (deed: Deed) => void;
}

/** Return the grid's key handler, and listen for the letters while the grid is shown. */
export function useGridKeys(keys: GridKeys): (event: ReactKeyboardEvent) => void {
  const latest = useRef(keys);
  latest.current = keys;
  const { blotter, openMenu } = useOrders();
  const perform = useCallback(
    (deed: Deed) => {
      const { items, activeId, opened, onActive, onOpen, scrollTo, onDeed } = latest.current;
      const goTo = (id: string | null) => {
        if (id === null) return;
        onActive(id);
        scrollTo(items.findIndex((item) => item.id === id));
      };
      const active = items.find((item) => item.id === activeId);
      switch (deed.do) {
        case "step": {
          const next = stepped(items, activeId, deed.by);
          if (deed.isRange && activeId !== null && next !== null) {
            if (blotter.ticks.tickOf(lineOf(activeId)) !== "all") blotter.ticks.toggle(lineOf(activeId));
            blotter.ticks.toggleRange(linesOf(items), lineOf(next));
          }
          return goTo(next);
        }
        case "end":
          return goTo((deed.at === "first" ? items[0] : items.at(-1))?.id ?? null);
        case "tick":
          return active && blotter.ticks.toggle(lineOf(active.id));
        case "open":
          return active && active.kind !== "details" && onOpen(active.id, true);
        case "close":
          if (active && active.kind !== "details" && opened[active.id]) return onOpen(active.id, false);
          return active && goTo(parentOf(active));
        case "menu":
          return active && openMenuAt(openMenu, active);
        default:
          return onDeed(deed);
      }
    },
    [blotter, openMenu],
  );
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTaken(event.target)) return;
      const deed = letterDeed(event, preferences().hasKeys);
      // Escape puts an open panel away, by the browser itself; the ticks are for the next press.
      if (deed === null || (deed.do === "clear" && document.querySelector(OPEN_PANEL) !== null)) return;
      event.preventDefault();
      perform(deed);
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [perform]);
  return (event) => {
    const deed = isTaken(event.target) ? null : gridDeed(event);
    if (deed === null) return;
    event.preventDefault();
    perform(deed);
  };
}

/** Return the lines that can be ticked, top to bottom. */
export function linesOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => (item.kind === "details" ? [] : item.id));
}

function openMenuAt(openMenu: (line: string, x: number, y: number) => void, item: Item): void {
  const rect = document.getElementById(lineElementId(item.id))?.getBoundingClientRect();
  if (rect) openMenu(lineOf(item.id), rect.left + rect.width / 2, rect.bottom);
}
