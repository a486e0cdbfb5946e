/** Redrawing now and then for what sums up many rows, instead of with each of them. */
import { useEffect, useState } from "react";
import { useStore } from "./live";

/** Redraw after changes of any of the keys (parted by spaces), at most once in `everyMs`. */
export function useThrottled(keys: string, everyMs: number): void {
  const store = useStore();
  const [, setTurn] = useState(0);
  useEffect(() => {
    let timer: number | undefined;
    let last = Number.NEGATIVE_INFINITY;
    const redraw = () => {
      timer = undefined;
      last = performance.now();
      setTurn((turn) => turn + 1);
    };
    const plan = () => {
      timer ??= window.setTimeout(redraw, Math.max(last + everyMs - performance.now(), 0));
    };
    const ends = keys.split(" ").map((key) => store.subscribe(key, plan));
    // What came between the drawing and this subscription.
    plan();
    return () => {
      window.clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [store, keys, everyMs]);
}
