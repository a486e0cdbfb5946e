/** Every command by name: Ctrl K, a few letters, Enter. Those that send orders still ask. */
import { Command } from "cmdk";
import { useState } from "react";
import { lookNow } from "../api/commands";
import { useIsFrozen, useStatus } from "../live/live";
import { useToasts } from "../ui/toasts";
import { useCancelOpen } from "./cancelOpen";
import { useCopyMode } from "./copyMode";
import { showPanel } from "./panels";
import { prefer, shownTheme, usePreferences } from "./preferences";
import { go, PAGES } from "./route";
import { useResume, useStop } from "./StopButton";

interface Entry {
  name: string;
  key?: string;
  run: () => void;
}

export default function Palette() {
  const copying = useCopyingEntries();
  const page = usePageEntries();
  const [typed, setTyped] = useState("");
  const pick = (entry: Entry) => {
    showPanel(null);
    // Once the palette has given the focus back, so that a question may take it.
    window.setTimeout(entry.run);
  };
  return (
    <Command.Dialog
      open
      label="Commands"
      onOpenChange={(isOpen) => isOpen || showPanel(null)}
      overlayClassName="fixed inset-0 z-40 bg-[#000000a0]"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[560px] max-w-[94vw] -translate-x-1/2 overflow-hidden rounded-dialog border border-line-strong bg-raised shadow-2xl"
    >
      <Command.Input
        value={typed}
        onValueChange={setTyped}
        placeholder="What to do…"
        className="h-11 w-full border-b bg-transparent px-4 text-lg outline-none placeholder:text-text-3"
      />
      <Command.List className="max-h-[60vh] overflow-y-auto p-1">
        <Command.Empty className="p-4 text-text-2">Nothing is called that.</Command.Empty>
        <Group heading="Page" entries={page} onPick={pick} />
        <Group heading="Copying" entries={copying} onPick={pick} />
      </Command.List>
    </Command.Dialog>
  );
}

function Group({
  heading,
  entries,
  onPick,
}: {
  heading: string;
  entries: Entry[];
  onPick: (entry: Entry) => void;
}) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-text-3 [&_[cmdk-group-heading]]:text-xs"
    >
      {entries.map((entry) => (
        <Command.Item
          key={entry.name}
          value={entry.name}
          onSelect={() => onPick(entry)}
          className="flex cursor-pointer items-center justify-between rounded-control px-3 py-2 data-[selected=true]:bg-hover"
        >
          {entry.name}
          {entry.key && <span className="text-text-3 text-xs">{entry.key}</span>}
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** Stop works when nothing else does. None of these is the first entry: Enter alone does nothing to orders. */
function useCopyingEntries(): Entry[] {
  const status = useStatus();
  const isFrozen = useIsFrozen();
  const stop = useStop();
  const resume = useResume();
  const setMode = useCopyMode(status?.venue);
  const cancelOpen = useCancelOpen();
  const toasts = useToasts();
  const look = () =>
    lookNow().then(
      (answer) => toasts.say("Looking now", answer.message),
      (error: unknown) => toasts.refuse("Nothing was read", error),
    );
  const entries: Entry[] = [];
  if (isFrozen || !status?.is_stopped)
    entries.push({ name: "Stop copying", key: "Alt+Shift+S", run: () => void stop() });
  if (isFrozen || status === null) return entries;
  if (status.is_stopped) entries.push({ name: "Resume copying…", run: () => void resume() });
  if (status.copy_mode === "auto")
    entries.push({ name: "Hold new orders", run: () => void setMode("manual") });
  else entries.push({ name: "Copy new orders at once…", run: () => void setMode("auto") });
  entries.push({ name: "Look at all accounts now", run: () => void look() });
  entries.push({ name: "Cancel open copies…", run: () => void cancelOpen() });
  return entries;
}

function usePageEntries(): Entry[] {
  const held = usePreferences();
  const other = shownTheme() === "dark" ? "light" : "dark";
  return [
    ...PAGES.map((page) => ({ name: `Go to ${page}`, run: () => go(page) })),
    { name: "Accounts and activity", run: () => showPanel("accounts") },
    { name: "Keyboard", key: "?", run: () => showPanel("help") },
    { name: `Use the ${other} theme`, run: () => prefer({ theme: other }) },
    {
      name: held.hasSafeColours
        ? "Teal and red for gains and losses"
        : "Blue and orange for gains and losses",
      run: () => prefer({ hasSafeColours: !held.hasSafeColours }),
    },
    { name: held.hasSound ? "Sound off" : "Sound on", run: () => prefer({ hasSound: !held.hasSound }) },
  ];
}
