/** Parts that are fetched when they are first needed, also where the server is away at that moment. */

const PAUSE_MS = 2_000;

/**
 * Return `load` with patience: while the file cannot be fetched it is asked for again and again, and whoever
 * waits for it goes on waiting. React keeps a failed part for good, so one must not fail.
 */
export function patiently<Part>(load: () => Promise<Part>, pauseMs = PAUSE_MS): () => Promise<Part> {
  return async () => {
    for (;;) {
      try {
        return await load();
      } catch {
        await new Promise((resolve) => window.setTimeout(resolve, pauseMs));
      }
    }
  };
}
