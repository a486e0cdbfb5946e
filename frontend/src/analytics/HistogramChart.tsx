/** Latencies as bars, with the median and the slowest twentieth marked. */
import { count, duration } from "../format/numbers";
import { type Size, useSize } from "../ui/useSize";
import type { Histogram } from "./figures";

const FOOT = 18;
const HEAD = 18;
/** Room that a mark's words need. */
const LABEL = 130;
const SIDE = 34;
const LETTERS = "fill-text-3 text-xs";

export function HistogramChart({ histogram, label }: { histogram: Histogram; label: string }) {
  const [frame, size] = useSize<HTMLDivElement>();
  return (
    <div ref={frame} className="h-full min-h-0 w-full overflow-hidden">
      {histogram.count === 0 ? (
        <p className="p-3 text-text-3">No copy has been answered yet today.</p>
      ) : (
        size.width > 0 && <Bars histogram={histogram} label={label} size={size} />
      )}
    </div>
  );
}

function Bars({ histogram, label, size }: { histogram: Histogram; label: string; size: Size }) {
  const { bars, median, p95, beyond } = histogram;
  const { width, height } = size;
  const end = bars.at(-1)?.to ?? 1;
  const most = Math.max(...bars.map((bar) => bar.count), 1);
  const x = (ms: number) => SIDE + (Math.min(ms, end) / end) * (width - SIDE - 8);
  const y = (value: number) => HEAD + (1 - value / most) * (height - HEAD - FOOT);
  const every = Math.ceil(bars.length / 6);
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={`${label}: ${count(histogram.count)} copies, median ${duration(median)}, 95 of 100 within ${duration(p95)}.`}
    >
      {[most, Math.round(most / 2)].map((value) => (
        <g key={value}>
          <line x1={SIDE} x2={width} y1={y(value)} y2={y(value)} className="stroke-line" />
          <text x={SIDE - 6} y={y(value) + 4} textAnchor="end" className={LETTERS}>
            {value}
          </text>
        </g>
      ))}
      {bars.map((bar) => (
        <rect
          key={bar.from}
          x={x(bar.from) + 1}
          width={Math.max(x(bar.to) - x(bar.from) - 2, 1)}
          y={y(bar.count)}
          height={height - FOOT - y(bar.count)}
          className="fill-(--chart-1)"
        >
          <title>{`${bar.from} to ${bar.to} ms: ${count(bar.count)}`}</title>
        </rect>
      ))}
      {bars
        .filter((_, index) => index % every === 0)
        .map((bar) => (
          <text key={bar.from} x={x(bar.from)} y={height - 4} textAnchor="middle" className={LETTERS}>
            {bar.from}
          </text>
        ))}
      <Mark at={x(median ?? 0)} foot={height - FOOT} text={`median ${duration(median)}`} />
      <Mark
        at={x(p95 ?? 0)}
        foot={height - FOOT}
        isLeft={x(p95 ?? 0) > width - LABEL}
        line={x(p95 ?? 0) - x(median ?? 0) < LABEL * (x(p95 ?? 0) > width - LABEL ? 2 : 1) ? 2 : 1}
        text={`p95 ${duration(p95)}${beyond ? `, ${beyond} beyond` : ""}`}
      />
    </svg>
  );
}

interface MarkProps {
  at: number;
  foot: number;
  text: string;
  isLeft?: boolean;
  /** Below the other one's words where they would meet. */
  line?: number;
}

function Mark({ at, foot, text, isLeft = false, line = 1 }: MarkProps) {
  return (
    <g>
      <line x1={at} x2={at} y1={2} y2={foot} strokeDasharray="3 3" className="stroke-text-2" />
      <text
        x={isLeft ? at - 5 : at + 5}
        y={line * 13}
        textAnchor={isLeft ? "end" : "start"}
        className="fill-text-2 text-xs"
      >
        {text}
      </text>
    </g>
  );
}
