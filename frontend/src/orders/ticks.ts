/**
 * What the operator has ticked, by the identity of orders and copies: a tick stays with its order through
 * sorting, filtering and new rows. A ticked order stands for all its copies, also those that come later.
 */
export type Tick = "none" | "some" | "all";

export class Ticks {
  private readonly listeners = new Set<() => void>();
  private readonly orders = new Set<string>();
  /** Copies ticked on their own, by order. */
  private readonly copies = new Map<string, Set<string>>();
  private anchor: string | null = null;
  /** Grows with each change. */
  revision = 0;

  /** `copyIds` names the copies that an order has. */
  constructor(private readonly copyIds: (orderId: string) => readonly string[]) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  get isEmpty(): boolean {
    return this.orders.size === 0 && this.copies.size === 0;
  }

  /** The orders that are ticked, wholly or in part. */
  get orderIds(): string[] {
    return [...this.orders, ...this.copies.keys()];
  }

  /** The copies ticked on their own of an order that is ticked in part, null where it is ticked wholly. */
  copiesTicked(orderId: string): string[] | null {
    return this.orders.has(orderId) ? null : [...(this.copies.get(orderId) ?? [])];
  }

  tickOf(id: string): Tick {
    const orderId = orderOf(id);
    if (this.orders.has(orderId)) return "all";
    const some = this.copies.get(orderId);
    if (id === orderId) return some ? "some" : "none";
    return some?.has(id) ? "all" : "none";
  }

  /** Tick a line, or take its tick away; what is ticked in part becomes ticked wholly. */
  toggle(id: string): void {
    this.put([id], this.tickOf(id) !== "all");
    this.anchor = id;
  }

  /** Do to all lines between the last toggled one and this what toggling this one does. */
  toggleRange(shown: readonly string[], id: string): void {
    const from = this.anchor === null ? -1 : shown.indexOf(this.anchor);
    const to = shown.indexOf(id);
    if (from < 0 || to < 0) {
      this.toggle(id);
      return;
    }
    const isOn = this.anchor === null || this.tickOf(this.anchor) === "all";
    this.put(shown.slice(Math.min(from, to), Math.max(from, to) + 1), isOn);
    this.anchor = id;
  }

  set(ids: readonly string[], isOn: boolean): void {
    this.put(ids, isOn);
  }

  clear(): void {
    if (this.isEmpty) return;
    this.orders.clear();
    this.copies.clear();
    this.tell();
  }

  /** Forget what is no longer there. */
  prune(exists: (orderId: string) => boolean): void {
    const gone = this.orderIds.filter((id) => !exists(id));
    for (const id of gone) {
      this.orders.delete(id);
      this.copies.delete(id);
    }
    if (gone.length > 0) this.tell();
  }

  private put(ids: readonly string[], isOn: boolean): void {
    for (const id of ids) {
      const orderId = orderOf(id);
      if (id === orderId) {
        this.copies.delete(id);
        if (isOn) this.orders.add(id);
        else this.orders.delete(id);
      } else this.putCopy(orderId, id, isOn);
    }
    this.tell();
  }

  private putCopy(orderId: string, id: string, isOn: boolean): void {
    const all = this.copyIds(orderId);
    const ticked = this.orders.has(orderId) ? new Set(all) : (this.copies.get(orderId) ?? new Set<string>());
    if (isOn) ticked.add(id);
    else ticked.delete(id);
    this.orders.delete(orderId);
    this.copies.delete(orderId);
    if (ticked.size > 0 && all.every((one) => ticked.has(one))) this.orders.add(orderId);
    else if (ticked.size > 0) this.copies.set(orderId, ticked);
  }

  private tell(): void {
    this.revision += 1;
    for (const listener of [...this.listeners]) listener();
  }
}

function orderOf(id: string): string {
  const at = id.indexOf(":");
  return at < 0 ? id : id.slice(0, at);
}
