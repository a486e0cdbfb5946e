/** The cells of a primary order's row. */
import { X } from "lucide-react";
import type { CopyRow, OrderRow } from "../api/types";
import { instrumentName } from "../format/instrument";
import { count, duration, money, NONE, price, signed, tone } from "../format/numbers";
import { istFull, istTime } from "../format/time";
import { usePortfolio, useStore } from "../live/live";
import { SideChip } from "../ui/SideChip";
import { type ColumnId, primaryId } from "./columns";
import { useMark, useOrders } from "./context";
import { gainOf } from "./gain";
import { orderLatency } from "./latencies";
import { Pips, State } from "./StateIcon";
import { copiesWord, orderLook, statesOf, TONES } from "./states";

export interface OrderCellProps {
  order: OrderRow;
  copies: CopyRow[];
}

/** Draw one cell's content. */
export function OrderCell({ column, order, copies }: OrderCellProps & { column: ColumnId }) {
  switch (column) {
    case "time":
      return <span title={istFull(order.placed_at)}>{istTime(order.placed_at)}</span>;
    case "account":
      return isSquareOff(order) ? (
        <AccountName id={copies[0]?.account_id ?? ""} isPrimary />
      ) : (
        <PrimaryName />
      );
    case "instrument":
      return <Instrument order={order} />;
    case "side":
      return <SideChip side={order.side} />;
    case "type":
      return <TypeAndProduct order={order} />;
    case "filled":
      return <Filled filled={filledOf(order, copies)} quantity={order.quantity} />;
    case "price":
      return <Price order={order} />;
    case "average":
      return <Average of={order.average_price} />;
    case "pnl":
      return <OrderGain order={order} />;
    case "status":
      return <Status order={order} />;
    case "copies":
      return <Copies order={order} copies={copies} />;
    case "latency":
      return (
        <Latency ms={orderLatency(copies)} title="The slowest copy, from its plan to the broker's answer." />
      );
  }
}

/** A square-off stands here as an order of the operator's; what is filled is told of its one copy. */
function isSquareOff(order: OrderRow): boolean {
  return order.variety === "square_off";
}

function filledOf(order: OrderRow, copies: CopyRow[]): number {
  return isSquareOff(order) ? (copies[0]?.filled_quantity ?? 0) : order.filled_quantity;
}

function PrimaryName() {
  return <AccountName id={primaryId(useStore())} isPrimary />;
}

export function AccountName({ id, isPrimary = false }: { id: string; isPrimary?: boolean }) {
  const name = useStore().account(id)?.name || id;
  return (
    <span className={`truncate ${isPrimary ? "font-medium" : "text-text-2"}`} title={`${name}, ${id}`}>
      {name}
    </span>
  );
}

function Instrument({ order }: { order: OrderRow }) {
  const { name, exchange } = instrumentName(`${order.exchange}:${order.tradingsymbol}`);
  return (
    <span className="truncate" title={`${order.exchange}:${order.tradingsymbol}, order ${order.order_id}`}>
      <span className="font-medium">{name}</span> <span className="text-text-3 text-xs">{exchange}</span>
    </span>
  );
}

function TypeAndProduct({ order }: { order: OrderRow }) {
  const isOdd = order.skipped?.code === "PRODUCT_NOT_COPIED";
  const variety = order.variety === "regular" ? "" : `, ${order.variety.replace("_", " ")}`;
  return (
    <span className="truncate text-text-2" title={`${order.order_type} ${order.product}${variety}`}>
      {order.order_type}{" "}
      <span className={isOdd ? "text-warn" : "text-text-3"} title={isOdd ? order.skipped?.text : undefined}>
        {order.product}
      </span>
    </span>
  );
}

export function Filled({ filled, quantity }: { filled: number; quantity: number }) {
  if (quantity === 0 && filled === 0) return <span className="text-text-3">{NONE}</span>;
  return (
    <span className="truncate" title={`${count(filled)} of ${count(quantity)} filled`}>
      <span className={filled < quantity ? "text-text-3" : undefined}>{count(filled)}</span>
      <span className="mx-0.5 text-text-3">/</span>
      {count(quantity)}
    </span>
  );
}

