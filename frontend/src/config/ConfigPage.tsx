/** The Config page: the operator's files as tabs, each as a form and as text side by side. */
import "./config.css";
import { Tabs } from "radix-ui";
import { useState, useSyncExternalStore } from "react";
import { type FileState, isEdited } from "./files";
import { ReadOnlyText } from "./ReadOnlyText";
import { useConfig } from "./useConfig";
import { useLeavingGuard } from "./useLeavingGuard";
import { Workspace } from "./Workspace";

const narrow = window.matchMedia?.("(max-width: 767px)");

function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow?.addEventListener("change", listener);
      return () => narrow?.removeEventListener("change", listener);
    },
    () => narrow?.matches ?? false,
  );
}

export default function ConfigPage() {
  const config = useConfig();
  const isNarrow = useIsNarrow();
  const [chosen, setChosen] = useState<string | null>(null);
  const [kept] = useState(() => new Map<string, unknown>());
  const { state } = config;
  useLeavingGuard(state?.files.filter(isEdited).map((file) => file.name) ?? []);
  if (state === null) return <NotYet fails={config.fails} />;
  const active = state.files.find((file) => file.name === chosen) ?? state.files[0];
  if (active === undefined) return <NotYet fails="The server knows no configuration files." />;
  return (
    <Tabs.Root
      value={active.name}
      onValueChange={setChosen}
      className="flex min-h-0 flex-1 flex-col bg-panel"
    >
      <h2 className="sr-only">Config</h2>
      <Tabs.List
        aria-label="Configuration files"
        className="flex h-10 shrink-0 overflow-x-auto border-b bg-bg px-2"
      >
        {state.files.map((file) => (
          <FileTab key={file.name} file={file} />
        ))}
      </Tabs.List>
      {state.files.map((file) => (
        <Tabs.Content
          key={file.name}
          value={file.name}
          tabIndex={-1}
          className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden"
        >
          {isNarrow ? (
            <ReadOnlyText file={file} />
          ) : (
            <Workspace file={file} config={config} canSave={state.canSave} kept={kept} />
          )}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function FileTab({ file }: { file: FileState }) {
  return (
    <Tabs.Trigger
      value={file.name}
      className="flex shrink-0 items-center gap-2 border-transparent border-b-2 px-3 font-mono text-sm text-text-2 hover:text-text-1 focus-visible:outline-offset-[-2px] data-[state=active]:border-text-1 data-[state=active]:text-text-1"
    >
      {file.name}
      {isEdited(file) && (
        <span title="Edited, not saved" className="size-2 rounded-full bg-text-1">
          <span className="sr-only">edited, not saved</span>
        </span>
      )}
      {file.theirs !== null && <span className="text-warn text-xs">changed elsewhere</span>}
      {file.problems.length > 0 && !isEdited(file) && (
        <span className="text-down text-xs">
          {file.problems.length === 1 ? "1 problem" : `${file.problems.length} problems`}
        </span>
      )}
    </Tabs.Trigger>
  );
}

function NotYet({ fails }: { fails: string | null }) {
  return (
    <div className="p-4">
      <h2 className="font-semibold text-lg">Config</h2>
      <p role="status" className={fails === null ? "text-text-3" : "text-warn"}>
        {fails === null ? "Loading…" : `The configuration cannot be read: ${fails}`}
      </p>
    </div>
  );
}
