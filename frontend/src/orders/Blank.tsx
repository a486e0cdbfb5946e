/** What stands in the grid's place while there is nothing to show. */
import { useHealth, useStore } from "../live/live";
import { Button } from "../ui/Button";
import { primaryId } from "./columns";
import { useOrders, useShown } from "./context";
import { FILTER_NAMES } from "./filters";

const GREY_ROWS = 12;

/** Rows of the real height while the first snapshot is on its way: nothing jumps, nothing spins. */
function Loading() {
  return (
    <div role="status" aria-label="Loading orders">
      {Array.from({ length: GREY_ROWS }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={at} className="flex h-[30px] items-center gap-4 border-b px-3">
          <span className="h-2.5 w-16 rounded bg-hover" />
          <span className="h-2.5 w-20 rounded bg-hover" />
          <span className="h-2.5 w-40 rounded bg-hover" />
          <span className="h-2.5 flex-1 rounded bg-hover" />
        </div>
      ))}
    </div>
  );
}

export function Blank() {
  const store = useStore();
  const { blotter } = useOrders();
  const { filter, text, counts } = useShown();
  const { phase } = useHealth();
  if (store.isEmpty && phase !== "connecting")
    return (
      <p className="p-4 text-text-2">Orders are not known: the page has not heard from the copier yet.</p>
    );
  if (store.isEmpty) return <Loading />;
  if (counts.all > 0)
    return (
      <div className="flex items-center gap-3 p-4 text-text-2">
        <p className="min-w-0 break-words">
          No order {text.trim() && `with “${text.trim()}” `}
          {filter === "all" ? "is here" : `under ${FILTER_NAMES[filter]}`}.
        </p>
        {filter !== "all" && (
          <Button size="small" onClick={() => blotter.find("all", text)}>
            Show all
          </Button>
        )}
      </div>
    );
  const id = primaryId(store);
  return (
    <p className="p-4 text-text-2">
      No orders yet today. The first order in {store.account(id)?.name || id || "the primary account"} will
      appear here.
    </p>
  );
}
