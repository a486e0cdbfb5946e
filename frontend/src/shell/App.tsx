/** The frame around every page: top strip, what stands in the way, and the page itself. */
import { lazy, Suspense } from "react";
import { AccountsPanel } from "../accounts/AccountsPanel";
import { FiguresRow } from "../accounts/FiguresRow";
import { OrdersPage } from "../orders/OrdersPage";
import { ConfirmProvider } from "../ui/confirm";
import { ToastProvider } from "../ui/toasts";
import { Banners } from "./Banners";
import { Boundary } from "./Boundary";
import { useShellKeys } from "./keys";
import { Navigation } from "./Navigation";
import { Overlays } from "./Overlays";
import { patiently } from "./patient";
import { usePage } from "./route";
import { TopStrip } from "./TopStrip";
import { useWatching } from "./watching";
import { PHONE_PX, useHasRail, useIsAtLeast } from "./width";

const PositionsPage = lazy(patiently(() => import("../positions/PositionsPage")));
const AnalyticsPage = lazy(patiently(() => import("../analytics/AnalyticsPage")));
const ConfigPage = lazy(patiently(() => import("../config/ConfigPage")));
const ActivityPage = lazy(patiently(() => import("../activity/ActivityPage")));
const Dock = lazy(patiently(() => import("../analytics/Dock")));

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
      <Boundary name="What was opened">
        <Overlays />
      </Boundary>
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
      <Boundary name="The figures">{page === "orders" && <FiguresRow />}</Boundary>
      <div className="flex min-h-0 min-w-0 flex-1">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <Boundary key={page} name="This page">
            <Suspense fallback={<p className="p-4 text-text-3">Loading…</p>}>
              <Shown />
            </Suspense>
          </Boundary>
          <Boundary name="The charts">
            <Suspense fallback={null}>{page === "orders" && isRoomy && <Dock />}</Suspense>
          </Boundary>
        </div>
        {hasRail && (
          <aside
            aria-label="Accounts and activity"
            className="flex w-[312px] shrink-0 flex-col border-l bg-panel"
          >
            <Boundary name="The accounts">
              <AccountsPanel />
            </Boundary>
          </aside>
        )}
      </div>
    </main>
  );
}
