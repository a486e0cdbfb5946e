/** One of a few choices, all of them in sight. */
import { ToggleGroup } from "radix-ui";

interface SegmentsProps<Value extends string> {
  label: string;
  value: Value;
  choices: readonly { value: Value; name: string; look?: string }[];
  onChange: (value: Value) => void;
  disabled?: boolean;
}

export function Segments<Value extends string>({
  label,
  value,
  choices,
  onChange,
  disabled = false,
}: SegmentsProps<Value>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      disabled={disabled}
      // Pressing the chosen one again would leave none chosen.
      onValueChange={(next) => next !== "" && onChange(next as Value)}
      className="inline-flex h-7 overflow-hidden rounded-control border border-line-strong"
    >
      {choices.map(({ value: each, name, look = "" }) => (
        <ToggleGroup.Item
          key={each}
          value={each}
          className={`border-line-strong border-l px-2 text-text-3 text-xs first:border-l-0 hover:bg-hover focus-visible:outline-offset-[-2px] disabled:opacity-50 data-[state=on]:bg-hover data-[state=on]:font-semibold data-[state=on]:text-text-1 ${look}`}
        >
          {name}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
