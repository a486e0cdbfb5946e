/** Buttons. The ordinary ones have no colour of their own: blue, orange, teal and red mean something else here. */
import type { ButtonHTMLAttributes, Ref } from "react";

const LOOKS = {
  plain: "border-line-strong bg-panel text-text-1 hover:bg-hover",
  primary: "border-text-1 bg-text-1 text-panel hover:opacity-90",
  danger: "border-line-strong bg-panel text-down hover:bg-hover",
  quiet: "border-transparent text-text-2 hover:bg-hover hover:text-text-1",
  stop: "border-stop bg-stop text-white font-semibold hover:brightness-110",
} as const;

const SIZES = {
  normal: "h-8 px-3 text-sm",
  large: "h-9 px-4 text-base",
  small: "h-6 px-2 text-xs",
  icon: "size-8 justify-center",
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = "plain",
  size = "normal",
  className = "",
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      className={`inline-flex shrink-0 items-center gap-2 whitespace-nowrap rounded-control border font-medium disabled:opacity-50 ${LOOKS[look]} ${SIZES[size]} ${className}`}
      {...rest}
    />
  );
}

/** A key's name beside what it does. */
export function Key({ children }: { children: string }) {
  return (
    <kbd className="rounded border border-line-strong px-1 font-sans text-text-3 text-xs leading-4">
      {children}
    </kbd>
  );
}
