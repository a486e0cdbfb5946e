/** The configuration files, kept in step with the disk: whoever saves them, this page knows it soon. */
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { get, post, put, RefusedError } from "../api/client";
import type { ConfigResponse, RestoreRequest, SavedResponse, SaveRequest } from "../api/types";
import { useStatus } from "../live/live";
import { whyNot } from "../ui/toasts";
import { type ConfigState, type FileAction, type FileState, outgoing, reduceConfig } from "./files";

const EVERY_MS = 3_000;

export interface Config {
  state: ConfigState | null;
  /** Why the files could not be read just now. */
  fails: string | null;
  act: (name: string, action: FileAction) => void;
  /** Save a file's edits; RefusedError where they were not saved. */
  save: (file: FileState) => Promise<SavedResponse>;
  restore: (file: FileState, version: string) => Promise<SavedResponse>;
}

export function addressOf(name: string, ...more: string[]): string {
  return ["/api/v1/config", name, ...more]
    .map((part, at) => (at === 0 ? part : encodeURIComponent(part)))
    .join("/");
}

export function useConfig(): Config {
  const [state, dispatch] = useReducer(reduceConfig, null);
  const [fails, setFails] = useState<string | null>(null);
  const deeds = useRef(0);
  const read = useCallback(async () => {
    const before = deeds.current;
    try {
      const { files, can_save } = await get<ConfigResponse>("/api/v1/config");
      // What was read around a save of ours may be older than it.
      if (before === deeds.current) dispatch({ type: "read", files, canSave: can_save });
      setFails(null);
    } catch (error) {
      setFails(whyNot(error));
    }
  }, []);
  useRereading(read);
  const act = useCallback((name: string, action: FileAction) => dispatch({ ...action, name }), []);
  const send = useCallback(
    async (file: FileState, request: () => Promise<SavedResponse>) => {
      deeds.current += 1;
      act(file.name, { type: "save" });
      try {
        const saved = await request();
        act(file.name, { type: "saved", sent: file.text, saved });
        return saved;
      } catch (error) {
        act(file.name, { type: "save-failed" });
        throw error;
      } finally {
        deeds.current += 1;
        void read();
      }
    },
    [act, read],
  );
  const save = (file: FileState) => {
    const body: SaveRequest = { text: outgoing(file), revision: file.base.revision };
    return send(file, () => put<SavedResponse>(addressOf(file.name), body));
  };
  const restore = (file: FileState, version: string) => {
    const body: RestoreRequest = { revision: file.base.revision };
    return send(file, () => post<SavedResponse>(addressOf(file.name, "history", version, "restore"), body));
  };
  return { state, fails, act, save, restore };
}

/** Read now, every few seconds while somebody looks, and at once when the engine has new rules. */
function useRereading(read: () => Promise<void>): void {
  const status = useStatus();
  const revision = `${status?.revision ?? ""} ${status?.config_refused ?? ""}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is the reason to read again
  useEffect(() => void read(), [read, revision]);
  useEffect(() => {
    const look = () => {
      if (!document.hidden) void read();
    };
    const timer = window.setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [read]);
}

/** Tell whether a save was refused because somebody else saved before. */
export function isChangedMeanwhile(error: unknown): boolean {
  return error instanceof RefusedError && error.code === "config_changed";
}
