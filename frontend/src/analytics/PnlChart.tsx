/** Profit and loss over the day: one line per account, the primary's dashed. */
import { useEffect, useMemo, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { compact } from "../format/numbers";
import { istTime } from "../format/time";
import { shownTheme, usePreferences } from "../shell/preferences";
import { useSize } from "../ui/useSize";
import type { PnlLine } from "./pnl";

const LEFT_PX = 64;

/** Return the colour of the nth line; the primary has the text's. */
export function lineColour(line: PnlLine, index: number): string {
  return line.isPrimary ? "var(--chart-0)" : `var(--chart-${((index + 2) % 3) + 1})`;
}

function resolved(colour: string): string {
  const name = colour.slice(4, -1);
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function options(lines: readonly PnlLine[], width: number, height: number): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: resolved("var(--text-3)"),
    grid: { stroke: resolved("var(--line)"), width: 1 },
    ticks: { show: false },
    font: "11px 'Inter Variable', sans-serif",
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        values: (_, ticks) => ticks.map((at) => istTime(at * 1000).slice(0, 5)),
      },
      { ...axis, size: LEFT_PX, values: (_, ticks) => ticks.map((value) => compact(value)) },
    ],
    series: [
      {},
      ...lines.map((line, index) => ({
        label: line.name,
        stroke: resolved(lineColour(line, index)),
        width: 1.5,
        points: { show: false },
        spanGaps: true,
        ...(line.isPrimary ? { dash: [5, 4] } : {}),
      })),
    ],
  };
}

export default function PnlChart({ times, lines }: { times: readonly string[]; lines: readonly PnlLine[] }) {
  const [frame, { width, height }] = useSize<HTMLDivElement>();
  const chart = useRef<uPlot | null>(null);
  const preferences = usePreferences();
  const theme = `${shownTheme()}${preferences.hasSafeColours}`;
  const names = lines.map((line) => line.accountId).join();
  const data = useMemo<uPlot.AlignedData>(
    () => [times.map((at) => Date.parse(at) / 1000), ...lines.map((line) => line.values)],
    [times, lines],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new chart only where its form changes, not its data
  useEffect(() => {
    if (frame.current === null || width === 0 || height === 0) return;
    chart.current = new uPlot(options(lines, width, height), data, frame.current);
    return () => chart.current?.destroy();
  }, [width, height, theme, names]);
  useEffect(() => chart.current?.setData(data), [data]);
  const spoken = lines.map((line) => `${line.name} ${compact(line.last)}`).join(", ");
  return (
    <div ref={frame} role="img" aria-label={`Profit and loss today: ${spoken}.`} className="h-full min-h-0" />
  );
}
