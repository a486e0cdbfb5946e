/** What the parts of the Orders page share: the blotter, the marks, and what can be asked for. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { TickedCopy } from "../api/types";
import { useStore } from "../live/live";
import type { Blotter, Shown } from "./blotter";
import type { Mark, Marks } from "./marks";
import type { Chosen, Group } from "./targets";
import type { Tick } from "./ticks";

/** What a dialog previews and then sends. */
export type Proposal = { kind: "copy"; groups: Group[] } | { kind: "retry"; copies: TickedCopy[] };

export interface Orders {
  blotter: Blotter;
  marks: Marks;
  copy: (chosen: readonly Chosen[]) => void;
  retry: (chosen: readonly Chosen[]) => void;
  skip: (chosen: readonly Chosen[]) => void;
  cancel: (chosen: readonly Chosen[]) => void;
  /** Open the menu of a line at a point of the window. */
  openMenu: (line: string, x: number, y: number) => void;
}

export const OrdersContext = createContext<Orders | null>(null);

export function useOrders(): Orders {
  const orders = useContext(OrdersContext);
  if (orders === null) throw new Error("OrdersContext is missing.");
  return orders;
}

export function useShown(): Shown {
  const { blotter } = useOrders();
  return useSyncExternalStore(blotter.subscribe, () => blotter.shown);
}

export function useTick(id: string): Tick {
  const { ticks } = useOrders().blotter;
  return useSyncExternalStore(ticks.subscribe, () => ticks.tickOf(id));
}

export function useTicksRevision(): number {
  const { ticks } = useOrders().blotter;
  return useSyncExternalStore(ticks.subscribe, () => ticks.revision);
}

export function useMark(id: string): Mark {
  const { marks } = useOrders();
  return useSyncExternalStore(marks.subscribe, () => marks.of(id));
}

/** Redraw when `key` of the store changes, but not more often than every `everyMs`. */
export function useSlowRevision(key: string, everyMs: number): number {
  const store = useStore();
  const [revision, setRevision] = useState(() => store.revision(key));
  const take = useCallback(() => setRevision(store.revision(key)), [store, key]);
  useEffect(() => {
    let timer: number | undefined;
    const end = store.subscribe(key, () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        take();
      }, everyMs);
    });
    take();
    return () => {
      end();
      window.clearTimeout(timer);
    };
  }, [store, key, everyMs, take]);
  return revision;
}
