/** The cells that every row of the grid has: its box to tick, its arrow to open, its actions, and the frame of the rest. */
import { ChevronDown, ChevronRight, Ellipsis, LoaderCircle, RotateCw } from "lucide-react";
import type { ReactNode } from "react";
import { useIsFrozen } from "../live/live";
import { Checkbox } from "../ui/Checkbox";
import { COLUMNS, type ColumnId } from "./columns";
import { useMark } from "./context";
import { gridCell } from "./roles";

export function Cell({
  column,
  span = 1,
  children,
}: {
  column: ColumnId;
  span?: number;
  children: ReactNode;
}) {
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
export function TickCell({ tick, label }: { tick: string; label: string }) {
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

export function ExpandCell({
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

export function ActionCell({
  id,
  label,
  mayRetry = false,
}: {
  id: string;
  label: string;
  mayRetry?: boolean;
}) {
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
