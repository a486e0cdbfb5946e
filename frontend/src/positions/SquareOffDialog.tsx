/** Closing intraday positions at the market: which accounts, what they hold, and the number typed. */
import { useRef, useState } from "react";
import { RefusedError } from "../api/client";
import { newCommandId, squareOff } from "../api/commands";
import type { AccountRow, PortfolioRow } from "../api/types";
import { contractName } from "../format/instrument";
import { count } from "../format/numbers";
import { useIsFrozen } from "../live/live";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { useToasts } from "../ui/toasts";
import { closable } from "./matrix";
import { type Closable, closing, positionsWord, whyNotClosable } from "./squareOff";

interface DialogProps {
  accounts: readonly AccountRow[];
  portfolios: ReadonlyMap<string, PortfolioRow>;
  onClose: () => void;
}

export function SquareOffDialog({ accounts, portfolios, onClose }: DialogProps) {
  const cancel = useRef<HTMLButtonElement>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState("");
  const isFrozen = useIsFrozen();
  const { isBusy, send } = useSend(onClose);
  const rows = closable(accounts, portfolios);
  const number = closing(rows, chosen);
  const choose = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
    // What was typed was about another number.
    setTyped("");
  };
  const mayGo = number > 0 && typed.trim() === String(number) && !isFrozen && !isBusy;
  return (
    <Modal
      title="Square off intraday positions"
      text="Open copies of these instruments are cancelled, then what is held is closed at the market. The primary account is left alone."
      firstFocus={cancel}
      onClose={onClose}
    >
      <ul className="min-h-0 overflow-y-auto border-t">
        {rows.map((row) => (
          <Choice
            key={row.account.account_id}
            row={row}
            isChosen={chosen.has(row.account.account_id)}
            onChoose={() => choose(row.account.account_id)}
          />
        ))}
      </ul>
      <label className="block border-t px-5 py-3 text-text-2">
        {number === 0 ? (
          "Choose the accounts first"
        ) : (
          <>
            Type <b className="text-text-1">{number}</b>, the number of positions, to go ahead
          </>
        )}
        <input
          value={typed}
          disabled={number === 0}
          inputMode="numeric"
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          className="mt-1 block h-8 w-full rounded-control border border-line-strong bg-bg px-2 text-text-1"
        />
      </label>
      <div className="flex justify-end gap-2 border-t px-5 py-3">
        <Button ref={cancel} onClick={onClose}>
          Cancel
        </Button>
        <Button look="danger" disabled={!mayGo} onClick={() => void send([...chosen], number)}>
          Square off {positionsWord(number)}
        </Button>
      </div>
    </Modal>
  );
}

/** One id until there is an answer: pressing again after a lost one has no second effect. */
function useSend(onDone: () => void) {
  const toasts = useToasts();
  const [isBusy, setIsBusy] = useState(false);
  const [id, setId] = useState(newCommandId);
  const send = async (accounts: string[], number: number) => {
    setIsBusy(true);
    try {
      const answer = await squareOff(id, accounts, number);
      const refused = answer.results
        .filter((each) => !each.accepted)
        .map((each) => `${each.key}: ${each.message}`);
      toasts.say("Squaring off", [answer.message, ...refused].join(" "));
      onDone();
    } catch (error) {
      toasts.refuse("Nothing was squared off", error);
      // Answered, so what is asked next is another command; where the answer is missing it is the same one.
      if (error instanceof RefusedError && error.status !== 0 && error.status !== 504) setId(newCommandId());
    }
    setIsBusy(false);
  };
  return { isBusy, send };
}

function Choice({ row, isChosen, onChoose }: { row: Closable; isChosen: boolean; onChoose: () => void }) {
  const { account, held } = row;
  const why = whyNotClosable(row);
  return (
    <li className="border-b last:border-b-0">
      <label className={`flex gap-3 px-5 py-2.5 ${why === null ? "hover:bg-hover" : "text-text-3"}`}>
        <input
          type="checkbox"
          className="mt-0.5"
          checked={isChosen && why === null}
          disabled={why !== null}
          onChange={onChoose}
        />
        <span className="min-w-0">
          <span className="font-medium">{account.name}</span>{" "}
          <span className="text-text-3 text-xs">{account.account_id}</span>
          <span className="block break-words text-sm text-text-2">
            {why ??
              held.map((each) => `${contractName(each.tradingsymbol)} ${count(each.quantity)}`).join(", ")}
          </span>
        </span>
      </label>
    </li>
  );
}
