/** The Orders page: what the primary did, what became of it in each account, and what to do about it. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { useIsFrozen, useStore } from "../live/live";
import { Blotter } from "./blotter";
import { type Orders, OrdersContext, useShown } from "./context";
import { FilterBar } from "./FilterBar";
import { Grid } from "./Grid";
import type { Deed } from "./keys";
import { keepLayout, type Layout, readLayout } from "./layout";
import { Marks } from "./marks";
import { type Opened, useOrdersTable } from "./table";

export function OrdersPage() {
  const store = useStore();
  const [blotter] = useState(() => new Blotter(store));
  const [marks] = useState(() => new Marks());
  useEffect(() => blotter.open(), [blotter]);
  const orders = useMemo<Orders>(
    () => ({
      blotter,
      marks,
      copy: () => undefined,
      retry: () => undefined,
      skip: () => undefined,
      cancel: () => undefined,
      openMenu: () => undefined,
    }),
    [blotter, marks],
  );
  return (
    <OrdersContext.Provider value={orders}>
      <Body />
    </OrdersContext.Provider>
  );
}

function Body() {
  const { lines } = useShown();
  const isFrozen = useIsFrozen();
  const [layout, putLayout] = useState(readLayout);
  const [opened, setOpened] = useState<Opened>({});
  const [activeId, setActiveId] = useState<string | null>(null);
  const setLayout = useCallback((change: (old: Layout) => Layout) => putLayout(change), []);
  useEffect(() => keepLayout(layout), [layout]);
  const table = useOrdersTable({ lines, layout, setLayout, opened, setOpened });
  const onOpen = useCallback(
    (id: string, isOpen: boolean) => setOpened((old) => ({ ...old, [id]: isOpen })),
    [],
  );
  const onDeed = (_deed: Deed) => undefined;
  return (
    <div className="flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col">
        <FilterBar />
        <Grid
          {...{ table, layout, opened, onOpen, activeId, onDeed, isFrozen }}
          onActive={setActiveId}
          empty={<p className="p-4 text-text-3">Nothing</p>}
        />
      </div>
    </div>
  );
}
