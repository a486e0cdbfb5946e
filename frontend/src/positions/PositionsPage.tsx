/** The Positions page: what every account holds, beside what the primary's positions ask of it. */
import { Scale } from "lucide-react";
import { useState } from "react";
import { count } from "../format/numbers";
import { useAccounts, useIsFrozen, usePortfolios, useStatus, useStore } from "../live/live";
import { useThrottled } from "../live/throttled";
import { useCancelOpen } from "../shell/cancelOpen";
import { Button } from "../ui/Button";
import { matrixOf } from "./matrix";
import { PositionsTable } from "./PositionsTable";
import { SquareOffDialog } from "./SquareOffDialog";

const EVERY_MS = 500;

export default function PositionsPage() {
  useThrottled("portfolios accounts", EVERY_MS);
  const { accounts, portfolios, isEmpty } = useStore();
  const isFrozen = useIsFrozen();
  const [isOnlyDifferent, setIsOnlyDifferent] = useState(false);
  const { lines, differences } = matrixOf(accounts, portfolios);
  const shown = isOnlyDifferent ? lines.filter((line) => line.isDifferent) : lines;
  return (
    <section aria-labelledby="positions-title" className="flex min-h-0 flex-1 flex-col bg-bg">
      <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-2 border-b bg-panel px-4 py-2">
        <h2 id="positions-title" className="font-semibold text-lg">
          Positions
        </h2>
        <Summary lines={lines.length} differences={differences} />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <Button
            aria-pressed={isOnlyDifferent}
            className={isOnlyDifferent ? "border-warn! text-warn!" : ""}
            onClick={() => setIsOnlyDifferent(!isOnlyDifferent)}
          >
            Only differences
          </Button>
          <Deeds />
        </div>
      </div>
      {shown.length > 0 ? (
        <PositionsTable accounts={accounts} lines={shown} isDim={isFrozen} />
      ) : (
        <Nothing isLoading={isEmpty || portfolios.size === 0} isFiltered={lines.length > 0} />
      )}
    </section>
  );
}

function Summary({ lines, differences }: { lines: number; differences: number }) {
  const isFrozen = useIsFrozen();
  if (lines === 0 || isFrozen) return null;
  return (
    <p role="status" className={differences > 0 ? "text-warn" : "text-text-2"}>
      {differences === 0
        ? "All holdings are as the primary asks."
        : `${count(differences)} ${differences === 1 ? "holding differs" : "holdings differ"} from the primary`}
    </p>
  );
}

function Deeds() {
  const isFrozen = useIsFrozen();
  const isStopped = useStatus()?.is_stopped ?? false;
  const cancelOpen = useCancelOpen();
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      {/* After a stop the banner above has it. */}
      {!isStopped && (
        <Button disabled={isFrozen} onClick={() => void cancelOpen()}>
          Cancel open copies…
        </Button>
      )}
      <Button look="danger" disabled={isFrozen} onClick={() => setIsAsked(true)}>
        Square off…
      </Button>
      {isAsked && <SquareOff onClose={() => setIsAsked(false)} />}
    </>
  );
}

function SquareOff({ onClose }: { onClose: () => void }) {
  const accounts = useAccounts();
  const portfolios = usePortfolios();
  return <SquareOffDialog accounts={accounts} portfolios={portfolios} onClose={onClose} />;
}

function Nothing({ isLoading, isFiltered }: { isLoading: boolean; isFiltered: boolean }) {
  const words = isLoading
    ? "Positions are being read."
    : isFiltered
      ? "Nothing differs from the primary."
      : "No positions today. What the primary account opens will appear here, beside what each account holds.";
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 p-6 text-center text-text-2">
      <Scale size={24} aria-hidden className="text-text-3" />
      <p>{words}</p>
    </div>
  );
}
