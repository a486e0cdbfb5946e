/** The frame around every page: top strip, what stands in the way, and the page itself. */
import { lazy, Suspense } from "react";
import { OrdersPage } from "../orders/OrdersPage";
import { ConfirmProvider } from "../ui/confirm";
import { ToastProvider } from "../ui/toasts";
import { Banners } from "./Banners";
import { usePage } from "./route";
import { TopStrip } from "./TopStrip";

const PositionsPage = lazy(() => import("../positions/PositionsPage"));
const AnalyticsPage = lazy(() => import("../analytics/AnalyticsPage"));
const ConfigPage = lazy(() => import("../config/ConfigPage"));
const ActivityPage = lazy(() => import("../activity/ActivityPage"));

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
        <div className="flex h-full flex-col">
          <TopStrip />
          <Banners />
          <Page />
        </div>
      </ConfirmProvider>
    </ToastProvider>
  );
}

function Page() {
  const Shown = SHOWN[usePage()];
  return (
    <main className="flex min-h-0 flex-1 flex-col">
      <Suspense fallback={<p className="p-4 text-text-3">Loading…</p>}>
        <Shown />
      </Suspense>
    </main>
  );
}
