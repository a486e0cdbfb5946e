/** Buy or sell, in word and colour. */
import type { Side } from "../api/types";

export function SideChip({ side }: { side: Side }) {
  const look = side === "BUY" ? "bg-buy-bg text-buy" : "bg-sell-bg text-sell";
  return <span className={`shrink-0 rounded px-1.5 font-medium text-xs leading-[18px] ${look}`}>{side}</span>;
}
