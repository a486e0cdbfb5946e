/** The Positions page: what differs and by how much, what is hidden, and squaring off by the number. */
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import PositionsPage from "../../src/positions/PositionsPage";
import { shown } from "../builders/page";
import { account, by, portfolio, position, snapshot } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";

let server: FakeServer;
beforeEach(() => {
  server = fakeServer();
});
afterEach(() => vi.unstubAllGlobals());

const TCS = { instrument: "NSE:TCS", tradingsymbol: "TCS" };

function page() {
  const accounts = [
    account("PA1", { role: "primary", name: "Self" }),
    account("SE1", { name: "Mother" }),
    account("SE2", { name: "Aunt", mode: "off" }),
  ];
  const rows = [
    portfolio("PA1", { positions: [position(), position(TCS)] }),
    portfolio("SE1", {
      positions: [position({ expected: 100 }), position({ ...TCS, quantity: 40, expected: 100 })],
    }),
    portfolio("SE2", { positions: [position()] }),
  ];
  const state = { accounts: by("account_id", accounts), portfolios: by("account_id", rows) };
  return shown(<PositionsPage />, snapshot(state));
}

describe("the page", () => {
  it("says what differs and by how much", () => {
    page();
    expect(screen.getByText("1 holding differs from the primary")).toBeTruthy();
    const row = screen.getByRole("row", { name: /TCS/ });
    expect(within(row).getByText("40")).toBeTruthy();
    expect(within(row).getByText("−60 of 100")).toBeTruthy();
  });

  it("shows only what differs when asked", async () => {
    page();
    await userEvent.click(screen.getByRole("button", { name: "Only differences" }));
    expect(screen.queryByRole("row", { name: /INFY/ })).toBeNull();
    expect(screen.getByRole("row", { name: /TCS/ })).toBeTruthy();
  });

  it("claims nothing about differences while it is frozen", () => {
    const { connection } = page();
    connection.become("lost");
    expect(screen.queryByText(/differ from the primary/)).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Square off…" }).disabled).toBe(true);
  });

  it("says that there is nothing, or nothing yet", () => {
    const { unmount } = shown(<PositionsPage />, snapshot());
    expect(screen.getByText("Positions are being read.")).toBeTruthy();
    unmount();
    shown(<PositionsPage />, snapshot({ portfolios: by("account_id", [portfolio("PA1")]) }));
    expect(screen.getByText(/No positions today/)).toBeTruthy();
  });
});

describe("squaring off", () => {
  async function asked() {
    const user = userEvent.setup();
    page();
    await user.click(screen.getByRole("button", { name: "Square off…" }));
    return user;
  }

  it("starts on Cancel with nothing chosen, and leaves out the primary and what is off", async () => {
    await asked();
    expect(document.activeElement?.textContent).toBe("Cancel");
    const boxes = screen.getAllByRole<HTMLInputElement>("checkbox");
    expect(boxes.map((box) => [box.checked, box.disabled])).toEqual([
      [false, false],
      [false, true],
    ]);
  });

  it("needs the number typed, anew when the choice changes, and sends once", async () => {
    server.answer("/api/v1/square-offs", { body: { message: "Two.", results: [] } });
    const user = await asked();
    await user.click(screen.getByRole("checkbox", { name: /Mother/ }));
    const go = screen.getByRole<HTMLButtonElement>("button", { name: "Square off 2 positions" });
    await user.type(screen.getByRole("textbox"), "2");
    expect(go.disabled).toBe(false);
    await user.click(screen.getByRole("checkbox", { name: /Mother/ }));
    await user.click(screen.getByRole("checkbox", { name: /Mother/ }));
    expect(go.disabled).toBe(true);
    await user.type(screen.getByRole("textbox"), "2");
    await user.dblClick(go);
    await waitFor(() =>
      expect(server.sent("/api/v1/square-offs")).toMatchObject([{ accounts: ["SE1"], count: 2 }]),
    );
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("keeps its id until there is an answer", async () => {
    server.answer("/api/v1/square-offs", new TypeError("Failed to fetch"));
    const user = await asked();
    await user.click(screen.getByRole("checkbox", { name: /Mother/ }));
    await user.type(screen.getByRole("textbox"), "2");
    const go = screen.getByRole("button", { name: "Square off 2 positions" });
    await user.click(go);
    await user.click(go);
    await waitFor(() => expect(server.sent("/api/v1/square-offs")).toHaveLength(6));
    const ids = server.sent("/api/v1/square-offs").map((body) => (body as { command_id: string }).command_id);
    expect(new Set(ids).size).toBe(1);
  });
});
