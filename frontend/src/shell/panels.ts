/** Which panel lies over the page, if any: whoever can open one need not know who shows it. */
import { useSyncExternalStore } from "react";

export type PanelName = "accounts" | "palette" | "help";

const listeners = new Set<() => void>();
let open: PanelName | null = null;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function showPanel(name: PanelName | null): void {
  open = name;
  for (const listener of [...listeners]) listener();
}

export function usePanel(): PanelName | null {
  return useSyncExternalStore(subscribe, () => open);
}
