/** What this browser remembers for its operator: looks, sounds, notifications, keys. */
import { Settings as Gear, LogOut } from "lucide-react";
import { useState } from "react";
import { Button } from "../ui/Button";
import { Popover } from "../ui/Popover";
import { Segments } from "../ui/Segments";
import { Switch } from "../ui/Switch";
import { type Preferences, prefer, usePreferences } from "./preferences";
import { chime, mayNotify } from "./signals";

const THEMES = [
  { value: "dark", name: "Dark" },
  { value: "light", name: "Light" },
  { value: "system", name: "System" },
] as const;

export function SettingsButton() {
  return (
    <Popover
      label="Settings"
      look="quiet"
      size="icon"
      aria-label="Settings"
      face={<Gear size={16} aria-hidden />}
    >
      {() => <Choices />}
    </Popover>
  );
}

function Choices() {
  const held = usePreferences();
  const [note, setNote] = useState("");
  const notify = async (isOn: boolean) => {
    const isAllowed = !isOn || (await mayNotify());
    setNote(isAllowed ? "" : "The browser does not allow it: permit notifications for this page first.");
    prefer({ hasNotifications: isOn && isAllowed });
  };
  return (
    <div className="flex flex-col gap-3 p-3">
      <div className="flex items-center justify-between gap-3">
        Theme
        <Segments
          label="Theme"
          value={held.theme}
          choices={THEMES}
          onChange={(theme: Preferences["theme"]) => prefer({ theme })}
        />
      </div>
      <Choice
        name="Blue and orange for gains and losses"
        isOn={held.hasSafeColours}
        onChange={(hasSafeColours) => prefer({ hasSafeColours })}
      />
      <Choice
        name="Sound"
        more="When a copy is refused, a session ends, the page is cut off, or copying stops."
        isOn={held.hasSound}
        onChange={(hasSound) => {
          prefer({ hasSound });
          // Also what the browser asks for: it lets nothing sound that no click began.
          if (hasSound) chime("resumed");
        }}
      />
      <Choice
        name="Desktop notifications"
        more={note || "Of the same, while this page is in the background."}
        isOn={held.hasNotifications}
        onChange={(isOn) => void notify(isOn)}
      />
      <Choice
        name="Single letters act"
        more="Alt+Shift+S and Ctrl+K work in any case."
        isOn={held.hasKeys}
        onChange={(hasKeys) => prefer({ hasKeys })}
      />
      <SignOut />
    </div>
  );
}

interface ChoiceProps {
  name: string;
  more?: string;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function Choice({ name, more = "", isOn, onChange }: ChoiceProps) {
  return (
    <div className="flex items-start justify-between gap-3">
      <span>
        {name}
        {more && <span className="block text-text-2 text-xs">{more}</span>}
      </span>
      <Switch isOn={isOn} onChange={onChange} aria-label={name} />
    </div>
  );
}

/** A plain form: it works whatever became of the script behind it. */
function SignOut() {
  return (
    <form method="post" action="/sign-out" className="border-t pt-3">
      <Button type="submit" className="w-full justify-center">
        <LogOut size={14} aria-hidden />
        Sign out
      </Button>
    </form>
  );
}
