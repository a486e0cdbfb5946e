/** On or off, at once. The knob's place tells it, the colour only stresses it. */
import { Switch as Radix } from "radix-ui";

interface SwitchProps {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
  id?: string | undefined;
  "aria-label"?: string;
  "aria-describedby"?: string | undefined;
}

export function Switch({ isOn, onChange, ...rest }: SwitchProps) {
  return (
    <Radix.Root
      checked={isOn}
      onCheckedChange={onChange}
      className="flex h-[18px] w-8 shrink-0 items-center rounded-full border border-line-strong bg-hover px-0.5 disabled:opacity-50 data-[state=checked]:border-up data-[state=checked]:bg-up"
      {...rest}
    >
      <Radix.Thumb className="size-3 rounded-full bg-text-2 data-[state=checked]:translate-x-[14px] data-[state=checked]:bg-panel" />
    </Radix.Root>
  );
}
