/** A server for the page under test: it answers what it is told and remembers what it was asked. */
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Answer = { status?: number; body?: unknown } | Error;

export interface FakeServer {
  asked: Asked[];
  /** Of a path: what it answers from now on. */
  answer: (path: string, answer: Answer) => void;
  sent: (path: string) => unknown[];
}

/** Take the place of fetch until the test ends; what was not told of answers 200 with an empty object. */
export function fakeServer(): FakeServer {
  const answers = new Map<string, Answer>();
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit = {}) => {
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    asked.push({ method: init.method ?? "GET", path, body });
    const answer = answers.get(path.split("?")[0] ?? path) ?? {};
    if (answer instanceof Error) throw answer;
    const status = answer.status ?? 200;
    return { ok: status < 400, status, json: async () => answer.body ?? {} };
  });
  return {
    asked,
    answer: (path, answer) => answers.set(path, answer),
    sent: (path) => asked.filter((each) => each.path === path).map((each) => each.body),
  };
}
