/** What has newly gone wrong between two moments, for sounds and notifications. */
import { useEffect } from "react";
import { useConnection, useStore } from "../live/live";
import type { LiveStore } from "../live/store";
import { TROUBLED } from "../orders/states";
import { preferences } from "./preferences";
import { chime, notify, type Signal } from "./signals";

export interface Moment {
  /** Copies that failed, each with its attempt: a retry that fails is news again. */
  refused: ReadonlySet<string>;
  expired: ReadonlySet<string>;
  isLost: boolean;
  isStopped: boolean;
}

export interface News {
  signal: Signal;
  text: string;
}

/** Return what the store shows at this moment. */
export function momentOf(store: LiveStore, isLost: boolean): Moment {
  const refused = new Set<string>();
  for (const copy of store.copies.values())
    if (TROUBLED.has(copy.state) && copy.state !== "IN_DOUBT")
      refused.add(`${copy.copy_id} ${copy.generation}`);
  const expired = store.accounts.filter((account) => account.reason?.code === "SESSION_EXPIRED");
  return {
    refused,
    expired: new Set(expired.map((account) => account.account_id)),
    isLost,
    isStopped: store.status?.is_stopped ?? false,
  };
}

/** Return what is news, the gravest first. */
export function newsBetween(before: Moment, after: Moment, nameOf: (accountId: string) => string): News[] {
  const news: News[] = [];
  if (after.isLost && !before.isLost)
    news.push({ signal: "lost", text: "The page is cut off. The copier may still be running." });
  if (after.isStopped && !before.isStopped) news.push({ signal: "stopped", text: "Copying is stopped." });
  const expired = [...after.expired].filter((id) => !before.expired.has(id));
  if (expired.length > 0)
    news.push({
      signal: "expired",
      text: `Session expired: ${expired.map(nameOf).join(", ")}. Log in again.`,
    });
  const refused = [...after.refused].filter((id) => !before.refused.has(id)).length;
  if (refused > 0)
    news.push({ signal: "refused", text: refused === 1 ? "A copy failed." : `${refused} copies failed.` });
  return news;
}

const EVERY_MS = 500;

/** Watch the live state while the page lives; what is there at the start is no news. */
export function useWatching(): void {
  const store = useStore();
  const connection = useConnection();
  useEffect(() => {
    let before: Moment | null = null;
    const look = () => {
      const { hasSound, hasNotifications } = preferences();
      // Nothing is shown yet, or nobody wants to hear: then what comes later starts anew.
      if (store.isEmpty || !(hasSound || hasNotifications)) {
        before = null;
        return;
      }
      const { phase } = connection.health;
      const after = momentOf(store, phase !== "live" && phase !== "connecting");
      const news = before === null ? [] : newsBetween(before, after, (id) => store.account(id)?.name ?? id);
      before = after;
      const [gravest] = news;
      if (gravest) chime(gravest.signal);
      for (const each of news) notify(each.signal, each.text);
    };
    const timer = window.setInterval(look, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [store, connection]);
}
