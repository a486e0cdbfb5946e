/** Everything that keeps the text from being saved, in words, each leading to its place. */
import { CircleX } from "lucide-react";
import type { Trouble } from "./problems";

export function TroubleList({ troubles, onLead }: { troubles: Trouble[]; onLead: (at: number) => void }) {
  if (troubles.length === 0) return null;
  return (
    <ul aria-label="Problems" className="max-h-44 shrink-0 overflow-y-auto border-t bg-raised">
      {troubles.map((trouble) => (
        <li
          key={`${trouble.file} ${trouble.from} ${trouble.reason}`}
          className="flex gap-2 border-b px-4 py-1.5 last:border-b-0"
        >
          <CircleX size={14} aria-hidden className="mt-0.5 shrink-0 text-down" />
          <div className="min-w-0 flex-1 break-words">
            {trouble.line === null ? (
              <span className="text-text-2">{trouble.file}: </span>
            ) : (
              <button
                type="button"
                onClick={() => onLead(trouble.from)}
                className="mr-2 text-text-2 underline hover:text-text-1"
              >
                Line {trouble.line}
              </button>
            )}
            {trouble.reason}
            {trouble.example && (
              <span className="block text-text-3 text-xs">
                For example: <code className="font-mono">{trouble.example}</code>
              </span>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
