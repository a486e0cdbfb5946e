/** The strip on top of every page: where to go, how all fares, and the one button that must always work. */
import { LogOut, Moon, Sun } from "lucide-react";
import { Button } from "../ui/Button";
import { HealthDots, MarketClock } from "./HealthDots";
import { ModePill } from "./ModePill";
import { prefer, shownTheme, usePreferences } from "./preferences";
import { go, PAGES, type PageName, pathOf, usePage } from "./route";
import { StopButton } from "./StopButton";

const NAMES: Record<PageName, string> = {
  orders: "Orders",
  positions: "Positions",
  analytics: "Analytics",
  config: "Config",
  activity: "Activity",
};

export function TopStrip() {
  return (
    <header className="flex h-12 shrink-0 items-center gap-4 border-b bg-panel px-3">
      <h1 className="flex items-center gap-2 font-semibold text-lg">
        <Mark />
        <span className="max-md:sr-only">Tandem</span>
      </h1>
      <Navigation />
      <div className="ml-auto flex items-center gap-3">
        <HealthDots />
        <MarketClock />
        <ThemeButton />
        <SignOutButton />
        <ModePill />
        <StopButton />
      </div>
    </header>
  );
}

function Navigation() {
  const page = usePage();
  return (
    <nav aria-label="Pages" className="flex h-full overflow-x-auto">
      {PAGES.map((name) => (
        <a
          key={name}
          href={pathOf(name)}
          aria-current={page === name ? "page" : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            go(name);
          }}
          className="flex items-center border-transparent border-b-2 px-3 text-text-2 hover:text-text-1 aria-[current=page]:border-text-1 aria-[current=page]:text-text-1"
        >
          {NAMES[name]}
        </a>
      ))}
    </nav>
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

/** A plain form: it works whatever became of the script behind it. */
function SignOutButton() {
  return (
    <form method="post" action="/sign-out" className="max-md:hidden">
      <Button type="submit" look="quiet" size="icon" aria-label="Sign out">
        <LogOut size={16} aria-hidden />
      </Button>
    </form>
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
