/** An account's multiplier, edited in place: Enter asks, Escape leaves it. */
import { useRef, useState } from "react";
import type { AccountRow } from "../api/types";

interface EditorProps {
  account: AccountRow;
  isDisabled: boolean;
  onChange: (multiplier: string) => Promise<void>;
}

export function MultiplierEditor({ account, isDisabled, onChange }: EditorProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const leave = (then: () => void = () => {}) => {
    setTyped(null);
    // Once the button is there again, for what asks next gives the focus back to it; and once this press of a
    // key is over, or it would reach the question and answer it with Cancel.
    requestAnimationFrame(() => {
      opener.current?.focus();
      then();
    });
  };
  const submit = () => {
    const wanted = (typed ?? "").trim().replace(/^[×x]/i, "").trim();
    const isNew = wanted !== "" && wanted !== account.multiplier;
    leave(() => isNew && void onChange(wanted));
  };
  const label = `Multiplier of ${account.name}`;
  if (typed === null)
    return (
      <button
        ref={opener}
        type="button"
        disabled={isDisabled}
        title="Change the multiplier"
        aria-label={`${label}: ×${account.multiplier}. Change`}
        onClick={() => setTyped(account.multiplier)}
        className="max-w-20 shrink-0 truncate rounded-control border border-transparent border-dashed px-1 text-sm text-text-2 hover:border-line-strong hover:text-text-1 disabled:opacity-60"
      >
        ×{account.multiplier}
      </button>
    );
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: it takes the place of the button that was just pressed
      autoFocus
      aria-label={label}
      title="Enter to change it, Escape to leave it"
      value={typed}
      inputMode="decimal"
      autoComplete="off"
      maxLength={30}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => setTyped(null)}
      onKeyDown={(event) => {
        if (event.key === "Enter") submit();
        if (event.key === "Escape") {
          event.stopPropagation();
          leave();
        }
      }}
      className="h-6 w-16 rounded-control border border-line-strong bg-bg px-1 text-sm"
    />
  );
}
