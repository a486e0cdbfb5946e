/** Stopping, resuming, switching the mode and cancelling: what asks, what does not, and what is sent. */
import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Banners } from "../../src/shell/Banners";
import { useCopyMode } from "../../src/shell/copyMode";
import { useShellKeys } from "../../src/shell/keys";
import { StopButton } from "../../src/shell/StopButton";
import { shown } from "../builders/page";
import { by, copy, snapshot, status } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";

let server: FakeServer;

beforeEach(() => {
  server = fakeServer();
});
afterEach(() => vi.unstubAllGlobals());

function Keys() {
  useShellKeys();
  return <input aria-label="A field" />;
}

function Modes({ venue }: { venue: string }) {
  const change = useCopyMode(venue);
  return (
    <>
      <button type="button" onClick={() => void change("auto")}>
        auto
      </button>
      <button type="button" onClick={() => void change("manual")}>
        manual
      </button>
    </>
  );
}

describe("stopping", () => {
  it("takes one click, asks nothing, and works while the page is frozen", async () => {
    const { connection } = shown(<StopButton />, snapshot());
    connection.become("lost");
    await userEvent.click(screen.getByRole("button", { name: "Stop copying" }));
    await waitFor(() => expect(server.sent("/api/v1/stop")).toHaveLength(1));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("takes Alt+Shift+S, from within a field too", async () => {
    shown(<Keys />, snapshot());
    const press = { key: "S", code: "KeyS", altKey: true, shiftKey: true };
    fireEvent.keyDown(screen.getByLabelText("A field"), press);
    fireEvent.keyDown(screen.getByLabelText("A field"), { ...press, repeat: true });
    await waitFor(() => expect(server.sent("/api/v1/stop")).toHaveLength(1));
  });

  it("is still offered where the page last saw copying stopped and is now frozen", () => {
    const { connection } = shown(<StopButton />, snapshot({ status: status({ is_stopped: true }) }));
    expect(screen.getByRole("button", { name: "Resume…" })).toBeTruthy();
    connection.become("lost");
    expect(screen.getByRole("button", { name: "Stop copying" })).toBeTruthy();
  });
});

describe("the mode", () => {
  it("goes to holding at once, and to copying only when asked about", async () => {
    const user = userEvent.setup();
    shown(<Modes venue="live" />, snapshot());
    await user.click(screen.getByRole("button", { name: "manual" }));
    await waitFor(() => expect(server.sent("/api/v1/mode")).toMatchObject([{ mode: "manual" }]));
    await user.click(screen.getByRole("button", { name: "auto" }));
    expect(await screen.findByText(/This is real money/)).toBeTruthy();
    await user.keyboard("{Enter}");
    expect(server.sent("/api/v1/mode")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "auto" }));
    await user.click(await screen.findByRole("button", { name: "Copy at once" }));
    await waitFor(() => expect(server.sent("/api/v1/mode")).toMatchObject([{}, { mode: "auto" }]));
  });
});

describe("cancelling open copies", () => {
  const open = [
    copy("1", "SE1", { state: "OPEN", may_cancel: true }),
    copy("1", "SE2", { state: "OPEN", may_cancel: true, closing_units: 100 }),
    copy("2", "SE1"),
  ];

  function stopped() {
    const rows = { status: status({ is_stopped: true, stopped_by: "you" }), copies: by("copy_id", open) };
    return shown(<Banners />, snapshot(rows));
  }

  it("is offered after a stop, and needs their number typed", async () => {
    const user = userEvent.setup();
    stopped();
    expect(screen.getByText(/2 open copies are untouched/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Cancel open copies…" }));
    expect(await screen.findByText("Cancel 2 open copies in 2 accounts?")).toBeTruthy();
    expect(screen.getByText(/1 of them is an exit/)).toBeTruthy();
    const go = screen.getByRole<HTMLButtonElement>("button", { name: "Cancel 2 copies" });
    expect(go.disabled).toBe(true);
    await user.type(screen.getByRole("textbox"), "3");
    expect(go.disabled).toBe(true);
    await user.clear(screen.getByRole("textbox"));
    await user.type(screen.getByRole("textbox"), "2");
    await user.click(go);
    await waitFor(() => expect(server.sent("/api/v1/cancellations")).toMatchObject([{ count: 2 }]));
  });

  it("is not offered while the page is frozen", () => {
    const { connection } = stopped();
    connection.become("engine-lost");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Cancel open copies…" }).disabled).toBe(
      true,
    );
  });
});
