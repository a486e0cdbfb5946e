/** The keys that work on every page. */
import { useEffect } from "react";
import { isTaken } from "../orders/keys";
import { showPanel } from "./panels";
import { preferences } from "./preferences";
import { useStop } from "./StopButton";

export type ShellDeed = "stop" | "palette" | "help";

interface Press {
  key: string;
  code: string;
  altKey: boolean;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** Return what a key does on any page. Stopping works from everywhere, whatever has the focus. */
export function shellDeed(press: Press, hasKeys: boolean, isInField: boolean): ShellDeed | null {
  const isWithCommand = press.ctrlKey || press.metaKey;
  // By the key's place: with Alt some keyboards write another letter.
  if (press.altKey && press.shiftKey && !isWithCommand && press.code === "KeyS") return "stop";
  if (isWithCommand && !press.altKey && !press.shiftKey && press.key.toLowerCase() === "k") return "palette";
  if (press.key === "?" && hasKeys && !isInField && !isWithCommand && !press.altKey) return "help";
  return null;
}

export function useShellKeys(): void {
  const stop = useStop();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const deed = shellDeed(event, preferences().hasKeys, isTaken(event.target));
      if (deed === null || event.repeat) return;
      event.preventDefault();
      if (deed === "stop") void stop();
      else showPanel(deed);
    };
    // Before the pages' own keys, and before whatever keeps keys to itself.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [stop]);
}
