/** Figures over all copies, recomputed at most once a second however fast the rows change. */
import { useEffect, useState } from "react";
import { useStore } from "../live/live";
import type { LiveStore } from "../live/store";

const EVERY_MS = 1_000;

/** Return what `compute` makes of the store, anew at most once a second. `compute` must be a stable function. */
export function useFigures<Figures>(compute: (store: LiveStore) => Figures): Figures {
  const store = useStore();
  const [figures, setFigures] = useState(() => compute(store));
  useEffect(() => {
    let timer: number | undefined;
    const renew = () => {
      timer = undefined;
      setFigures(compute(store));
    };
    const later = () => {
      timer ??= window.setTimeout(renew, EVERY_MS);
    };
    renew();
    const ends = ["rows", "accounts"].map((key) => store.subscribe(key, later));
    return () => {
      window.clearTimeout(timer);
      for (const end of ends) end();
    };
  }, [store, compute]);
  return figures;
}
