/** The order of the lines: sorted by keys that stay as they were until they may be read anew. */
import type { ColumnId, SortKey } from "./columns";
import { areSame, type Line } from "./lines";

export interface Sort {
  column: ColumnId;
  isDescending: boolean;
}

export const NEWEST_FIRST: Sort = { column: "time", isDescending: true };

/**
 * Sorts lines. Keys are kept between calls unless fresh ones are asked for, so that a new line finds its
 * place while those already shown stay where they are.
 */
export class Sorter {
  private keys = new Map<string, SortKey>();
  private column: ColumnId | null = null;
  private last: readonly Line[] = [];

  constructor(private readonly keyOf: (column: ColumnId, orderId: string) => SortKey) {}

  /** Return the lines (given oldest first) sorted: the same array as before where nothing has moved. */
  sort(lines: readonly Line[], sort: Sort, isFresh: boolean): readonly Line[] {
    if (isFresh || sort.column !== this.column) this.keys = new Map();
    this.column = sort.column;
    const age = new Map(lines.map((line, at) => [line.id, at]));
    const keyed = lines.map((line) => ({ line, key: this.key(line.id, sort.column) }));
    const way = sort.isDescending ? -1 : 1;
    // What is equal stands newest first, however it is sorted.
    const newer = (a: Line, b: Line) => (age.get(b.id) ?? 0) - (age.get(a.id) ?? 0);
    keyed.sort(
      (a, b) => compare(a.key, b.key, way) || (sort.column === "time" ? -way : 1) * newer(a.line, b.line),
    );
    const sorted = keyed.map(({ line }) => line);
    if (!areSame(sorted, this.last)) this.last = sorted;
    return this.last;
  }

  private key(id: string, column: ColumnId): SortKey {
    let key = this.keys.get(id);
    if (key === undefined) {
      key = this.keyOf(column, id);
      this.keys.set(id, key);
    }
    return key;
  }
}

function compare(a: SortKey, b: SortKey, way: number): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -way : way;
}
