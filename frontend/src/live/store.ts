/**
 * The page's copy of the engine's state. Rows are replaced whole, and whoever shows one subscribes to it
 * alone: a batch of updates redraws the rows that changed and nothing else.
 */
import type {
  AccountRow,
  AlertRow,
  CopyRow,
  Deltas,
  LinkRow,
  OrderRow,
  PortfolioRow,
  SnapshotResponse,
  StatusRow,
} from "../api/types";

export type State = Omit<SnapshotResponse, "link">;
type Listener = () => void;

const MOST_ALERTS = 500;

/** What a batch did: nothing was new in it, it was applied, or an earlier one is missing. */
export type Applied = "old" | "applied" | "gap";

export class LiveStore {
  private bootId: string | null = null;
  private seq = 0;
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly revisions = new Map<string, number>();
  private touched = new Set<string>();

  status: StatusRow | null = null;
  link: LinkRow | null = null;
  orders = new Map<string, OrderRow>();
  copies = new Map<string, CopyRow>();
  /** What each account holds and has, by account id; accounts that were never read have none. */
  portfolios = new Map<string, PortfolioRow>();
  /** The newest alerts, oldest first; a new array for each new alert. */
  alerts: AlertRow[] = [];
  /** All accounts, the primary first; a new array when any of them changes. */
  accounts: AccountRow[] = [];
  /** The ids of all orders, oldest first; a new array only when orders come or go. */
  orderIds: string[] = [];
  private accountsById = new Map<string, AccountRow>();
  private copyIdsByOrder = new Map<string, string[]>();

  /** Whether there is any state to show. */
  get isEmpty(): boolean {
    return this.bootId === null;
  }

  account(id: string): AccountRow | undefined {
    return this.accountsById.get(id);
  }

  /** Return the copies of a primary order in the order of the accounts. */
  copiesOf(orderId: string): CopyRow[] {
    const found = (this.copyIdsByOrder.get(orderId) ?? []).flatMap((id) => this.copies.get(id) ?? []);
    return found.sort((a, b) => this.rank(a.account_id) - this.rank(b.account_id));
  }

  /** Return a number that grows whenever what `key` names has changed. */
  revision(key: string): number {
    return this.revisions.get(key) ?? 0;
  }

  /**
   * Call `listener` after each change of `key`: `status`, `link`, `accounts`, `portfolios`, `alerts`, `orders`
   * (which there are), `rows` (any order or copy), `order:ID` (that order or any copy of it), or
   * `portfolio:ID` (of that account).
   */
  subscribe(key: string, listener: Listener): () => void {
    const group = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, group.add(listener));
    return () => {
      group.delete(listener);
    };
  }

  /** Start anew from a snapshot. */
  take(state: State): void {
    const before = [...this.orders.keys()];
    this.bootId = state.boot_id;
    this.seq = state.seq;
    this.status = state.status;
    this.orders = new Map(Object.entries(state.orders));
    this.copies = new Map(Object.entries(state.copies));
    this.alerts = state.alerts.slice(-MOST_ALERTS);
    this.accountsById = new Map(Object.entries(state.accounts));
    this.listAccounts();
    this.dropPortfolios([...this.portfolios.keys()]);
    this.takePortfolios(state.portfolios);
    this.copyIdsByOrder = new Map();
    for (const copy of this.copies.values()) this.index(copy);
    this.listOrders();
    for (const id of [...before, ...this.orders.keys()]) this.touch(`order:${id}`);
    for (const key of ["status", "alerts", "orders", "rows"]) this.touch(key);
    this.tell();
  }

  /** Take a batch of changes; nothing is changed by one that does not follow on what is here. */
  apply(batch: Deltas): Applied {
    if (this.bootId === null) return "old";
    if (batch.boot_id !== this.bootId) return "gap";
    if (batch.to_seq <= this.seq) return "old";
    if (batch.from_seq > this.seq + 1) return "gap";
    this.seq = batch.to_seq;
    if (batch.status !== null) {
      this.status = batch.status;
      this.touch("status");
    }
    this.takeAccounts(batch.gone_accounts, batch.accounts);
    // Gone before come: an account that has come back is in both.
    this.dropPortfolios(batch.gone_accounts);
    this.takePortfolios(batch.portfolios);
    this.takeOrders(batch.orders);
    for (const copy of Object.values(batch.copies)) this.takeCopy(copy);
    this.takeAlerts(batch.alerts);
    this.tell();
    return "applied";
  }

  takeLink(link: LinkRow): void {
    this.link = link;
    this.touch("link");
    this.tell();
  }

  private takeAccounts(gone: string[], rows: Record<string, AccountRow>): void {
    for (const id of gone) this.accountsById.delete(id);
    for (const row of Object.values(rows)) this.accountsById.set(row.account_id, row);
    if (gone.length > 0 || Object.keys(rows).length > 0) this.listAccounts();
  }

  private listAccounts(): void {
    this.accounts = [...this.accountsById.values()].sort(
      (a, b) => Number(b.role === "primary") - Number(a.role === "primary"),
    );
    this.touch("accounts");
  }

  private dropPortfolios(accountIds: string[]): void {
    for (const id of accountIds) if (this.portfolios.delete(id)) this.touchPortfolio(id);
  }

  private takePortfolios(rows: Record<string, PortfolioRow>): void {
    for (const row of Object.values(rows)) {
      this.portfolios.set(row.account_id, row);
      this.touchPortfolio(row.account_id);
    }
  }

  private touchPortfolio(accountId: string): void {
    this.touch("portfolios");
    this.touch(`portfolio:${accountId}`);
  }

  private takeOrders(rows: Record<string, OrderRow>): void {
    let isLonger = false;
    for (const row of Object.values(rows)) {
      isLonger ||= !this.orders.has(row.order_id);
      this.orders.set(row.order_id, row);
      this.touch(`order:${row.order_id}`);
      this.touch("rows");
    }
    if (isLonger) {
      this.listOrders();
      this.touch("orders");
    }
  }

  private takeCopy(copy: CopyRow): void {
    if (!this.copies.has(copy.copy_id)) this.index(copy);
    this.copies.set(copy.copy_id, copy);
    this.touch(`order:${copy.primary_order_id}`);
    this.touch("rows");
  }

  private takeAlerts(alerts: AlertRow[]): void {
    const newest = this.alerts.at(-1)?.seq ?? 0;
    const fresh = alerts.filter((alert) => alert.seq > newest);
    if (fresh.length === 0) return;
    this.alerts = [...this.alerts, ...fresh].slice(-MOST_ALERTS);
    this.touch("alerts");
  }

  private index(copy: CopyRow): void {
    const ids = this.copyIdsByOrder.get(copy.primary_order_id);
    if (ids) ids.push(copy.copy_id);
    else this.copyIdsByOrder.set(copy.primary_order_id, [copy.copy_id]);
  }

  private listOrders(): void {
    // As moments: the same one is written in the broker's zone by the broker and in another by the engine.
    this.orderIds = [...this.orders.values()]
      .map(({ order_id: id, placed_at: at }) => ({ id, at: at === null ? 0 : Date.parse(at) }))
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
  }

  private rank(accountId: string): number {
    return this.accounts.findIndex((account) => account.account_id === accountId);
  }

  private touch(key: string): void {
    this.touched.add(key);
  }

  private tell(): void {
    const keys = this.touched;
    this.touched = new Set();
    for (const key of keys) this.revisions.set(key, this.revision(key) + 1);
    for (const key of keys) for (const listener of [...(this.listeners.get(key) ?? [])]) listener();
  }
}
