/** What is wrong with the text as it is now. This page says at once what it can tell; the server is the judge. */
import { useEffect, useMemo, useState } from "react";
import { post } from "../api/client";
import type { CheckRequest, CheckResponse, ConfigProblemRow } from "../api/types";
import { whyNot } from "../ui/toasts";
import { type FileState, isEdited, outgoing } from "./files";
import type { JsonText } from "./jsonText";
import { ownTroubles, serverTroubles, type Trouble } from "./problems";
import { tooLarge } from "./upload";
import { addressOf } from "./useConfig";

const PAUSE_MS = 500;
const AGAIN_MS = 3_000;

export interface Judgement {
  troubles: Trouble[];
  /** Whether the server has judged exactly this text. */
  isJudged: boolean;
  /** Why it could not be asked. */
  fails: string | null;
}

interface Verdict {
  about: string;
  problems: ConfigProblemRow[];
  fails: string | null;
}

export function useTroubles(file: FileState, json: JsonText): Judgement {
  const verdict = useVerdict(file);
  const { name, schema } = file;
  return useMemo(() => {
    const edited = isEdited(file);
    const isJudged = !edited || (verdict?.about === aboutOf(file) && verdict.fails === null);
    const told = serverTroubles(name, json, edited ? (verdict?.problems ?? []) : file.problems);
    if (isJudged) return { troubles: told, isJudged, fails: null };
    const own = ownTroubles(name, json, schema);
    // What the server said of the text before stays until it says otherwise: it is wrong seldom.
    const others = told.filter((each) => !own.some((mine) => mine.line === each.line));
    return { troubles: json.fault ? own : [...own, ...others], isJudged, fails: verdict?.fails ?? null };
  }, [file, json, verdict, name, schema]);
}

function aboutOf(file: FileState): string {
  return `${file.name} ${file.base.revision} ${file.text}`;
}

function useVerdict(file: FileState): Verdict | null {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const about = aboutOf(file);
  const { name } = file;
  const [tries, setTries] = useState(0);
  const text = isEdited(file) ? outgoing(file) : null;
  useEffect(() => {
    if (text === null) return;
    let isLast = true;
    let again: number | undefined;
    const say = (problems: ConfigProblemRow[], fails: string | null) => {
      if (isLast) setVerdict({ about, problems, fails });
    };
    const timer = window.setTimeout(async () => {
      const large = tooLarge(text);
      if (large !== null) return say([], large);
      try {
        const body: CheckRequest = { text };
        say((await post<CheckResponse>(addressOf(name, "check"), body)).problems, null);
      } catch (error) {
        say([], whyNot(error));
        if (isLast) again = window.setTimeout(() => setTries(tries + 1), AGAIN_MS);
      }
    }, PAUSE_MS);
    return () => {
      isLast = false;
      window.clearTimeout(timer);
      window.clearTimeout(again);
    };
  }, [name, text, about, tries]);
  return verdict;
}
