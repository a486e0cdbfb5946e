/** What this page itself adds to a row: that a command of ours is under way, or why one was refused. */

export interface Mark {
  isBusy: boolean;
  /** Why the last command for this row was refused, and the state the row had then. */
  refusal: { text: string; state: string } | null;
}

export const UNMARKED: Mark = { isBusy: false, refusal: null };

/** Marks by order id and copy id. */
export class Marks {
  private readonly marks = new Map<string, Mark>();
  private readonly listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  of(id: string): Mark {
    return this.marks.get(id) ?? UNMARKED;
  }

  /** A command for these rows leaves: what was said about them before is over. */
  begin(ids: readonly string[]): void {
    for (const id of ids) this.marks.set(id, { isBusy: true, refusal: null });
    this.tell();
  }

  /** The answer is there. `refusals` says why, by row. */
  end(ids: readonly string[], refusals: ReadonlyMap<string, Mark["refusal"]>): void {
    for (const id of ids) this.marks.delete(id);
    for (const [id, refusal] of refusals) this.marks.set(id, { isBusy: false, refusal });
    this.tell();
  }

  dismiss(id: string): void {
    if (this.marks.delete(id)) this.tell();
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
