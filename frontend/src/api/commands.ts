/** The operator's commands. Each carries an id made here, so that repeating one has no second effect. */
import { post, RefusedError } from "./client";
import type {
  BareRequest,
  CancellationsRequest,
  CommandResponse,
  CopiesRequest,
  CopyMode,
  LookRequest,
  ModeRequest,
  RetriesRequest,
  SquareOffsRequest,
  TickedCopy,
} from "./types";

const TRIES = 3;

/** Make a command's id: once per click, kept over repetitions of the request. */
export function newCommandId(): string {
  return crypto.randomUUID();
}

/**
 * Send a command; where the network or the link fails in mid-way, ask again under the same id.
 * The server answers a repeated id with what it answered before and does nothing twice.
 */
export async function command<Body extends { command_id?: string | null }>(
  path: string,
  body: Body,
): Promise<CommandResponse> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post<CommandResponse>(path, body);
    } catch (error) {
      const mayAskAgain =
        error instanceof RefusedError && (error.status === 0 || error.status === 504) && attempt < TRIES;
      if (!mayAskAgain) throw error;
    }
  }
}

export function copyOrders(id: string, orders: string[], accounts: string[] = []): Promise<CommandResponse> {
  return command<CopiesRequest>("/api/v1/copies", { command_id: id, orders, accounts });
}

export function retryCopies(id: string, copies: TickedCopy[]): Promise<CommandResponse> {
  return command<RetriesRequest>("/api/v1/retries", { command_id: id, copies });
}

export function setMode(id: string, mode: CopyMode): Promise<CommandResponse> {
  return command<ModeRequest>("/api/v1/mode", { command_id: id, mode });
}

export function stopCopying(): Promise<CommandResponse> {
  return command<BareRequest>("/api/v1/stop", { command_id: newCommandId() });
}

export function resumeCopying(id: string): Promise<CommandResponse> {
  return command<BareRequest>("/api/v1/resume", { command_id: id });
}

export function lookNow(accounts: string[] = []): Promise<CommandResponse> {
  return command<LookRequest>("/api/v1/look", { command_id: newCommandId(), accounts });
}

/** Cancel every open copy; `count` is how many of them the operator saw. */
export function cancelOpenCopies(id: string, count: number): Promise<CommandResponse> {
  return command<CancellationsRequest>("/api/v1/cancellations", { command_id: id, count });
}

/** Close these secondaries' intraday positions at the market; `count` is how many the operator saw. */
export function squareOff(id: string, accounts: string[], count: number): Promise<CommandResponse> {
  return command<SquareOffsRequest>("/api/v1/square-offs", { command_id: id, accounts, count });
}
