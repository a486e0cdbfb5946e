/** The grid's rows. Each is drawn anew when its own order changes, and not when others do. */
import { memo, type ReactNode, type Ref } from "react";
import type { CopyRow, OrderRow } from "../api/types";
import { instrumentName } from "../format/instrument";
import { useOrder, useStore } from "../live/live";
import { CopyCell, CopyDetails, OrderDetails } from "./CopyCells";
import type { ColumnId } from "./columns";
import { useTick } from "./context";
import { lineOf } from "./items";
import { ActionCell, Cell, ExpandCell, TickCell } from "./LineCells";
import { OrderCell } from "./OrderCells";
import { gridCell, row } from "./roles";
import { TROUBLED } from "./states";

export const ROW_PX = 30;

export interface LineProps {
  id: string;
  orderId: string;
  /** Where it stands among all rows, from 0. */
  index: number;
  start: number;
  columns: readonly ColumnId[];
  isActive: boolean;
  isOpen: boolean;
}

interface ShellProps extends Pick<LineProps, "id" | "index" | "start" | "isActive"> {
  level: number;
  isOpen?: boolean;
  tick: string;
  isTroubled?: boolean;
  height?: number;
  measure?: Ref<HTMLDivElement>;
  children: ReactNode;
}

/** What pages, tests and aria-activedescendant know a row by. */
export function lineElementId(id: string): string {
  return `line-${id}`;
}

function Shell({
  id,
  index,
  start,
  level,
  isOpen,
  isActive,
  tick,
  isTroubled,
  height,
  measure,
  children,
}: ShellProps) {
  const ground =
    tick !== "none" ? "bg-ticked" : level === 1 ? "bg-panel hover:bg-hover" : "bg-bg hover:bg-hover";
  const edge = isActive ? "border-l-buy" : isTroubled ? "border-l-down" : "border-l-transparent";
  return (
    <div
      {...row({
        "aria-level": level,
        "aria-rowindex": index + 2,
        "aria-selected": tick === "all",
        "aria-expanded": isOpen,
      })}
      id={lineElementId(id)}
      ref={measure}
      data-line={id}
      data-index={index}
      data-active={isActive || undefined}
      className={`absolute top-0 left-0 grid w-full items-center border-b border-l-2 text-sm ${ground} ${edge}`}
      style={{
        transform: `translateY(${start}px)`,
        height,
        gridTemplateColumns: "var(--columns)",
        minWidth: "var(--total)",
      }}
    >
      {children}
    </div>
  );
}

export const OrderLine = memo(function OrderLine(props: LineProps) {
  const { id, columns, isOpen } = props;
  const { order, copies } = useOrder(id);
  const tick = useTick(id);
  if (!order) return null;
  const { name } = instrumentName(`${order.exchange}:${order.tradingsymbol}`);
  const what = `${order.side} ${name}`;
  return (
    <Shell
      {...props}
      level={1}
      tick={tick}
      height={ROW_PX}
      isTroubled={copies.some((copy) => TROUBLED.has(copy.state))}
    >
      <TickCell tick={tick} label={`Tick ${what}`} />
      <ExpandCell isOpen={isOpen} label={`Copies of ${what}`} />
      {columns.map((column) => (
        <Cell key={column} column={column}>
          <OrderCell column={column} order={order} copies={copies} />
        </Cell>
      ))}
      <ActionCell id={id} label={`Actions for ${what}`} />
    </Shell>
  );
});

export const CopyLine = memo(function CopyLine(props: LineProps) {
  const { order, copies } = useOrder(props.orderId);
  const copy = copies.find((one) => one.copy_id === props.id);
  return order && copy ? <CopyLineBody {...props} order={order} copy={copy} /> : null;
});

/** Rows are replaced whole, so one that is the same object need not be drawn again for its sisters' sake. */
const CopyLineBody = memo(function CopyLineBody(props: LineProps & { order: OrderRow; copy: CopyRow }) {
  const { id, columns, isOpen, order, copy } = props;
  const store = useStore();
  const tick = useTick(id);
  const name = store.account(copy.account_id)?.name || copy.account_id;
  const spans = mergedCells(columns);
  return (
    <Shell {...props} level={2} tick={tick} height={ROW_PX}>
      <TickCell tick={tick} label={`Tick the copy in ${name}`} />
      <ExpandCell isOpen={isOpen} label={`Details of the copy in ${name}`} isSmall />
      {columns.map((column) =>
        spans.get(column) === 0 ? null : (
          <Cell key={column} column={column} span={spans.get(column) ?? 1}>
            <CopyCell column={column} order={order} copy={copy} />
          </Cell>
        ),
      )}
      <ActionCell id={id} label={`Actions for the copy in ${name}`} mayRetry={copy.may_retry} />
    </Shell>
  );
});

export const DetailsLine = memo(function DetailsLine(props: LineProps & { measure: Ref<HTMLDivElement> }) {
  const { id, orderId, columns } = props;
  const { order, copies } = useOrder(orderId);
  const line = lineOf(id);
  const tick = useTick(line);
  const copy = copies.find((one) => one.copy_id === line);
  if (!order) return null;
  return (
    <Shell {...props} level={copy ? 3 : 2} tick={tick}>
      <div
        {...gridCell({ "aria-colspan": columns.length + 3 })}
        className="sticky left-0 col-span-full min-w-0 max-w-[94vw] pr-4 pl-[140px]"
      >
        {copy ? <CopyDetails order={order} copy={copy} /> : <OrderDetails order={order} />}
      </div>
    </Shell>
  );
});

/** Side and type are told by the row above, so the words of a copy take their room where they are next. */
function mergedCells(columns: readonly ColumnId[]): Map<ColumnId, number> {
  const spans = new Map<ColumnId, number>();
  const at = columns.indexOf("instrument");
  if (at < 0) return spans;
  let span = 1;
  for (let next = columns[at + 1]; next === "side" || next === "type"; next = columns[at + span]) {
    spans.set(next, 0);
    span += 1;
  }
  return spans.set("instrument", span);
}
