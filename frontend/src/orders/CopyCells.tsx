/** The cells of a copy's row, and the line under it that tells all that is known of it. */
import type { CopyRow, LegRow, OrderRow } from "../api/types";
import { count, duration, money, signed, tone } from "../format/numbers";
import { istFull, istTime } from "../format/time";
import { usePortfolio } from "../live/live";
import type { ColumnId } from "./columns";
import { useMark } from "./context";
import { gainOf } from "./gain";
import { copyLatency, copyStages, legStages, STAGE_NAMES, STAGES, type Stages } from "./latencies";
import { attempts, averagePrice, currentLegs } from "./legs";
import { AccountName, Average, Filled, Gain, Latency, Refusal } from "./OrderCells";
import { State } from "./StateIcon";
import { priceDifference, slippageOf } from "./slippage";
import { copyLook, TONES } from "./states";

interface CopyCellProps {
  order: OrderRow;
  copy: CopyRow;
}

/** Draw one cell's content; `instrument` takes the room of side and type as well. */
export function CopyCell({ column, order, copy }: CopyCellProps & { column: ColumnId }) {
  switch (column) {
    case "time": {
      const at = copy.legs.at(-1)?.planned_at ?? null;
      return at === null ? null : <span title={`Planned ${istFull(at)}`}>{istTime(at)}</span>;
    }
    case "account":
      return <AccountName id={copy.account_id} />;
    case "instrument":
      return <Told copy={copy} />;
    case "filled":
      return <Filled filled={copy.filled_quantity} quantity={copy.quantity} />;
    case "average":
      return <Average of={averagePrice(copy)} />;
    case "pnl":
      return <CopyGain order={order} copy={copy} />;
    case "status":
      return (
        <State look={copyLook(copy)} title={[copy.state, copy.reason?.text].filter(Boolean).join(": ")} />
      );
    case "copies":
      return <AgainstPrimary order={order} copy={copy} />;
    case "latency":
      return <Latency ms={copyLatency(copy)} title={stagesTold(copyStages(order, copy))} />;
    default:
      return null;
  }
}

/** Why it stands as it does, in plain words; where all is well, its number at the broker. */
function Told({ copy }: { copy: CopyRow }) {
  const mark = useMark(copy.copy_id);
  if (mark.refusal !== null && mark.refusal.state === copy.state)
    return <Refusal id={copy.copy_id} text={mark.refusal.text} />;
  const look = copyLook(copy);
  if (copy.reason !== null) {
    const colour = look.tone === "bad" || look.tone === "warn" ? TONES[look.tone] : "text-text-3";
    return (
      <span
        className={`truncate ${colour}`}
        title={[copy.reason.text, copy.reason.raw].filter(Boolean).join("\n")}
      >
        {copy.reason.text}
      </span>
    );
  }
  const ids = currentLegs(copy).flatMap((leg) => leg.order_id ?? []);
  const [first, ...others] = ids;
  if (first === undefined) return <span className="truncate text-text-3">{look.word}</span>;
  return (
    <span className="truncate text-text-3" title={ids.join(", ")}>
      #{first}
      {others.length > 0 && ` and ${others.length} more`}
      {copy.is_changed_by_hand && ", changed by hand"}
    </span>
  );
}

function CopyGain({ order, copy }: CopyCellProps) {
  const portfolio = usePortfolio(copy.account_id);
  const gain = gainOf(portfolio, {
    instrument: copy.instrument,
    product: order.product,
    side: copy.side,
    units: copy.filled_quantity,
    average: averagePrice(copy),
  });
  return <Gain gain={gain} asOf={portfolio?.as_of ?? null} />;
}

function AgainstPrimary({ order, copy }: CopyCellProps) {
  const difference = priceDifference(order, copy);
  if (difference === null) {
    const tries = attempts(copy);
    return tries > 1 ? <span className="truncate text-text-3">{tries} attempts</span> : null;
  }
  const slippage = slippageOf(order, copy);
  return (
    <span className="truncate" title={`${signed(slippage?.rupees)} in all, ${signed(slippage?.bps)} bps`}>
      <span className={tone(slippage?.rupees)}>{signed(difference)}</span>{" "}
      <span className="text-text-3">vs primary</span>
    </span>
  );
}

function stagesTold(stages: Stages): string {
  return STAGES.map((stage) => `${STAGE_NAMES[stage]} ${duration(stages[stage])}`).join("\n");
}

/** Of an order that has no copies: why not. */
export function OrderDetails({ order }: { order: OrderRow }) {
  const why = order.skipped ?? order.late;
  return (
    <div className="min-w-0 py-1.5 text-text-2">
      <p className="break-words">{why?.text ?? "No account has a copy of it."}</p>
      {order.status_message && (
        <p className="break-words">
          <span className="text-text-3">The broker's words:</span>{" "}
          <q className="select-text text-text-1">{order.status_message}</q>
        </p>
      )}
    </div>
  );
}

/** All of a copy: the broker's own words, and each order that was sent for it. */
export function CopyDetails({ order, copy }: CopyCellProps) {
  const legs = [...copy.legs].sort((a, b) => a.generation - b.generation || a.number - b.number);
  return (
    <div className="min-w-0 py-1.5 text-text-2">
      {copy.reason !== null && <p className="break-words">{copy.reason.text}</p>}
      {copy.reason?.raw && (
        <p className="break-words">
          <span className="text-text-3">The broker's words:</span>{" "}
          <q className="select-text text-text-1">{copy.reason.raw}</q>
        </p>
      )}
      {legs.length === 0 && <p>Nothing has been sent for this copy.</p>}
      <ul>
        {legs.map((leg) => (
          <Leg key={leg.tag} order={order} copy={copy} leg={leg} />
        ))}
      </ul>
    </div>
  );
}

function Leg({ order, copy, leg }: CopyCellProps & { leg: LegRow }) {
  const slices = 1 + Math.max(0, ...copy.legs.map((other) => other.number));
  const look = copyLook({ ...copy, state: leg.state, reason: leg.reason, legs: [leg] });
  const stages = legStages(order, leg);
  return (
    <li className="flex flex-wrap items-center gap-x-3 leading-6">
      <State look={look} title={leg.state} />
      <span className="select-text">{leg.order_id === null ? "No order id" : `#${leg.order_id}`}</span>
      <span>
        {count(leg.filled_quantity)} / {count(leg.quantity)}
        {Number(leg.average_price) > 0 && ` at ${money(leg.average_price)}`}
      </span>
      {slices > 1 && (
        <span>
          slice {leg.number + 1} of {slices}
        </span>
      )}
      {leg.generation > 0 && <span>retry {leg.generation}</span>}
      <span>
        {leg.attempts} {leg.attempts === 1 ? "attempt" : "attempts"}
        {leg.amendments > 0 && `, ${leg.amendments} changes`}
      </span>
      {STAGES.map((stage) => (
        <span key={stage} className="text-text-3">
          {STAGE_NAMES[stage].toLowerCase()} {duration(stages[stage])}
        </span>
      ))}
      <span className="text-text-3">tag {leg.tag}</span>
      {leg.reason?.raw && leg.reason.raw !== copy.reason?.raw && (
        <q className="break-words text-text-1">{leg.reason.raw}</q>
      )}
    </li>
  );
}
