/** What a browser remembers for its operator: theme, colours, sounds, keys. Never anything about orders. */
import { useSyncExternalStore } from "react";

export interface Preferences {
  theme: "dark" | "light" | "system";
  /** Blue and orange for gains and losses, for eyes that merge teal and red. */
  hasSafeColours: boolean;
  hasSound: boolean;
  hasNotifications: boolean;
  /** Whether single letters act (WCAG 2.1.4 asks for a way to switch them off). */
  hasKeys: boolean;
}

const KEY = "tandem.preferences.1";
const DEFAULTS: Preferences = {
  theme: "system",
  hasSafeColours: false,
  hasSound: false,
  hasNotifications: false,
  hasKeys: true,
};

const listeners = new Set<() => void>();
let held = read();

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

const prefersLight = window.matchMedia?.("(prefers-color-scheme: light)");

/** Return the theme in force. */
export function shownTheme(): "dark" | "light" {
  if (held.theme !== "system") return held.theme;
  return prefersLight?.matches ? "light" : "dark";
}

/** Put the preferences on the document; before the first drawing, so that charts read the right colours. */
export function applyPreferences(): void {
  document.documentElement.dataset["theme"] = shownTheme();
  document.documentElement.dataset["cvd"] = held.hasSafeColours ? "on" : "off";
}

export function prefer(change: Partial<Preferences>): void {
  held = { ...held, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(held));
  } catch {
    // A browser that keeps nothing forgets them with the page.
  }
  applyPreferences();
  for (const listener of [...listeners]) listener();
}

export function preferences(): Preferences {
  return held;
}

prefersLight?.addEventListener("change", () => prefer({}));

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => held,
  );
}
