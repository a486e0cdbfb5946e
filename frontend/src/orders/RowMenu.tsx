/** What can be done with one row: one menu for all rows, opened where the row is. */
import { DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { useIsFrozen, useStore } from "../live/live";
import { useToasts } from "../ui/toasts";
import { useMark, useOrders } from "./context";
import { currentLegs } from "./legs";
import { cancellable, chosenLine, heldOf, retriesOf } from "./targets";

export interface MenuPlace {
  line: string;
  x: number;
  y: number;
}

export function RowMenu({ place, onClose }: { place: MenuPlace; onClose: () => void }) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(isOpen) => isOpen || onClose()}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden className="fixed size-0" style={{ left: place.x, top: place.y }} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={document.querySelector("main")}>
        <DropdownMenu.Content
          align="start"
          collisionPadding={8}
          aria-label="Actions"
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            document.querySelector<HTMLElement>("[data-testid=blotter]")?.focus();
          }}
          className="z-30 min-w-52 rounded-dialog border border-line-strong bg-raised p-1 shadow-xl"
        >
          <Choices line={place.line} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Choices({ line }: { line: string }) {
  const store = useStore();
  const { copy, retry, skip, cancel, blotter } = useOrders();
  const { isBusy } = useMark(line);
  const isOff = useIsFrozen() || isBusy;
  const chosen = chosenLine(line);
  const orderId = chosen[0]?.orderId ?? line;
  const one = store.copies.get(line);
  const brokerIds = one ? currentLegs(one).flatMap((leg) => leg.order_id ?? []) : [orderId];
  const symbol = store.orders.get(orderId)?.tradingsymbol ?? "";
  const failed = retriesOf(store, chosen).length;
  const open = cancellable(store, chosen).length;
  return (
    <>
      <Choice isOff={isOff} onPick={() => copy(chosen)}>
        {one ? "Copy to this account…" : "Copy…"}
      </Choice>
      <Choice isOff={isOff || failed === 0} onPick={() => retry(chosen)}>
        Retry failed…
      </Choice>
      <Choice isOff={isOff || heldOf(store, chosen).length === 0} onPick={() => skip(chosen)}>
        Skip…
      </Choice>
      <Choice isOff={isOff || open === 0} onPick={() => cancel(chosen)}>
        Cancel open {one ? "copy" : "copies"}…
      </Choice>
      <DropdownMenu.Separator className="my-1 border-t" />
      <Choice onPick={() => blotter.ticks.toggle(line)}>
        {blotter.ticks.tickOf(line) === "all" ? "Take the tick away" : "Tick"}
      </Choice>
      <Clip text={brokerIds.join(" ")}>Copy the order id to the clipboard</Clip>
      <Clip text={symbol}>
        Copy {symbol.length > 0 && symbol.length < 30 ? symbol : "the symbol"} to the clipboard
      </Clip>
    </>
  );
}

function Clip({ text, children }: { text: string; children: ReactNode }) {
  const toasts = useToasts();
  const put = async () => {
    try {
      await navigator.clipboard.writeText(text);
      toasts.say("In the clipboard", text);
    } catch {
      toasts.say("The browser does not allow it", text);
    }
  };
  return (
    <Choice isOff={text === ""} onPick={() => void put()}>
      {children}
    </Choice>
  );
}

interface ChoiceProps {
  isOff?: boolean;
  onPick: () => void;
  children: ReactNode;
}

function Choice({ isOff = false, onPick, children }: ChoiceProps) {
  return (
    <DropdownMenu.Item
      disabled={isOff}
      onSelect={onPick}
      className="cursor-pointer rounded-control px-2.5 py-1.5 text-sm outline-none data-[disabled]:cursor-default data-[highlighted]:bg-hover data-[disabled]:text-text-3"
    >
      {children}
    </DropdownMenu.Item>
  );
}
