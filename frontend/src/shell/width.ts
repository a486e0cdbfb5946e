/** How much room there is, for parts that are not drawn at all where there is none. */
import { useCallback, useSyncExternalStore } from "react";
import { usePage } from "./route";

/** Tell whether the window is at least so wide, in pixels. */
export function useIsAtLeast(px: number): boolean {
  const query = `(min-width: ${px}px)`;
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia?.(query);
      list?.addEventListener("change", listener);
      return () => list?.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia?.(query).matches ?? false);
}

const RAIL_PX = 1500;
/** Below this it is a phone: pages are reached from the bottom. */
export const PHONE_PX = 768;

/** Tell whether the accounts stand beside the page: next to the orders, where there is room. */
export function useHasRail(): boolean {
  const isWide = useIsAtLeast(RAIL_PX);
  return usePage() === "orders" && isWide;
}
