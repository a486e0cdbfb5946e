// The page's copy of the engine's state: one snapshot, kept true by batches of whole rows.

export class State {
  constructor() {
    this.now = null;
  }

  take(snapshot) {
    this.now = snapshot;
  }

  // Returns "applied", "old" (we have it already) or "gap": only a new snapshot helps then.
  apply(batch) {
    const now = this.now;
    if (now === null) return "old";
    if (batch.boot_id !== now.boot_id) return "gap";
    if (batch.to_seq <= now.seq) return "old";
    if (batch.from_seq > now.seq + 1) return "gap";
    Object.assign(now.accounts, batch.accounts);
    Object.assign(now.orders, batch.orders);
    Object.assign(now.copies, batch.copies);
    if (batch.status) now.status = batch.status;
    const newest = now.alerts.at(-1)?.seq ?? 0;
    now.alerts.push(...batch.alerts.filter((alert) => alert.seq > newest));
    now.seq = batch.to_seq;
    return "applied";
  }
}
