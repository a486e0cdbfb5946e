/** The charts under the blotter. */
import { LatencyPanel } from "./LatencyPanel";
import { PnlPanel } from "./PnlPanel";

export default function Dock() {
  return (
    <div className="grid h-[196px] shrink-0 grid-cols-[1fr_minmax(0,42%)] divide-x border-t bg-panel [@media(max-height:700px)]:hidden">
      <PnlPanel />
      <LatencyPanel />
    </div>
  );
}
