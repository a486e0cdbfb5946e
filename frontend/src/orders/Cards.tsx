/** The blotter on a phone: one card per order, with the one thing that can be done about it. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, useRef } from "react";
import type { CopyRow } from "../api/types";
import { instrumentName } from "../format/instrument";
import { count, money } from "../format/numbers";
import { istTime } from "../format/time";
import { useIsFrozen, useOrder, useStore } from "../live/live";
import { Button } from "../ui/Button";
import { SideChip } from "../ui/SideChip";
import { Blank } from "./Blank";
import { useMark, useOrders, useShown } from "./context";
import { OrderCell, Refusal } from "./OrderCells";
import { Pips } from "./StateIcon";
import { copiesWord, copyLook, TONES, TROUBLED } from "./states";
import { chosenLine } from "./targets";

const CARD_PX = 96;

export function Cards() {
  const box = useRef<HTMLElement>(null);
  const { lines } = useShown();
  const isFrozen = useIsFrozen();
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => CARD_PX,
    getItemKey: (at) => lines[at]?.id ?? at,
    overscan: 4,
  });
  return (
    <section
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard as well
      tabIndex={0}
      aria-label="Orders"
      data-testid="cards"
      className="min-h-0 flex-1 overflow-auto"
    >
      {lines.length === 0 && <Blank />}
      <ul className={`relative ${isFrozen ? "frozen" : ""}`} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((shown) => (
          <li
            key={shown.key}
            ref={virtual.measureElement}
            data-index={shown.index}
            className="absolute top-0 left-0 w-full border-b bg-panel"
            style={{ transform: `translateY(${shown.start}px)` }}
          >
            <Card id={String(shown.key)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

const Card = memo(function Card({ id }: { id: string }) {
  const { order, copies } = useOrder(id);
  const store = useStore();
  const { refusal } = useMark(id);
  if (!order) return null;
  const { name } = instrumentName(`${order.exchange}:${order.tradingsymbol}`);
  const { word, tone } = copiesWord(copies);
  const at = Number(order.price) > 0 ? ` ${money(order.price)}` : "";
  return (
    <article className="space-y-1 px-4 py-3" aria-label={`${order.side} ${name}`}>
      <div className="flex items-center gap-2">
        <SideChip side={order.side} />
        <span className="min-w-0 flex-1 truncate font-medium text-lg">{name}</span>
        <OrderCell column="pnl" order={order} copies={copies} />
      </div>
      <div className="flex items-center gap-2 text-text-2">
        <span className="min-w-0 flex-1 truncate">
          {istTime(order.placed_at)}, {count(order.quantity)} {order.order_type}
          {at}
        </span>
        <OrderCell column="status" order={order} copies={copies} />
      </div>
      <div className="flex items-center gap-2">
        <Pips copies={copies} nameOf={(account) => store.account(account)?.name || account} />
        <span className={`min-w-0 flex-1 truncate ${TONES[tone]}`}>{word}</span>
        <CardAction id={id} copies={copies} />
      </div>
      {refusal !== null && <Refusal id={id} text={refusal.text} />}
      <Troubles copies={copies} />
    </article>
  );
});

/** The reasons of copies that went wrong, in full: there is no row to open here. */
function Troubles({ copies }: { copies: CopyRow[] }) {
  const store = useStore();
  return copies
    .filter((copy) => TROUBLED.has(copy.state))
    .map((copy) => (
      <p key={copy.copy_id} className={`break-words text-sm ${TONES[copyLook(copy).tone]}`}>
        {store.account(copy.account_id)?.name || copy.account_id}: {copy.reason?.text ?? copyLook(copy).word}
      </p>
    ));
}

function CardAction({ id, copies }: { id: string; copies: CopyRow[] }) {
  const { copy, retry } = useOrders();
  const { isBusy } = useMark(id);
  const isOff = useIsFrozen() || isBusy;
  if (copies.some((one) => one.may_retry))
    return (
      <Button size="large" disabled={isOff} onClick={() => retry(chosenLine(id))}>
        Retry…
      </Button>
    );
  if (copies.some((one) => one.state === "HELD"))
    return (
      <Button look="primary" size="large" disabled={isOff} onClick={() => copy(chosenLine(id))}>
        Copy…
      </Button>
    );
  return null;
}
