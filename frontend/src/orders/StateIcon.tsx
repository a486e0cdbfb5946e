/** A state as an icon; always beside its word, or named for whoever does not see it. */
import {
  Ban,
  Check,
  CircleDashed,
  CircleDot,
  CircleHelp,
  Clock,
  Hand,
  type LucideIcon,
  RotateCw,
  Send,
  SkipForward,
  X,
} from "lucide-react";
import type { CopyRow } from "../api/types";
import { copyLook, type IconName, type Look, TONES } from "./states";

const ICONS: Record<IconName, LucideIcon> = {
  check: Check,
  cross: X,
  plane: Send,
  dashed: CircleDashed,
  dot: CircleDot,
  clock: Clock,
  turn: RotateCw,
  hand: Hand,
  barred: Ban,
  skip: SkipForward,
  question: CircleHelp,
};

export function StateIcon({ name, size = 14 }: { name: IconName; size?: number }) {
  const Icon = ICONS[name];
  return <Icon size={size} aria-hidden className="shrink-0" />;
}

export function State({ look, title }: { look: Look; title?: string | undefined }) {
  return (
    <span className={`flex min-w-0 items-center gap-1.5 ${TONES[look.tone]}`} title={title}>
      <StateIcon name={look.icon} />
      <span className="truncate">{look.word}</span>
    </span>
  );
}

const MOST_PIPS = 4;

/** One pip per copy; where there are many, one per state with its number. */
export function Pips({
  copies,
  nameOf,
}: {
  copies: readonly CopyRow[];
  nameOf: (account: string) => string;
}) {
  if (copies.length === 0) return null;
  const told = copies.map((copy) => `${nameOf(copy.account_id)}: ${copyLook(copy).word}`);
  return (
    <span role="img" aria-label={told.join(", ")} title={told.join("\n")} className="flex shrink-0 gap-0.5">
      {copies.length <= MOST_PIPS
        ? copies.map((copy) => <Pip key={copy.copy_id} look={copyLook(copy)} />)
        : grouped(copies).map(([look, number]) => <Pip key={look.word} look={look} number={number} />)}
    </span>
  );
}

function Pip({ look, number }: { look: Look; number?: number }) {
  return (
    <span
      className={`flex h-[18px] min-w-[18px] items-center justify-center gap-0.5 rounded border border-line-strong px-px ${TONES[look.tone]}`}
    >
      <StateIcon name={look.icon} size={12} />
      {number !== undefined && <span className="pr-0.5 text-xs leading-none">{number}</span>}
    </span>
  );
}

function grouped(copies: readonly CopyRow[]): [Look, number][] {
  const numbers = new Map<string, [Look, number]>();
  for (const copy of copies) {
    const look = copyLook(copy);
    numbers.set(look.word, [look, (numbers.get(look.word)?.[1] ?? 0) + 1]);
  }
  return [...numbers.values()].slice(0, MOST_PIPS);
}
