/** Merging by hand: for every place that differs, whose lines the text is to have. */
import { useMemo, useState } from "react";
import { Button } from "../ui/Button";
import { Modal } from "../ui/Modal";
import { Segments } from "../ui/Segments";
import type { FileState, Version } from "./files";
import { type JsonText, pathAt, readJson, spanOfLine, valueAt } from "./jsonText";
import { type Chunk, mergedText, mergeLines } from "./lineDiff";
import { maskedText, TYPED } from "./masking";

type Side = "mine" | "theirs";

const SIDES = [
  { value: "mine", name: "Mine" },
  { value: "theirs", name: "Theirs" },
] as const;
const TOLD: Record<Chunk["kind"], string> = {
  same: "",
  mine: "Only you changed this",
  theirs: "Only they changed this",
  clash: "You both changed this: choose",
};

interface MergeProps {
  file: FileState;
  theirs: Version;
  onMerge: (text: string) => void;
  onClose: () => void;
}

export function MergeDialog({ file, theirs, onMerge, onClose }: MergeProps) {
  const chunks = useMemo(
    () => mergeLines(file.base.text, file.text, theirs.text),
    [file.base.text, file.text, theirs.text],
  );
  const [chosen, setChosen] = useState<ReadonlyMap<number, Side>>(new Map());
  const places = useMemo(() => placesOf(chunks, file, theirs), [chunks, file, theirs]);
  const sideOf = (index: number): Side | null => {
    const kind = chunks[index]?.kind;
    return chosen.get(index) ?? (kind === "mine" || kind === "theirs" ? kind : null);
  };
  const open = places.filter(({ index }) => sideOf(index) === null).length;
  return (
    <Modal
      title={`Merge two edits of ${file.name}`}
      text="What only one of you changed is taken already. The merged text comes into the editor; nothing is saved before you review it."
      width="max-w-5xl"
      onClose={onClose}
    >
      <ol className="min-h-0 flex-1 overflow-y-auto border-t">
        {places.map(({ kind, mine, theirs, index, where }, place) => (
          <li key={index} className="border-b px-5 py-3">
            <div className="mb-2 flex items-center gap-3">
              <span className={`flex-1 ${sideOf(index) === null ? "text-warn" : "text-text-2"}`}>
                <b className="font-semibold text-text-1">{where}.</b> {TOLD[kind]}
              </span>
              <Segments
                label={`Whose lines to take at place ${place + 1}`}
                value={sideOf(index) ?? ("" as Side)}
                choices={SIDES}
                onChange={(side) => setChosen((before) => new Map(before).set(index, side))}
              />
            </div>
            <div className="grid grid-cols-2 gap-3">
              <Lines name="Mine" lines={mine} isTaken={sideOf(index) === "mine"} />
              <Lines name="Theirs" lines={theirs} isTaken={sideOf(index) === "theirs"} />
            </div>
          </li>
        ))}
      </ol>
      <div className="flex items-center justify-end gap-2 px-5 py-3">
        <p role="status" className="min-w-0 flex-1 text-warn">
          {open > 0 && `${open} ${open === 1 ? "place is" : "places are"} still to be chosen.`}
        </p>
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          disabled={open > 0}
          onClick={() => onMerge(mergedText(chunks, (index) => sideOf(index) ?? "mine"))}
        >
          Put into the editor
        </Button>
      </div>
    </Modal>
  );
}

/** Return what differs as it may be shown: masking keeps the lines, so it is done to the whole texts. */
function placesOf(chunks: Chunk[], file: FileState, theirs: Version) {
  const shownMine = maskedText(file.name, file.text, TYPED).split("\n");
  const shownTheirs = maskedText(file.name, theirs.text).split("\n");
  const json = readJson(file.text);
  let [i, j] = [0, 0];
  return chunks.flatMap((chunk, index) => {
    const mine = shownMine.slice(i, i + chunk.mine.length);
    const others = shownTheirs.slice(j, j + chunk.theirs.length);
    const where = chunk.kind === "same" ? "" : placeName(json, i + 1);
    i += chunk.mine.length;
    j += chunk.theirs.length;
    return chunk.kind === "same" ? [] : [{ kind: chunk.kind, mine, theirs: others, index, where }];
  });
}

/** Name the account or the part of the file around a line of mine. */
function placeName(json: JsonText, line: number): string {
  const { path } = pathAt(json, spanOfLine(json.text, line).from + 1);
  const [first] = path;
  const accountId = typeof first === "number" ? valueAt(json, [first, "account_id"]) : undefined;
  if (typeof accountId === "string") return `${accountId}, line ${line}`;
  return typeof first === "string" ? `${first}, line ${line}` : `Line ${line}`;
}

function Lines({ name, lines, isTaken }: { name: string; lines: string[]; isTaken: boolean }) {
  return (
    <figure className={`min-w-0 rounded-control border ${isTaken ? "border-text-2" : ""}`}>
      <figcaption className="border-b px-2 py-1 text-text-3 text-xs">
        {name}
        {isTaken && " · taken"}
      </figcaption>
      <pre className="overflow-x-auto p-2 font-mono text-xs">
        {lines.length === 0 ? "(no lines)" : lines.join("\n")}
      </pre>
    </figure>
  );
}
