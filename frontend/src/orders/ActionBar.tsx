/** What can be done with the ticked orders; it stands where the filters stood. */
import { useSyncExternalStore } from "react";
import { useIsFrozen, useStore } from "../live/live";
import { Button, Key } from "../ui/Button";
import { useOrders, useShown, useSlowRevision, useTicksRevision } from "./context";
import { accountsCopiedTo, chosenBy, heldOf, retriesOf } from "./targets";
import { plural } from "./useCommands";

const COUNT_AGAIN_MS = 250;

export function ActionBar() {
  const store = useStore();
  const { blotter, copy, retry, skip } = useOrders();
  const { ticks } = blotter;
  useTicksRevision();
  useSlowRevision("rows", COUNT_AGAIN_MS);
  const isFrozen = useIsFrozen();
  const chosen = chosenBy(ticks);
  const isBusy = useIsBusy(chosen.map((one) => one.orderId));
  const failed = retriesOf(store, chosen).length;
  const held = heldOf(store, chosen).length;
  const isOff = isFrozen || isBusy;
  const why = isFrozen ? "The page is not connected" : isBusy ? "Waiting for the server's answer" : undefined;
  return (
    <div
      role="toolbar"
      aria-label="Ticked orders"
      className="flex min-w-0 items-center gap-2 overflow-x-auto p-0.5"
    >
      <Selected number={chosen.length} />
      <Button look="primary" disabled={isOff} title={why} onClick={() => copy(chosenBy(ticks))}>
        Copy to {plural(accountsCopiedTo(store), "account")}…<Key>C</Key>
      </Button>
      <Button disabled={isOff || failed === 0} title={why} onClick={() => retry(chosenBy(ticks))}>
        Retry failed{failed > 0 && ` (${failed})`}
        <Key>R</Key>
      </Button>
      <Button disabled={isOff || held === 0} title={why} onClick={() => skip(chosenBy(ticks))}>
        Skip
        <Key>S</Key>
      </Button>
      <Button look="quiet" onClick={() => ticks.clear()}>
        Clear
        <Key>Esc</Key>
      </Button>
    </div>
  );
}

/** Said aloud whenever it changes. Ticks stay with orders that a filter hides, so those are counted too. */
function Selected({ number }: { number: number }) {
  const { ticks } = useOrders().blotter;
  const { lines } = useShown();
  const shown = new Set(lines.map((line) => line.orderId));
  const hidden = ticks.orderIds.filter((id) => !shown.has(id)).length;
  return (
    <p role="status" data-testid="selected" className="whitespace-nowrap pr-1 font-medium">
      {number} selected{hidden > 0 && <span className="text-warn">, {hidden} hidden</span>}
    </p>
  );
}

function useIsBusy(ids: string[]): boolean {
  const { marks } = useOrders();
  return useSyncExternalStore(marks.subscribe, () => ids.some((id) => marks.of(id).isBusy));
}
