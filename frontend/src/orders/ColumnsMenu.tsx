/** Which columns are shown, in which order and how wide, and what the rows are sorted by. */
import { ArrowDown, ArrowUp, ArrowUpDown, Columns3 } from "lucide-react";
import { Button } from "../ui/Button";
import { Checkbox } from "../ui/Checkbox";
import { Popover } from "../ui/Popover";
import { COLUMNS, type ColumnId } from "./columns";
import { DEFAULT_LAYOUT, type Layout, moved, NARROWEST, WIDEST, widthOf } from "./layout";

interface ColumnsMenuProps {
  layout: Layout;
  setLayout: (change: (layout: Layout) => Layout) => void;
}

export function ColumnsMenu(props: ColumnsMenuProps) {
  return (
    <Popover
      label="Columns"
      className="max-[640px]:hidden"
      face={
        <>
          <Columns3 size={14} aria-hidden />
          Columns
        </>
      }
    >
      {() => <Choices {...props} />}
    </Popover>
  );
}

function Choices({ layout, setLayout }: ColumnsMenuProps) {
  return (
    <div className="p-2">
      <ul className="space-y-0.5">
        {layout.order.map((id) => (
          <Choice key={id} id={id} layout={layout} setLayout={setLayout} />
        ))}
      </ul>
      <div className="mt-2 flex justify-end border-t pt-2">
        <Button size="small" onClick={() => setLayout(() => DEFAULT_LAYOUT)}>
          As delivered
        </Button>
      </div>
    </div>
  );
}

function Choice({ id, layout, setLayout }: ColumnsMenuProps & { id: ColumnId }) {
  const { title } = COLUMNS[id];
  const isHidden = layout.hidden.includes(id);
  const isLast = layout.hidden.length >= layout.order.length - 1;
  const hide = () =>
    setLayout((old) => ({
      ...old,
      hidden: isHidden ? old.hidden.filter((other) => other !== id) : [...old.hidden, id],
    }));
  const widen = (width: number) => {
    if (width >= NARROWEST && width <= WIDEST)
      setLayout((old) => ({ ...old, widths: { ...old.widths, [id]: width } }));
  };
  return (
    <li className="flex items-center gap-1">
      <label htmlFor={`column-${id}`} className="flex min-w-0 flex-1 items-center gap-2 text-sm">
        <Checkbox id={`column-${id}`} checked={!isHidden} disabled={!isHidden && isLast} onChange={hide} />
        {title}
      </label>
      <input
        type="number"
        min={NARROWEST}
        max={WIDEST}
        step={4}
        aria-label={`Width of ${title}`}
        key={widthOf(layout, id)}
        defaultValue={widthOf(layout, id)}
        onBlur={(event) => widen(event.target.valueAsNumber)}
        onKeyDown={(event) => event.key === "Enter" && widen(event.currentTarget.valueAsNumber)}
        className="h-6 w-14 rounded border border-line-strong bg-bg px-1 text-right text-xs"
      />
      <SortButton id={id} layout={layout} setLayout={setLayout} />
      <Button
        look="quiet"
        size="small"
        aria-label={`Move ${title} to the left`}
        onClick={() => setLayout((old) => moved(old, id, -1))}
      >
        <ArrowUp size={12} aria-hidden />
      </Button>
      <Button
        look="quiet"
        size="small"
        aria-label={`Move ${title} to the right`}
        onClick={() => setLayout((old) => moved(old, id, 1))}
      >
        <ArrowDown size={12} aria-hidden />
      </Button>
    </li>
  );
}

function SortButton({ id, layout, setLayout }: ColumnsMenuProps & { id: ColumnId }) {
  const { column, isDescending } = layout.sort;
  const isSorted = column === id;
  const way = isSorted ? (isDescending ? ", now downwards" : ", now upwards") : "";
  return (
    <Button
      look="quiet"
      size="small"
      aria-label={`Sort by ${COLUMNS[id].title}${way}`}
      aria-pressed={isSorted}
      className={isSorted ? "text-text-1" : ""}
      onClick={() =>
        setLayout((old) => ({
          ...old,
          sort: { column: id, isDescending: isSorted ? !isDescending : id === "time" },
        }))
      }
    >
      <ArrowUpDown size={12} aria-hidden />
    </Button>
  );
}
