/** A small panel under its button: it closes with Escape, a click elsewhere, or the button again. */
import { type ReactNode, type ToggleEvent, useId, useRef, useState } from "react";
import { Button, type ButtonProps } from "./Button";

interface PopoverProps extends Omit<ButtonProps, "children" | "onToggle"> {
  /** The panel's name for whoever does not see it. */
  label: string;
  face: ReactNode;
  /** The panel; `close` puts it away. Drawn only while it is open. */
  children: (close: () => void) => ReactNode;
}

const GAP_PX = 6;

// The browser's own popover: on top of all, closed by itself, the focus given back; no library needed.
export function Popover({ label, face, children, ...button }: PopoverProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const place = (event: ToggleEvent<HTMLDivElement>) => {
    const box = opener.current?.getBoundingClientRect();
    if (event.newState !== "open" || !box) return;
    event.currentTarget.style.top = `${box.bottom + GAP_PX}px`;
    event.currentTarget.style.right = `${Math.max(window.innerWidth - box.right, GAP_PX)}px`;
  };
  return (
    <>
      <Button ref={opener} popoverTarget={id} aria-haspopup="dialog" aria-expanded={isOpen} {...button}>
        {face}
      </Button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        onBeforeToggle={place}
        onToggle={(event: ToggleEvent<HTMLDivElement>) => setIsOpen(event.newState === "open")}
        className="fixed inset-auto m-0 w-80 max-w-[94vw] rounded-dialog border border-line-strong bg-raised p-1 text-text-1 shadow-xl"
      >
        {isOpen && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}
