/** Which page is shown: the address decides, and the browser's back and forward work. */
import { useSyncExternalStore } from "react";

export const PAGES = ["orders", "positions", "analytics", "config", "activity"] as const;
export type PageName = (typeof PAGES)[number];

const listeners = new Set<() => void>();

function current(): PageName {
  const name = location.pathname.replaceAll("/", "");
  return PAGES.find((page) => page === name) ?? "orders";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function pathOf(page: PageName): string {
  return page === "orders" ? "/" : `/${page}`;
}

export function go(page: PageName): void {
  if (page === current()) return;
  history.pushState(null, "", pathOf(page));
  for (const listener of [...listeners]) listener();
}

export function usePage(): PageName {
  return useSyncExternalStore(subscribe, current);
}
