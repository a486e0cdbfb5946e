/** How the trade log fares. It is kept by a program of its own, so the page asks for it now and then. */
import { useEffect, useState } from "react";
import { get } from "../api/client";
import type { RecordsOverview } from "../api/types";

const EVERY_MS = 5_000;

/** Return the records' overview, anew every few seconds; null where it cannot be had. */
export function useRecords(): RecordsOverview | null {
  const [found, setFound] = useState<RecordsOverview | null>(null);
  useEffect(() => {
    let isShown = true;
    const ask = async () => {
      if (document.hidden) return;
      const overview = await get<RecordsOverview>("/api/v1/records").catch(() => null);
      if (isShown) setFound(overview);
    };
    void ask();
    const timer = window.setInterval(ask, EVERY_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, []);
  return found;
}
