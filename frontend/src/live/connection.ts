/** The live stream: one socket for the page, batches applied once per frame, and what is known of its health. */
import { io, type Socket } from "socket.io-client";
import type { Deltas, LinkRow } from "../api/types";
import type { LiveStore, State } from "./store";

const PROBE_EVERY_MS = 5_000;
const ASK_AGAIN_MS = 5_000;
const HIDDEN_PAUSE_MS = 250;

export type Phase =
  /** Nothing was ever shown. */
  | "connecting"
  | "live"
  /** What is shown is frozen: the web process or the network is away. */
  | "lost"
  /** The web process answers, but the copier behind it does not: frozen as well. */
  | "engine-lost"
  /** The session has ended; only signing in helps. */
  | "signed-out";

export interface Health {
  phase: Phase;
  /** Since when what is shown is frozen, in milliseconds of this machine's clock. */
  frozenSince: number | null;
  roundTripMs: number | null;
}

type Message = { kind: "snapshot"; state: State } | { kind: "deltas"; batch: Deltas };

export class Connection {
  private readonly socket: Socket;
  private readonly listeners = new Set<() => void>();
  private readonly timers: number[] = [];
  private queue: Message[] = [];
  private isFlushPlanned = false;
  private isFresh = false;
  health: Health = { phase: "connecting", frozenSince: null, roundTripMs: null };

  constructor(private readonly store: LiveStore) {
    this.socket = io("/live", { transports: ["websocket", "polling"], autoConnect: false });
    this.socket.on("snapshot", (state: State) => this.enqueue({ kind: "snapshot", state }));
    this.socket.on("deltas", (batch: Deltas) => this.enqueue({ kind: "deltas", batch }));
    this.socket.on("link", (link: LinkRow) => {
      this.store.takeLink(link);
      this.judge();
    });
    this.socket.on("connect", () => this.probe());
    this.socket.on("disconnect", (why) => {
      this.lose();
      if (why === "io server disconnect") this.socket.connect();
    });
    this.socket.on("connect_error", () => this.lose());
  }

  /** Connect, and stay connected until `close`. */
  open(): void {
    this.socket.connect();
    document.addEventListener("visibilitychange", this.flushUnseen);
    this.timers.push(window.setInterval(() => this.probe(), PROBE_EVERY_MS));
    this.timers.push(window.setInterval(() => this.askAgain(), ASK_AGAIN_MS));
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.flushUnseen);
    for (const timer of this.timers.splice(0)) window.clearInterval(timer);
    this.socket.close();
  }

  /** Try at once instead of waiting for the next attempt. */
  tryNow(): void {
    if (this.socket.connected) this.socket.emit("resync");
    else this.socket.disconnect().connect();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  private askAgain(): void {
    // A snapshot may have been lost with a connection, and one that was refused is not tried again by itself.
    if (this.socket.connected && !this.isFresh) this.socket.emit("resync");
    else if (!this.socket.active) this.socket.connect();
  }

  private enqueue(message: Message): void {
    // A snapshot makes everything before it needless.
    if (message.kind === "snapshot") this.queue = [message];
    else this.queue.push(message);
    if (this.isFlushPlanned) return;
    this.isFlushPlanned = true;
    if (document.hidden) window.setTimeout(() => this.flush(), HIDDEN_PAUSE_MS);
    else window.requestAnimationFrame(() => this.flush());
  }

  /** A hidden page is given no frames: what waits for one would wait, and grow, until it is shown again. */
  private flushUnseen = (): void => {
    if (document.hidden && this.isFlushPlanned) this.flush();
  };

  private flush(): void {
    this.isFlushPlanned = false;
    const messages = this.queue;
    this.queue = [];
    for (const message of messages) {
      if (message.kind === "snapshot") {
        this.store.take(message.state);
        this.isFresh = this.socket.connected;
      } else if (this.isFresh && this.store.apply(message.batch) === "gap") {
        this.isFresh = false;
        this.socket.emit("resync");
      }
    }
    this.judge();
  }

  private lose(): void {
    this.isFresh = false;
    this.queue = [];
    this.judge();
    void this.checkSession();
  }

  private judge(): void {
    const phase = this.phase();
    const isFrozen = phase === "lost" || phase === "engine-lost" || phase === "signed-out";
    const frozenSince = isFrozen ? (this.health.frozenSince ?? Date.now()) : null;
    if (phase !== this.health.phase || frozenSince !== this.health.frozenSince)
      this.show({ ...this.health, phase, frozenSince });
  }

  private phase(): Phase {
    if (this.health.phase === "signed-out" && !this.socket.connected) return "signed-out";
    if (this.isFresh) return this.store.link?.is_up === false ? "engine-lost" : "live";
    if (!this.store.isEmpty)
      return this.socket.connected && this.store.link?.is_up === false ? "engine-lost" : "lost";
    return this.health.phase === "connecting" ? "connecting" : "lost";
  }

  private probe(): void {
    if (!this.socket.connected) return;
    const asked = performance.now();
    this.socket.timeout(PROBE_EVERY_MS).emit("probe", (error: unknown) => {
      this.show({ ...this.health, roundTripMs: error ? null : performance.now() - asked });
    });
  }

  private async checkSession(): Promise<void> {
    try {
      const response = await fetch("/", { method: "HEAD", redirect: "manual" });
      const isSignedOut = response.status === 401 || response.type === "opaqueredirect";
      if (isSignedOut)
        this.show({
          ...this.health,
          phase: "signed-out",
          frozenSince: this.health.frozenSince ?? Date.now(),
        });
      else if (this.health.phase === "connecting") this.show({ ...this.health });
    } catch {
      // The web process is away; the page says so already.
      if (this.health.phase === "connecting")
        this.show({ ...this.health, phase: "lost", frozenSince: Date.now() });
    }
  }

  private show(health: Health): void {
    this.health = health;
    for (const listener of [...this.listeners]) listener();
  }
}
