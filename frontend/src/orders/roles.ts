/**
 * The roles of the grid's parts. Rows that are placed one by one cannot be table rows, and the focus stays
 * with the grid as a whole, which is one tab stop and names its row by aria-activedescendant.
 */
import type { AriaAttributes } from "react";

type Part = AriaAttributes & { role: string };

function part(role: string): (aria?: AriaAttributes) => Part {
  return (aria = {}) => ({ role, ...aria });
}

export const rowGroup = part("rowgroup");
export const row = part("row");
export const gridCell = part("gridcell");
export const columnHeader = part("columnheader");
