/** Two texts laid over each other, line by line: what goes, what comes, and a little of what is around. */
import { useMemo } from "react";
import { diffLines, type Part } from "./lineDiff";

const AROUND = 3;
/** So many lines are drawn at most; nobody reads more, and the page has to stay quick. */
const MOST_SHOWN = 2_000;

interface Line {
  kind: Part["kind"] | "left-out";
  text: string;
  before: number | null;
  after: number | null;
}

const LOOKS = {
  same: { sign: " ", row: "text-text-2", said: "" },
  gone: {
    sign: "−",
    row: "bg-[color-mix(in_srgb,var(--down)_14%,var(--panel))] text-text-1",
    said: "Removed: ",
  },
  new: { sign: "+", row: "bg-[color-mix(in_srgb,var(--up)_14%,var(--panel))] text-text-1", said: "Added: " },
  "left-out": { sign: "", row: "bg-raised text-text-3", said: "" },
} as const;

interface DiffViewProps {
  before: string;
  after: string;
  label: string;
}

export function DiffView({ before, after, label }: DiffViewProps) {
  const lines = useMemo(() => linesOf(diffLines(before, after)), [before, after]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className="min-h-0 flex-1 overflow-auto border-y" tabIndex={0} aria-label={label}>
      <table className="w-full border-collapse font-mono text-xs leading-5">
        <caption className="sr-only">{label}</caption>
        <tbody>
          {lines.slice(0, MOST_SHOWN).map((line) => {
            const look = LOOKS[line.kind];
            return (
              <tr key={`${line.before}/${line.after}`} className={look.row}>
                <td className="w-10 select-none pr-2 text-right text-text-3">{line.before}</td>
                <td className="w-10 select-none pr-2 text-right text-text-3">
                  {line.kind === "left-out" ? "⋯" : line.after}
                </td>
                <td className="w-4 select-none" aria-hidden>
                  {look.sign}
                </td>
                <td className="whitespace-pre pr-4">
                  {look.said && <span className="sr-only">{look.said}</span>}
                  {line.text}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {lines.length > MOST_SHOWN && (
        <p className="p-4 text-warn">
          {(lines.length - MOST_SHOWN).toLocaleString("en-IN")} more lines are not shown.
        </p>
      )}
      {before === after && <p className="p-4 text-text-3">Nothing is different.</p>}
    </section>
  );
}

/** Number the lines of both texts, and leave out what is far from any change. */
export function linesOf(parts: Part[]): Line[] {
  const lines: Line[] = [];
  let [before, after] = [0, 0];
  parts.forEach((part, index) => {
    const all = part.lines.map((text): Line => {
      if (part.kind !== "new") before += 1;
      if (part.kind !== "gone") after += 1;
      return {
        kind: part.kind,
        text,
        before: part.kind === "new" ? null : before,
        after: part.kind === "gone" ? null : after,
      };
    });
    if (part.kind !== "same") lines.push(...all);
    else lines.push(...nearOnes(all, index > 0, index < parts.length - 1));
  });
  return lines;
}

function nearOnes(lines: Line[], hasBefore: boolean, hasAfter: boolean): Line[] {
  const head = hasBefore ? AROUND : 0;
  const tail = hasAfter ? AROUND : 0;
  const leftOut = lines.length - head - tail;
  if (leftOut < 2) return lines;
  const text = `${leftOut} lines that are the same`;
  return [
    ...lines.slice(0, head),
    { kind: "left-out", text, before: null, after: lines[head]?.after ?? null },
    ...lines.slice(lines.length - tail),
  ];
}
