/** What happened, asked of the server: a page, what is newer every two seconds, and what is older on demand. */
import { useCallback, useEffect, useState } from "react";
import { get } from "../api/client";
import type { ActivityPage } from "../api/types";
import { first, type Joined, NOTHING, withNewer, withOlder } from "./pages";

const EVERY_MS = 2_000;

export interface Wanted {
  day: string;
  account: string;
  level: "info" | "warning" | "problem";
}

export function activityQuery(wanted: Wanted, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ level: wanted.level, ...more });
  if (wanted.day) query.set("day", wanted.day);
  if (wanted.account) query.set("account", wanted.account);
  return query.toString();
}

interface Activity {
  joined: Joined;
  problem: unknown;
  isLoading: boolean;
  loadOlder: () => Promise<void>;
}

export function useActivity(wanted: Wanted): Activity {
  const { day, account, level } = wanted;
  const [joined, setJoined] = useState<Joined>(NOTHING);
  const [problem, setProblem] = useState<unknown>(null);
  const [isLoading, setIsLoading] = useState(true);

  const ask = useCallback(
    (more: Record<string, string>) =>
      get<ActivityPage>(`/api/v1/activity?${activityQuery({ day, account, level }, more)}`),
    [day, account, level],
  );

  useEffect(() => {
    let isShown = true;
    let lastSeq: number | null = null;
    const look = async () => {
      if (document.hidden && lastSeq !== null) return;
      try {
        const page = await ask(lastSeq === null ? {} : { after: String(lastSeq) });
        if (!isShown) return;
        const isFirst = lastSeq === null;
        lastSeq = Math.max(lastSeq ?? 0, page.last_seq);
        setJoined((before) => (isFirst ? first(page) : withNewer(before, page)));
        setProblem(null);
      } catch (error) {
        if (isShown) setProblem(error);
      }
      if (isShown) setIsLoading(false);
    };
    setJoined(NOTHING);
    setIsLoading(true);
    void look();
    const timer = window.setInterval(look, EVERY_MS);
    return () => {
      isShown = false;
      window.clearInterval(timer);
    };
  }, [ask]);

  const { nextBefore } = joined;
  const loadOlder = useCallback(async () => {
    if (nextBefore === null) return;
    try {
      const page = await ask({ before: String(nextBefore) });
      setJoined((before) => withOlder(before, page));
    } catch (error) {
      setProblem(error);
    }
  }, [ask, nextBefore]);

  return { joined, problem, isLoading, loadOlder };
}
