/** What clicks do in the grid: one listener for all rows, which say by data-act what was hit. */
import type { MouseEvent } from "react";
import { useOrders } from "./context";
import { type Item, lineOf } from "./items";
import type { Opened } from "./table";
import { chosenLine } from "./targets";
import { linesOf } from "./useGridKeys";

interface GridPointer {
  items: readonly Item[];
  opened: Opened;
  onActive: (id: string) => void;
  onOpen: (id: string, isOpen: boolean) => void;
}

interface Handlers {
  onMouseDown: (event: MouseEvent<HTMLElement>) => void;
  onClick: (event: MouseEvent<HTMLElement>) => void;
  onContextMenu: (event: MouseEvent<HTMLElement>) => void;
}

export function useGridPointer({ items, opened, onActive, onOpen }: GridPointer): Handlers {
  const { blotter, openMenu, retry } = useOrders();
  return {
    onMouseDown: (event) => {
      // The focus stays with the grid; with Shift, text would be marked from row to row.
      if (hit(event.target, "[data-act]") === null && !event.shiftKey) return;
      event.preventDefault();
      event.currentTarget.focus();
    },
    onClick: (event) => {
      const id = hit(event.target, "[data-line]")?.dataset["line"];
      if (id === undefined) return;
      onActive(id);
      const line = lineOf(id);
      switch (hit(event.target, "[data-act]")?.dataset["act"]) {
        case "tick":
          if (event.shiftKey) blotter.ticks.toggleRange(linesOf(items), line);
          else blotter.ticks.toggle(line);
          break;
        case "open":
          onOpen(line, opened[line] !== true);
          break;
        case "retry":
          retry(chosenLine(line));
          break;
        case "menu":
          openMenu(line, event.clientX, event.clientY);
          break;
      }
    },
    onContextMenu: (event) => {
      const id = hit(event.target, "[data-line]")?.dataset["line"];
      if (id === undefined || window.getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      onActive(id);
      openMenu(lineOf(id), event.clientX, event.clientY);
    },
  };
}

function hit(target: EventTarget, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}
