/** What can lie over any page: the accounts' drawer, the command palette, the help. */
import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { lazy, Suspense, useEffect } from "react";
import { AccountsPanel } from "../accounts/AccountsPanel";
import { showPanel, usePanel } from "./panels";
import { patiently } from "./patient";

const loadPalette = patiently(() => import("./Palette"));
const Palette = lazy(loadPalette);
const Help = lazy(patiently(() => import("./Help")));

const SETTLED_MS = 3_000;

export function Overlays() {
  const panel = usePanel();
  useEffect(() => {
    // Once the page has settled: what is typed right after Ctrl K must not reach the page's own keys.
    const timer = window.setTimeout(() => void loadPalette(), SETTLED_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <>
      {panel === "accounts" && <AccountsDrawer />}
      <Suspense fallback={null}>
        {panel === "palette" && <Palette />}
        {panel === "help" && <Help />}
      </Suspense>
    </>
  );
}

/** Under the top strip and without a veil: the Stop button stays in sight and at work. */
function AccountsDrawer() {
  return (
    <Dialog.Root open modal={false} onOpenChange={(isOpen) => isOpen || showPanel(null)}>
      <Dialog.Portal>
        <Dialog.Content
          aria-describedby={undefined}
          // Questions asked from here take the focus; they are no reason to close.
          onFocusOutside={(event) => event.preventDefault()}
          className="fixed top-12 right-0 bottom-0 z-30 flex w-[360px] max-w-full flex-col border-l bg-panel shadow-2xl"
        >
          <Dialog.Title className="sr-only">Accounts and activity</Dialog.Title>
          <Dialog.Close
            aria-label="Close"
            className="flex h-9 shrink-0 items-center justify-end border-b px-3 text-text-2 hover:text-text-1"
          >
            <X size={16} aria-hidden />
          </Dialog.Close>
          <AccountsPanel />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
