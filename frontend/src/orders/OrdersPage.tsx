/** The Orders page: what the primary did, what became of it in each account, and what to do about it. */
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useIsFrozen, useStore } from "../live/live";
import { useIsAtLeast } from "../shell/width";
import { Blank } from "./Blank";
import { Blotter } from "./blotter";
import { Cards } from "./Cards";
import { ColumnsMenu } from "./ColumnsMenu";
import { type Orders, OrdersContext, useOrders, useShown } from "./context";
import { saveFile } from "./csv";
import { FilterBar } from "./FilterBar";
import { Grid } from "./Grid";
import type { Deed } from "./keys";
import { keepLayout, type Layout, readLayout } from "./layout";
import { Marks } from "./marks";
import { PreviewDialog } from "./PreviewDialog";
import { type MenuPlace, RowMenu } from "./RowMenu";
import { csvOfLines, saveName } from "./saving";
import { type Opened, useOrdersTable } from "./table";
import { chosenBy, chosenLine } from "./targets";
import { useCommands } from "./useCommands";

/** Below this the grid makes room for cards. */
const GRID_PX = 641;

export function OrdersPage() {
  const store = useStore();
  const [blotter] = useState(() => new Blotter(store));
  const [marks] = useState(() => new Marks());
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const { copy, retry, skip, cancel, proposal, send, close } = useCommands(blotter, marks);
  useEffect(() => blotter.open(), [blotter]);
  const orders = useMemo<Orders>(
    () => ({
      ...{ blotter, marks, copy, retry, skip, cancel },
      openMenu: (line, x, y) => setMenu({ line, x, y }),
    }),
    [blotter, marks, copy, retry, skip, cancel],
  );
  return (
    <OrdersContext.Provider value={orders}>
      <Body />
      {menu !== null && <RowMenu place={menu} onClose={() => setMenu(null)} />}
      {proposal !== null && <PreviewDialog proposal={proposal} send={send} onClose={close} />}
    </OrdersContext.Provider>
  );
}

function Body() {
  const { lines } = useShown();
  const isFrozen = useIsFrozen();
  const isWide = useIsAtLeast(GRID_PX);
  const [layout, setLayout] = useLayout();
  const [opened, setOpened] = useState<Opened>({});
  const [activeId, setActiveId] = useState<string | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const table = useOrdersTable({ lines, layout, setLayout, opened, setOpened });
  const onOpen = useCallback(
    (id: string, isOpen: boolean) => setOpened((old) => ({ ...old, [id]: isOpen })),
    [],
  );
  const save = useSave();
  const onDeed = useDeeds({ activeId, save, find: () => search.current?.focus() });
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      <h2 className="sr-only">Orders</h2>
      <FilterBar
        searchRef={search}
        columns={<ColumnsMenu layout={layout} setLayout={setLayout} />}
        onSave={save}
      />
      {isWide ? (
        <Grid
          {...{ table, layout, opened, onOpen, activeId, onDeed, isFrozen }}
          onActive={setActiveId}
          empty={<Blank />}
        />
      ) : (
        <Cards />
      )}
    </div>
  );
}

/** The layout is the browser's; sorting by it is the blotter's. */
function useLayout(): [Layout, (change: (layout: Layout) => Layout) => void] {
  const { blotter } = useOrders();
  const [layout, setLayout] = useState(readLayout);
  useEffect(() => keepLayout(layout), [layout]);
  useEffect(() => blotter.sort(layout.sort), [blotter, layout.sort]);
  return [layout, setLayout];
}

function useSave(): () => void {
  const store = useStore();
  const { blotter } = useOrders();
  return () => saveFile(saveName(store), csvOfLines(store, blotter.shown.lines));
}

interface PageDeeds {
  activeId: string | null;
  save: () => void;
  find: () => void;
}

/** What keys do for the page as a whole: with what is ticked, else with the row that the keyboard is on. */
function useDeeds({ activeId, save, find }: PageDeeds): (deed: Deed) => void {
  const { blotter, copy, retry, skip } = useOrders();
  const isFrozen = useIsFrozen();
  return (deed) => {
    const { ticks } = blotter;
    const line = activeId?.replace("#", "") ?? null;
    const chosen = !ticks.isEmpty ? chosenBy(ticks) : line === null ? [] : chosenLine(line);
    const mayAsk = !isFrozen && chosen.length > 0;
    if (deed.do === "find") find();
    else if (deed.do === "csv") save();
    else if (deed.do === "clear") ticks.clear();
    else if (deed.do === "filter") blotter.find(deed.filter, blotter.shown.text);
    else if (deed.do === "copy" && mayAsk) copy(chosen);
    else if (deed.do === "retry" && mayAsk) retry(chosen);
    else if (deed.do === "skip" && mayAsk) skip(chosen);
  };
}
