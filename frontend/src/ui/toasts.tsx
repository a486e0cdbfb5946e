/** Short messages at the edge of the page: what a command was answered. Refusals stay until they are closed. */
import { X } from "lucide-react";
import { Toast } from "radix-ui";
import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { RefusedError } from "../api/client";

interface Message {
  id: number;
  isBad: boolean;
  title: string;
  text: string;
}

interface Toasts {
  say: (title: string, text?: string) => void;
  /** Show why something was not done, in the server's words. */
  refuse: (what: string, error: unknown) => void;
}

const ToastContext = createContext<Toasts | null>(null);
const SHOWN_MS = 6_000;
const MOST = 5;
let last = 0;

export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (toasts === null) throw new Error("ToastProvider is missing.");
  return toasts;
}

/** Write out what went wrong: reason, what was not done, and the number to ask by. */
export function whyNot(error: unknown): string {
  if (!(error instanceof RefusedError)) return error instanceof Error ? error.message : String(error);
  const items = error.results.filter((item) => !item.accepted).map((item) => item.message);
  const reasons = [...new Set([error.message, ...items])].join(" ");
  const number = error.requestId && `Request ${error.requestId}.`;
  return [reasons, error.notDone, number].filter(Boolean).join(" ");
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<Message[]>([]);
  const add = useCallback((message: Omit<Message, "id">) => {
    last += 1;
    const id = last;
    setShown((before) => [...before, { ...message, id }].slice(-MOST));
  }, []);
  const [toasts] = useState<Toasts>(() => ({
    say: (title, text = "") => add({ isBad: false, title, text }),
    refuse: (what, error) => add({ isBad: true, title: what, text: whyNot(error) }),
  }));
  const close = (id: number) => setShown((before) => before.filter((message) => message.id !== id));
  return (
    <ToastContext.Provider value={toasts}>
      <Toast.Provider swipeDirection="right" duration={SHOWN_MS}>
        {children}
        {shown.map((message) => (
          <Toast.Root
            key={message.id}
            duration={message.isBad ? Number.POSITIVE_INFINITY : SHOWN_MS}
            onOpenChange={(isOpen) => isOpen || close(message.id)}
            className={`flex items-start gap-3 rounded-dialog border border-l-4 bg-raised p-3 shadow-xl ${message.isBad ? "border-l-down" : "border-l-up"}`}
          >
            <div className="min-w-0 flex-1 break-words">
              <Toast.Title className="font-semibold">{message.title}</Toast.Title>
              {message.text && <Toast.Description className="text-text-2">{message.text}</Toast.Description>}
            </div>
            <Toast.Close aria-label="Close" className="text-text-3 hover:text-text-1">
              <X size={16} aria-hidden />
            </Toast.Close>
          </Toast.Root>
        ))}
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-96 max-w-[92vw] flex-col gap-2" />
      </Toast.Provider>
    </ToastContext.Provider>
  );
}
