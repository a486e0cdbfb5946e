/** The grid's rows. Each is drawn anew when its own order changes, and not when others do. */
import { ChevronDown, ChevronRight, Ellipsis, LoaderCircle, RotateCw } from "lucide-react";
import { memo, type ReactNode, type Ref } from "react";
import { instrumentName } from "../format/instrument";
import { useIsFrozen, useOrder, useStore } from "../live/live";
import { Checkbox } from "../ui/Checkbox";
import { CopyCell, CopyDetails, OrderDetails } from "./CopyCells";
import { COLUMNS, type ColumnId } from "./columns";
import { useMark, useTick } from "./context";
import { lineOf } from "./items";
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
  const { id, orderId, columns, isOpen } = props;
  const { order, copies } = useOrder(orderId);
  const store = useStore();
  const tick = useTick(id);
  const copy = copies.find((one) => one.copy_id === id);
  if (!order || !copy) return null;
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

function Cell({ column, span = 1, children }: { column: ColumnId; span?: number; children: ReactNode }) {
  return (
    <div
      {...gridCell({ "aria-colspan": span > 1 ? span : undefined })}
      data-column={column}
      className={`flex h-full min-w-0 items-center px-1.5 ${COLUMNS[column].isRight ? "justify-end" : ""}`}
      style={span > 1 ? { gridColumn: `span ${span}` } : undefined}
    >
      {children}
    </div>
  );
}

/** A real box; the grid hears the click (see useGridPointer), which knows of Shift. */
function TickCell({ tick, label }: { tick: string; label: string }) {
  return (
    <div {...gridCell()} data-act="tick" className="flex h-full items-center justify-center">
      <Checkbox
        tabIndex={-1}
        checked={tick === "all"}
        isIndeterminate={tick === "some"}
        onChange={() => undefined}
        aria-label={label}
      />
    </div>
  );
}

function ExpandCell({
  isOpen,
  label,
  isSmall = false,
}: {
  isOpen: boolean;
  label: string;
  isSmall?: boolean;
}) {
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div {...gridCell()} data-act="open" className="flex h-full items-center justify-center">
      <button
        type="button"
        tabIndex={-1}
        aria-label={label}
        className="rounded text-text-3 hover:text-text-1"
      >
        <Chevron size={isSmall ? 12 : 14} aria-hidden />
      </button>
    </div>
  );
}

function ActionCell({ id, label, mayRetry = false }: { id: string; label: string; mayRetry?: boolean }) {
  const { isBusy } = useMark(id);
  const isFrozen = useIsFrozen();
  return (
    <div {...gridCell()} className="flex h-full items-center justify-center">
      <button
        type="button"
        tabIndex={-1}
        data-act={mayRetry ? "retry" : "menu"}
        disabled={isBusy || (mayRetry && isFrozen)}
        aria-label={mayRetry ? "Retry this copy" : label}
        title={isBusy ? "Waiting for the server's answer" : mayRetry ? "Retry…" : undefined}
        className="flex size-6 items-center justify-center rounded text-text-2 hover:bg-raised hover:text-text-1"
      >
        {isBusy ? (
          <LoaderCircle size={14} aria-hidden className="animate-spin" />
        ) : mayRetry ? (
          <RotateCw size={14} aria-hidden />
        ) : (
          <Ellipsis size={14} aria-hidden />
        )}
      </button>
    </div>
  );
}
