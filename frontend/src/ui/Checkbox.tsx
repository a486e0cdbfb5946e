/** A tick box that can also be half ticked. */
import type { InputHTMLAttributes } from "react";

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "checked"> {
  checked: boolean;
  isIndeterminate?: boolean;
}

export function Checkbox({ checked, isIndeterminate = false, className = "", ...rest }: CheckboxProps) {
  return (
    <input
      type="checkbox"
      checked={checked}
      ref={(box) => {
        if (box) box.indeterminate = isIndeterminate;
      }}
      className={`size-3.5 shrink-0 accent-buy ${className}`}
      {...rest}
    />
  );
}
