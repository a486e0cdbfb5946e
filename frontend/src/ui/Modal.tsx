/** A dialog over the page: it takes the focus, gives it back, and closes with Escape. */
import { Dialog } from "radix-ui";
import type { ReactNode, RefObject } from "react";

interface ModalProps {
  title: ReactNode;
  /** One sentence under the title; read out with it. */
  text?: ReactNode;
  children?: ReactNode;
  /** Where the focus starts: for anything that sends orders, on Cancel. */
  firstFocus?: RefObject<HTMLElement | null>;
  width?: string;
  onClose: () => void;
}

export function Modal({ title, text, children, firstFocus, width = "max-w-xl", onClose }: ModalProps) {
  return (
    <Dialog.Root open onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#000000a0]" />
        <Dialog.Content
          {...(text === undefined ? { "aria-describedby": undefined } : {})}
          onOpenAutoFocus={(event) => {
            if (!firstFocus?.current) return;
            event.preventDefault();
            firstFocus.current.focus();
          }}
          className={`fixed top-1/2 left-1/2 z-50 flex max-h-[90vh] w-[94vw] -translate-x-1/2 -translate-y-1/2 flex-col overflow-hidden rounded-dialog border border-line-strong bg-panel shadow-2xl ${width}`}
        >
          <div className="px-5 pt-4 pb-3">
            <Dialog.Title className="font-semibold text-lg">{title}</Dialog.Title>
            {text !== undefined && (
              <Dialog.Description className="mt-1 text-text-2">{text}</Dialog.Description>
            )}
          </div>
          {children}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
