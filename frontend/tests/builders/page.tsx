/** Parts of the page drawn over a store that tests fill, with a connection that is what tests say. */
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { act } from "react";
import type { Connection, Health, Phase } from "../../src/live/connection";
import { LiveProvider } from "../../src/live/live";
import type { State } from "../../src/live/store";
import { LiveStore } from "../../src/live/store";
import { ConfirmProvider } from "../../src/ui/confirm";
import { ToastProvider } from "../../src/ui/toasts";

export class FakeConnection {
  health: Health = { phase: "live", frozenSince: null, roundTripMs: 3 };
  private readonly listeners = new Set<() => void>();

  open(): void {}
  close(): void {}
  tryNow(): void {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  become(phase: Phase): void {
    const frozenSince = phase === "live" ? null : Date.now();
    act(() => {
      this.health = { ...this.health, phase, frozenSince };
      for (const listener of [...this.listeners]) listener();
    });
  }
}

/** Draw `children` over a store with this state. */
export function shown(children: ReactNode, state: State) {
  const store = new LiveStore();
  store.take(state);
  const connection = new FakeConnection();
  const drawn = render(
    <LiveProvider live={{ store, connection: connection as unknown as Connection }}>
      <ToastProvider>
        <ConfirmProvider>{children}</ConfirmProvider>
      </ToastProvider>
    </LiveProvider>,
  );
  return { ...drawn, store, connection };
}
