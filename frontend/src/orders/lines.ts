/** The grid's lines: one per primary order, under it one per copy. A line only names what it shows. */

export interface Line {
  /** The order's id, or the copy's; copy ids hold a colon, order ids never do. */
  readonly id: string;
  readonly orderId: string;
  /** Null on the primary order's own line. */
  readonly copyId: string | null;
  readonly children: readonly Line[];
}

const NONE: readonly Line[] = [];

export function orderLine(orderId: string, copyIds: readonly string[]): Line {
  const children = copyIds.map((id) => ({ id, orderId, copyId: id, children: NONE }));
  return { id: orderId, orderId, copyId: null, children };
}

/** Tell whether two lists hold the same lines, in the same order. */
export function areSame(a: readonly Line[], b: readonly Line[]): boolean {
  return a.length === b.length && a.every((line, at) => line === b[at]);
}
