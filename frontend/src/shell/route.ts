/** Which page is shown: the address decides, and the browser's back and forward work. */
import { useSyncExternalStore } from "react";

export const PAGES = ["orders", "positions", "analytics", "config", "activity"] as const;
export type PageName = (typeof PAGES)[number];

/** Answers whether the page may be left, having asked where it must. */
type Guard = () => Promise<boolean>;

const listeners = new Set<() => void>();
let guard: Guard | null = null;
let shown = current();

function current(): PageName {
  const name = location.pathname.replaceAll("/", "");
  return PAGES.find((page) => page === name) ?? "orders";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function show(page: PageName): void {
  shown = page;
  for (const listener of [...listeners]) listener();
}

/** The browser has moved already: where the page must not be left unasked, it is moved back first. */
window.addEventListener("popstate", () => {
  const wanted = current();
  if (guard === null || wanted === shown) return show(wanted);
  history.pushState(null, "", pathOf(shown));
  go(wanted);
});

export function pathOf(page: PageName): string {
  return page === "orders" ? "/" : `/${page}`;
}

export function go(page: PageName): void {
  if (page === shown) return;
  if (guard === null) leaveFor(page);
  else
    void guard().then((mayLeave) => {
      if (mayLeave) leaveFor(page);
    });
}

function leaveFor(page: PageName): void {
  history.pushState(null, "", pathOf(page));
  show(page);
}

/** Have `ask` decide whether the page shown may be left, until the returned function is called. */
export function guardLeaving(ask: Guard): () => void {
  guard = ask;
  return () => {
    if (guard === ask) guard = null;
  };
}

export function usePage(): PageName {
  return useSyncExternalStore(subscribe, () => shown);
}
