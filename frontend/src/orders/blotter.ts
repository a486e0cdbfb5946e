/** Which lines the Orders page shows, and when that changes: filter, search, sorting and their timing. */
import type { LiveStore } from "../live/store";
import { COLUMNS, sortKey } from "./columns";
import type { Counts, Filter } from "./filters";
import type { Line } from "./lines";
import { NEWEST_FIRST, type Sort, Sorter } from "./sorting";
import { Tally } from "./tally";
import { Ticks } from "./ticks";

const REFRESH_MS = 250;
const SORT_MS = 1_000;

export interface Shown {
  /** One line per order; a new array only when lines come, go, move, or get copies. */
  lines: readonly Line[];
  counts: Counts;
  filter: Filter;
  text: string;
  /** Grows when the operator asks for other lines, or for another order of them. */
  asked: number;
}

export class Blotter {
  private readonly store: LiveStore;
  readonly tally: Tally;
  readonly ticks: Ticks;
  private readonly sorter: Sorter;
  private readonly listeners = new Set<() => void>();
  private filter: Filter = "all";
  private text = "";
  private asked = 0;
  private sortedBy: Sort = NEWEST_FIRST;
  private isPointerOver = false;
  private isStale = false;
  private sortedAt = 0;
  private timer: number | undefined;
  shown: Shown;

  constructor(store: LiveStore) {
    this.store = store;
    this.tally = new Tally(store);
    this.ticks = new Ticks((orderId) => this.tally.line(orderId)?.children.map((line) => line.id) ?? []);
    this.sorter = new Sorter((column, orderId) => sortKey(store, column, orderId));
    this.shown = { lines: [], counts: this.tally.counts, filter: this.filter, text: this.text, asked: 0 };
    this.refresh(true);
  }

  /** Follow the store until the returned function is called. */
  open = (): (() => void) => {
    const later = () => this.refreshLater();
    const ends = [
      this.store.subscribe("orders", () => this.refresh(false)),
      ...["rows", "accounts", "portfolios"].map((key) => this.store.subscribe(key, later)),
      this.ticks.subscribe(later),
    ];
    this.refresh(true);
    return () => {
      for (const end of ends) end();
      window.clearTimeout(this.timer);
      this.timer = undefined;
    };
  };

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  find(filter: Filter, text: string): void {
    this.filter = filter;
    this.text = text;
    this.asked += 1;
    this.refresh(true);
  }

  sort(sort: Sort): void {
    this.sortedBy = sort;
    this.asked += 1;
    this.refresh(true);
  }

  /** Rows stay where they are while somebody points at them. */
  pointer(isOver: boolean): void {
    this.isPointerOver = isOver;
    if (!isOver && this.isStale) this.refreshLater();
  }

  private refreshLater(): void {
    this.isStale = true;
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      this.refresh(false);
    }, REFRESH_MS);
  }

  private refresh(isForced: boolean): void {
    const { tally, ticks } = this;
    tally.refresh();
    ticks.prune((id) => this.store.orders.has(id));
    const isFresh = isForced || this.mayMove();
    if (isFresh) {
      this.sortedAt = Date.now();
      this.isStale = false;
    }
    const lines = this.sorter.sort(tally.lines(this.filter, this.text), this.sortedBy, isFresh);
    this.show({ lines, counts: tally.counts, filter: this.filter, text: this.text, asked: this.asked });
    // Changes that could not be sorted by yet: look again when that may be.
    if (this.isStale && !this.isPointerOver && ticks.isEmpty) this.refreshLater();
  }

  private mayMove(): boolean {
    if (!COLUMNS[this.sortedBy.column].isLive) return true;
    return !this.isPointerOver && this.ticks.isEmpty && Date.now() - this.sortedAt >= SORT_MS;
  }

  private show(next: Shown): void {
    const { shown } = this;
    const isSameCount = Object.entries(next.counts).every(
      ([filter, count]) => shown.counts[filter as Filter] === count,
    );
    if (shown.lines === next.lines && isSameCount && shown.filter === next.filter && shown.text === next.text)
      return;
    this.shown = { ...next, counts: isSameCount ? shown.counts : next.counts };
    for (const listener of [...this.listeners]) listener();
  }
}
