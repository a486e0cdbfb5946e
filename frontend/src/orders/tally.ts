/** What is known of each order for counting, filtering and searching; worked out again only where it changed. */
import type { LiveStore } from "../live/store";
import { type Counts, FILTERS, type Filter, filtersOf, isFound, searchText } from "./filters";
import { type Line, orderLine } from "./lines";

interface Entry {
  revision: number;
  line: Line;
  filters: Record<Filter, boolean>;
  /** Made when first searched for. */
  text: string | null;
}

export class Tally {
  private readonly entries = new Map<string, Entry>();
  private accountsRevision = -1;
  counts: Counts = { all: 0, waiting: 0, attention: 0, open: 0, copied: 0, skipped: 0 };

  constructor(private readonly store: LiveStore) {}

  /** Look at every order whose rows have changed since the last time, and count. */
  refresh(): void {
    const { store, entries } = this;
    if (entries.size > store.orders.size) {
      for (const id of [...entries.keys()]) if (!store.orders.has(id)) entries.delete(id);
    }
    this.forgetNames();
    const counts: Counts = { all: 0, waiting: 0, attention: 0, open: 0, copied: 0, skipped: 0 };
    for (const id of store.orderIds) {
      const entry = this.entry(id);
      if (entry) for (const filter of FILTERS) if (entry.filters[filter]) counts[filter] += 1;
    }
    this.counts = counts;
  }

  /** Return the lines of the orders under a filter in which a text is found, oldest first. */
  lines(filter: Filter, text: string): Line[] {
    const found: Line[] = [];
    const wanted = text.trim();
    for (const id of this.store.orderIds) {
      const entry = this.entries.get(id);
      if (entry?.filters[filter] && (wanted === "" || isFound(this.textOf(id, entry), wanted)))
        found.push(entry.line);
    }
    return found;
  }

  line(orderId: string): Line | undefined {
    return this.entries.get(orderId)?.line;
  }

  private entry(id: string): Entry | undefined {
    const { store, entries } = this;
    const known = entries.get(id);
    const revision = store.revision(`order:${id}`);
    if (known && known.revision === revision) return known;
    const order = store.orders.get(id);
    if (!order) return undefined;
    const copies = store.copiesOf(id);
    const isSameLine =
      known?.line.children.length === copies.length &&
      copies.every((copy, at) => known.line.children[at]?.id === copy.copy_id);
    const line =
      known && isSameLine
        ? known.line
        : orderLine(
            id,
            copies.map((copy) => copy.copy_id),
          );
    const entry = { revision, line, filters: filtersOf(order, copies), text: null };
    entries.set(id, entry);
    return entry;
  }

  private textOf(id: string, entry: Entry): string {
    const order = this.store.orders.get(id);
    if (!order) return "";
    entry.text ??= searchText(
      order,
      this.store.copiesOf(id),
      (accountId) => this.store.account(accountId)?.name ?? "",
    );
    return entry.text;
  }

  /** Names of accounts are part of what is searched. */
  private forgetNames(): void {
    const revision = this.store.revision("accounts");
    if (revision === this.accountsRevision) return;
    this.accountsRevision = revision;
    for (const entry of this.entries.values()) entry.text = null;
  }
}
