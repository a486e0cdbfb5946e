/** The way to the pages: in the top strip, on phones at the bottom within reach of the thumb. */
import { ChartColumn, ListOrdered, type LucideIcon, ScrollText, Settings2, Table2 } from "lucide-react";
import { go, PAGES, type PageName, pathOf, usePage } from "./route";

const NAMES: Record<PageName, string> = {
  orders: "Orders",
  positions: "Positions",
  analytics: "Analytics",
  config: "Config",
  activity: "Activity",
};
const ICONS: Record<PageName, LucideIcon> = {
  orders: ListOrdered,
  positions: Table2,
  analytics: ChartColumn,
  config: Settings2,
  activity: ScrollText,
};
const AT_TOP =
  "flex items-center border-transparent border-b-2 px-3 text-text-2 hover:text-text-1 aria-[current=page]:border-text-1 aria-[current=page]:text-text-1";
const AT_BOTTOM =
  "flex min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-text-2 text-xs aria-[current=page]:font-semibold aria-[current=page]:text-text-1";

export function Navigation({ isAtBottom = false }: { isAtBottom?: boolean }) {
  const page = usePage();
  return (
    <nav
      aria-label="Pages"
      className={isAtBottom ? "flex h-14 shrink-0 border-t bg-panel" : "flex h-full overflow-x-auto"}
    >
      {PAGES.map((name) => {
        const Icon = ICONS[name];
        return (
          <a
            key={name}
            href={pathOf(name)}
            aria-current={page === name ? "page" : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              go(name);
            }}
            className={isAtBottom ? AT_BOTTOM : AT_TOP}
          >
            {isAtBottom && <Icon size={18} aria-hidden />}
            {NAMES[name]}
          </a>
        );
      })}
    </nav>
  );
}
