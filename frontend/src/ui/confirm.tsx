/** Asking before something that costs money: the focus starts on Cancel, and Enter alone never goes ahead. */
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { Button } from "./Button";
import { Modal } from "./Modal";

export interface Question {
  title: string;
  text: ReactNode;
  /** What the button says: the deed and its size, as in "Cancel 4 orders". */
  go: string;
  /** Where the deed is hard to undo: what must be typed before the button works. */
  typed?: string;
  isDanger?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;

const ConfirmContext = createContext<Ask | null>(null);

/** Return a function that asks and answers whether to go ahead. */
export function useConfirm(): Ask {
  const ask = useContext(ConfirmContext);
  if (ask === null) throw new Error("ConfirmProvider is missing.");
  return ask;
}

interface Asked extends Question {
  answer: (isGo: boolean) => void;
}

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = useCallback<Ask>(
    (question) => new Promise((resolve) => setAsked({ ...question, answer: resolve })),
    [],
  );
  const close = (isGo: boolean) => {
    asked?.answer(isGo);
    setAsked(null);
  };
  return (
    <ConfirmContext.Provider value={ask}>
      {children}
      {asked !== null && <ConfirmDialog question={asked} onAnswer={close} />}
    </ConfirmContext.Provider>
  );
}

function ConfirmDialog({ question, onAnswer }: { question: Question; onAnswer: (isGo: boolean) => void }) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState("");
  const mayGo = question.typed === undefined || typed.trim() === question.typed;
  return (
    <Modal title={question.title} text={question.text} firstFocus={cancel} onClose={() => onAnswer(false)}>
      {question.typed !== undefined && (
        <label className="block px-5 pb-4 text-text-2">
          Type <b className="text-text-1">{question.typed}</b> to go ahead
          <input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            className="mt-1 block h-8 w-full rounded-control border border-line-strong bg-bg px-2 text-text-1"
          />
        </label>
      )}
      <div className="flex justify-end gap-2 border-t px-5 py-3">
        <Button ref={cancel} onClick={() => onAnswer(false)}>
          Cancel
        </Button>
        <Button
          look={question.isDanger ? "danger" : "primary"}
          disabled={!mayGo}
          onClick={() => onAnswer(true)}
        >
          {question.go}
        </Button>
      </div>
    </Modal>
  );
}
