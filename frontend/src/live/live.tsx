/** The live state for components: each hook redraws its component only when what it returns has changed. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { AccountRow, AlertRow, CopyRow, LinkRow, OrderRow, PortfolioRow, StatusRow } from "../api/types";
import { Connection, type Health } from "./connection";
import { LiveStore } from "./store";

interface Live {
  store: LiveStore;
  connection: Connection;
}

const LiveContext = createContext<Live | null>(null);

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("LiveProvider is missing.");
  return live;
}

/** Keep the page connected while it is shown. Tests give a store and a connection of their own. */
export function LiveProvider({ children, live }: { children: ReactNode; live?: Live }) {
  const [held] = useState<Live>(() => {
    if (live) return live;
    const store = new LiveStore();
    return { store, connection: new Connection(store) };
  });
  useEffect(() => {
    held.connection.open();
    return () => held.connection.close();
  }, [held]);
  return <LiveContext.Provider value={held}>{children}</LiveContext.Provider>;
}

/** Redraw when `key` of the store changes (see LiveStore.subscribe) and return its revision. */
export function useRevision(key: string): number {
  const { store } = useLive();
  const subscribe = useCallback((listener: () => void) => store.subscribe(key, listener), [store, key]);
  return useSyncExternalStore(subscribe, () => store.revision(key));
}

/** Return the store itself: for handlers, and for reading after a `useRevision`. */
export function useStore(): LiveStore {
  return useLive().store;
}

export function useConnection(): Connection {
  return useLive().connection;
}

export function useHealth(): Health {
  const { connection } = useLive();
  return useSyncExternalStore(connection.subscribe, () => connection.health);
}

/** Tell whether what is shown may be old: no command but Stop should then look as if it were safe. */
export function useIsFrozen(): boolean {
  return useHealth().phase !== "live";
}

export function useStatus(): StatusRow | null {
  useRevision("status");
  return useStore().status;
}

export function useLink(): LinkRow | null {
  useRevision("link");
  return useStore().link;
}

export function useAccounts(): AccountRow[] {
  useRevision("accounts");
  return useStore().accounts;
}

/** Return what each account holds and has, by account id: the store's own map, so never a dependency. */
export function usePortfolios(): ReadonlyMap<string, PortfolioRow> {
  useRevision("portfolios");
  return useStore().portfolios;
}

/** Return what one account holds and has, redrawn when that changes; undefined while it was never read. */
export function usePortfolio(accountId: string): PortfolioRow | undefined {
  useRevision(`portfolio:${accountId}`);
  return useStore().portfolios.get(accountId);
}

export function useAlerts(): AlertRow[] {
  useRevision("alerts");
  return useStore().alerts;
}

/** Return one order with its copies, redrawn when either changes. */
export function useOrder(id: string): { order: OrderRow | undefined; copies: CopyRow[] } {
  useRevision(`order:${id}`);
  const store = useStore();
  return { order: store.orders.get(id), copies: store.copiesOf(id) };
}
