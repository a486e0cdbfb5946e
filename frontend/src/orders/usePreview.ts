/** The preview of a proposal, asked anew every few seconds while its dialog is open. */
import { useEffect, useState } from "react";
import type { PreviewRow } from "../api/types";
import type { Proposal } from "./context";
import { askPreview } from "./previews";

const EVERY_MS = 3_000;

export interface Previewed {
  /** The newest one, null where there is none or the last request for it failed: nothing may be sent then. */
  preview: PreviewRow | null;
  error: unknown;
}

export function usePreview(proposal: Proposal, isPaused: boolean): Previewed {
  const [shown, setShown] = useState<Previewed>({ preview: null, error: null });
  useEffect(() => {
    if (isPaused) return;
    let isOpen = true;
    let timer: number | undefined;
    const ask = async () => {
      const next = await askPreview(proposal).then(
        (preview) => ({ preview, error: null }),
        (error: unknown) => ({ preview: null, error }),
      );
      if (!isOpen) return;
      setShown(next);
      timer = window.setTimeout(ask, EVERY_MS);
    };
    void ask();
    return () => {
      isOpen = false;
      window.clearTimeout(timer);
    };
  }, [proposal, isPaused]);
  return shown;
}
