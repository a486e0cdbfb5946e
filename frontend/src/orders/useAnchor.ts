/** Keeps what is being pointed at where it is: rows that come or go above do not push it away. */
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import type { Item } from "./items";

interface Anchoring {
  box: RefObject<HTMLElement | null>;
  items: readonly Item[];
  /** The item at the top of what is in view. */
  topmost: string | null;
  startOf: (at: number) => number;
  isHeld: RefObject<boolean>;
  /** Changes when the operator asks for other rows: these are then shown from their first. */
  asked: number;
}

interface Anchor {
  /** How many pixels of new rows came above while the rows were held. */
  pushedPx: number;
  /** Go to the new rows. */
  release: () => void;
}

interface Last {
  items: readonly Item[];
  asked: number;
  id: string | null;
  start: number;
}

/** While rows are held, move the scroll position along with the row that is topmost in view. */
export function useAnchor({ box, items, topmost, startOf, isHeld, asked }: Anchoring): Anchor {
  const last = useRef<Last>({ items, asked, id: null, start: 0 });
  const [pushedPx, setPushedPx] = useState(0);
  useLayoutEffect(() => {
    const was = last.current;
    const at = items.findIndex((item) => item.id === topmost);
    last.current = { items, asked, id: topmost, start: at < 0 ? 0 : startOf(at) };
    if (was.asked !== asked) {
      if (was.id !== was.items[0]?.id && box.current) box.current.scrollTop = 0;
      return;
    }
    // Nothing is read of the box unless rows have moved: that would make the browser lay all out at once.
    if (was.items === items || was.id === null || !isHeld.current || !box.current) return;
    const shift = shiftOf(items, was.id, was.start, startOf);
    if (shift === 0) return;
    const before = box.current.scrollTop;
    box.current.scrollTop += shift;
    // As far as it could: few rows do not scroll.
    const pushed = box.current.scrollTop - before;
    if (before < 1 || pushedPx > 0) setPushedPx(Math.max(pushedPx + pushed, 0));
  });
  const release = useCallback(() => {
    setPushedPx((pushed) => {
      if (pushed > 0 && box.current) box.current.scrollTop = 0;
      return 0;
    });
  }, [box]);
  return { pushedPx, release };
}

function shiftOf(items: readonly Item[], id: string, start: number, startOf: (at: number) => number): number {
  const at = items.findIndex((item) => item.id === id);
  return at < 0 ? 0 : startOf(at) - start;
}
