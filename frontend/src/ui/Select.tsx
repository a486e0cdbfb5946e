/** A choice among a few: the browser's own, so that every keyboard and screen reader knows it. */
import type { ReactNode, SelectHTMLAttributes } from "react";

interface SelectProps extends SelectHTMLAttributes<HTMLSelectElement> {
  label: string;
  children: ReactNode;
}

export function Select({ label, children, className = "", ...rest }: SelectProps) {
  return (
    <label className="flex min-w-0 items-center gap-2 text-sm text-text-2">
      {label}
      <select
        className={`h-8 min-w-0 max-w-56 rounded-control border border-line-strong bg-panel px-2 text-text-1 ${className}`}
        {...rest}
      >
        {children}
      </select>
    </label>
  );
}
