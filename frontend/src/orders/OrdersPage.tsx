/** The Orders page. */
import { useRevision, useStore } from "../live/live";

export function OrdersPage() {
  useRevision("orders");
  return <h2 className="p-4 font-semibold text-lg">{useStore().orderIds.length} orders</h2>;
}
