/** Requests to the server: JSON both ways, and every refusal as one kind of error. */
import type { ItemResult, Problem } from "./types";

const PATIENCE_MS = 20_000;

/** A request that did not do what it asked. `notDone` says what has not happened, or is not known. */
export class RefusedError extends Error {
  readonly code: string;
  readonly notDone: string;
  readonly requestId: string;
  readonly status: number;
  readonly results: ItemResult[];
  /** The answer as it came, for routes that say more. */
  readonly body: unknown;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.message ?? `The server answered ${status}.`);
    this.status = status;
    this.code = problem.error ?? "refused";
    this.notDone = problem.not_done ?? "It is not known what was done.";
    this.requestId = problem.request_id ?? "";
    this.results = problem.results ?? [];
    this.body = problem;
  }
}

async function request<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const init: RequestInit = { method, signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new RefusedError(0, {
      error: "unreachable",
      message: "The server cannot be reached.",
      not_done: method === "GET" ? "Nothing was asked." : "It is not known whether this reached the server.",
    });
  }
  const answer: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new RefusedError(response.status, answer as Partial<Problem>);
  return answer as Answer;
}

export function get<Answer>(path: string): Promise<Answer> {
  return request<Answer>("GET", path);
}

export function post<Answer>(path: string, body: unknown): Promise<Answer> {
  return request<Answer>("POST", path, body);
}

export function put<Answer>(path: string, body: unknown): Promise<Answer> {
  return request<Answer>("PUT", path, body);
}
