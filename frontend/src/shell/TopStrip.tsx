/** The strip on top of every page: where to go, how all fares, and the one button that must always work. */
import { Moon, Search, Sun, Users } from "lucide-react";
import { troublesOf } from "../accounts/troubles";
import { useAccounts, usePortfolios } from "../live/live";
import { Button, Key } from "../ui/Button";
import { HealthDots, MarketClock } from "./HealthDots";
import { ModePill } from "./ModePill";
import { Navigation } from "./Navigation";
import { showPanel } from "./panels";
import { prefer, shownTheme, usePreferences } from "./preferences";
import { SettingsButton } from "./Settings";
import { StopButton } from "./StopButton";
import { PHONE_PX, useHasRail, useIsAtLeast } from "./width";

export function TopStrip() {
  const isPhone = !useIsAtLeast(PHONE_PX);
  const hasRail = useHasRail();
  return (
    <header className="flex h-12 shrink-0 items-center gap-4 border-b bg-panel px-3 max-md:gap-2">
      <h1 className="flex items-center gap-2 font-semibold text-lg">
        <Mark />
        <span className="max-lg:sr-only">Tandem</span>
      </h1>
      {!isPhone && <Navigation />}
      <div className="ml-auto flex items-center gap-3 max-md:gap-1.5">
        <HealthDots />
        <MarketClock />
        <div className="flex items-center">
          {!isPhone && <PaletteButton />}
          {!hasRail && <AccountsButton />}
          {!isPhone && <ThemeButton />}
          <SettingsButton />
        </div>
        <ModePill />
        <StopButton />
      </div>
    </header>
  );
}

function PaletteButton() {
  return (
    <Button look="quiet" className="px-2!" aria-label="Commands, Ctrl K" onClick={() => showPanel("palette")}>
      <Search size={16} aria-hidden />
      <span className="max-xl:hidden">
        <Key>Ctrl K</Key>
      </span>
    </Button>
  );
}

/** Where the accounts are not in sight, the button to them says whether one of them needs the operator. */
function AccountsButton() {
  const accounts = useAccounts();
  const portfolios = usePortfolios();
  const bad = accounts.filter((each) => troublesOf(each, portfolios.get(each.account_id)).length > 0).length;
  const label = bad > 0 ? `Accounts and activity: ${bad} need you` : "Accounts and activity";
  return (
    <Button
      look="quiet"
      className="px-2!"
      aria-label={label}
      title={label}
      onClick={() => showPanel("accounts")}
    >
      <Users size={16} aria-hidden />
      {bad > 0 && (
        <span aria-hidden className="rounded bg-warn-bg px-1 font-semibold text-warn text-xs">
          {bad}
        </span>
      )}
    </Button>
  );
}

function ThemeButton() {
  usePreferences();
  const isDark = shownTheme() === "dark";
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={isDark ? "Switch to the light theme" : "Switch to the dark theme"}
      onClick={() => prefer({ theme: isDark ? "light" : "dark" })}
    >
      {isDark ? <Sun size={16} aria-hidden /> : <Moon size={16} aria-hidden />}
    </Button>
  );
}

function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <rect x="1" y="1" width="11" height="11" rx="3" className="fill-buy" />
      <rect x="7" y="7" width="11" height="11" rx="3" className="fill-panel stroke-text-1" strokeWidth="2" />
    </svg>
  );
}
