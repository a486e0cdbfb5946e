/** The frame around every page: top strip, what stands in the way, and the page itself. */
import { lazy, Suspense } from "react";
import { AccountsPanel } from "../accounts/AccountsPanel";
import { FiguresRow } from "../accounts/FiguresRow";
import { OrdersPage } from "../orders/OrdersPage";
import { ConfirmProvider } from "../ui/confirm";
import { ToastProvider } from "../ui/toasts";
import { Banners } from "./Banners";
import { useShellKeys } from "./keys";
import { Navigation } from "./Navigation";
import { Overlays } from "./Overlays";
import { usePage } from "./route";
import { TopStrip } from "./TopStrip";
import { useWatching } from "./watching";
import { PHONE_PX, useHasRail, useIsAtLeast } from "./width";

const PositionsPage = lazy(() => import("../positions/PositionsPage"));
const AnalyticsPage = lazy(() => import("../analytics/AnalyticsPage"));
const ConfigPage = lazy(() => import("../config/ConfigPage"));
const ActivityPage = lazy(() => import("../activity/ActivityPage"));
const Dock = lazy(() => import("../analytics/Dock"));

/** Below this the charts under the blotter take more than they give; Analytics has them too. */
const DOCK_PX = 1024;

const SHOWN = {
  orders: OrdersPage,
  positions: PositionsPage,
  analytics: AnalyticsPage,
  config: ConfigPage,
  activity: ActivityPage,
};

export function App() {
  return (
    <ToastProvider>
      <ConfirmProvider>
        <Frame />
      </ConfirmProvider>
    </ToastProvider>
  );
}

function Frame() {
  useShellKeys();
  useWatching();
  const isPhone = !useIsAtLeast(PHONE_PX);
  return (
    <div className="flex h-full flex-col">
      <TopStrip />
      <Banners />
      <Page />
      {isPhone && <Navigation isAtBottom />}
      <Overlays />
    </div>
  );
}

function Page() {
  const page = usePage();
  const Shown = SHOWN[page];
  const hasRail = useHasRail();
  const isRoomy = useIsAtLeast(DOCK_PX);
  return (
    <main className="flex min-h-0 min-w-0 flex-1 flex-col">
      {page === "orders" && <FiguresRow />}
      <div className="flex min-h-0 min-w-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Suspense fallback={<p className="p-4 text-text-3">Loading…</p>}>
            <Shown />
          </Suspense>
          <Suspense fallback={null}>{page === "orders" && isRoomy && <Dock />}</Suspense>
        </div>
        {hasRail && (
          <aside
            aria-label="Accounts and activity"
            className="flex w-[312px] shrink-0 flex-col border-l bg-panel"
          >
            <AccountsPanel />
          </aside>
        )}
      </div>
    </main>
  );
}