function Price({ order }: { order: OrderRow }) {
  const trigger = Number(order.trigger_price) > 0 ? `Trigger ${money(order.trigger_price)}` : undefined;
  if (order.order_type === "MARKET")
    return (
      <span
        className="text-text-3"
        title={
          Number(order.price) > 0
            ? `Sent with the limit ${money(order.price)}, for market protection`
            : undefined
        }
      >
        MKT
      </span>
    );
  if (Number(order.price) > 0) return <span title={trigger}>{price(order.price)}</span>;
  if (trigger) return <span title={trigger}>{price(order.trigger_price)}</span>;
  return <span className="text-text-3">{NONE}</span>;
}

export function Average({ of }: { of: string | number | null }) {
  const written = price(of);
  return <span className={written === NONE ? "text-text-3" : undefined}>{written}</span>;
}

function OrderGain({ order }: { order: OrderRow }) {
  const portfolio = usePortfolio(primaryId(useStore()));
  const gain = gainOf(portfolio, {
    instrument: `${order.exchange}:${order.tradingsymbol}`,
    product: order.product,
    side: order.side,
    units: order.filled_quantity,
    average: Number(order.average_price),
  });
  return <Gain gain={gain} asOf={portfolio?.as_of ?? null} />;
}

export function Gain({ gain, asOf }: { gain: ReturnType<typeof gainOf>; asOf: string | null }) {
  if (gain === null) return <span className="text-text-3">{NONE}</span>;
  const title = `This fill alone, at the last price ${money(gain.lastPrice)} read ${istTime(asOf)}`;
  return (
    <span className={tone(gain.rupees)} title={title}>
      {signed(gain.rupees)}
    </span>
  );
}

function Status({ order }: { order: OrderRow }) {
  const title = [order.status, order.status_message].filter(Boolean).join(": ");
  return <State look={orderLook(order.status, order.filled_quantity)} title={title} />;
}

function Copies({ order, copies }: OrderCellProps) {
  const store = useStore();
  const refusal = useMark(order.order_id).refusal;
  const { word, tone: mood } = copiesWord(copies);
  const why = order.skipped ?? order.late;
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <Pips copies={copies} nameOf={(id) => store.account(id)?.name || id} />
      {refusal !== null && refusal.state === statesOf(copies) ? (
        <Refusal id={order.order_id} text={refusal.text} />
      ) : (
        <span className={`truncate ${TONES[mood]}`} title={why?.text ?? word}>
          {word}
        </span>
      )}
    </span>
  );
}

/** Why the last command for this row did nothing; it goes when the row moves on, or is closed by hand. */
export function Refusal({ id, text }: { id: string; text: string }) {
  const { marks } = useOrders();
  return (
    <span className="flex min-w-0 items-center gap-1 text-down" title={text}>
      <button
        type="button"
        tabIndex={-1}
        aria-label="Close the refusal"
        onClick={() => marks.dismiss(id)}
        className="shrink-0 hover:text-text-1"
      >
        <X size={14} aria-hidden />
      </button>
      <span className="truncate">Refused: {text}</span>
    </span>
  );
}

const SLOW_MS = 250;
const FULL_BAR_MS = 500;

export function Latency({ ms, title }: { ms: number | null; title: string }) {
  if (ms === null) return <span className="text-text-3">{NONE}</span>;
  const share = Math.min(ms / FULL_BAR_MS, 1);
  return (
    <span className="flex items-center justify-end gap-1.5 whitespace-nowrap" title={title}>
      <span aria-hidden className="h-1 w-6 overflow-hidden rounded-full bg-line">
        <span
          className={`block h-full rounded-full ${ms < SLOW_MS ? "bg-up" : "bg-warn"}`}
          style={{ width: `${Math.max(share * 100, 8)}%` }}
        />
      </span>
      {duration(ms)}
    </span>
  );
}
