/** An account's card: what it shows, and that its edits are asked for, sent once, and never shown early. */
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AccountCard } from "../../src/accounts/AccountCard";
import type { AccountRow, PortfolioRow } from "../../src/api/types";
import { shown } from "../builders/page";
import { account, by, portfolio, snapshot } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";

const MOTHER = account("SE1", { name: "Mother", multiplier: "2.5", orders_today: 12 });
const PATH = "/api/v1/accounts/SE1";
let server: FakeServer;

function card(row: AccountRow = MOTHER, holdings: PortfolioRow = portfolio("SE1"), mayLogIn = false) {
  const rows = { accounts: by("account_id", [row]), portfolios: by("account_id", [holdings]) };
  return shown(
    <AccountCard account={row} failures={{ failed: 0, doubtful: 0 }} mayLogIn={mayLogIn} />,
    snapshot(rows),
  );
}

beforeEach(() => {
  server = fakeServer();
});
afterEach(() => vi.unstubAllGlobals());

describe("a card", () => {
  it("shows money, its age, and the orders of the day", () => {
    card();
    expect(screen.getByText("+1,000.00")).toBeTruthy();
    expect(screen.getByText("₹8.42 L free, 31% used")).toBeTruthy();
    expect(screen.getByText("as of 09:30:00")).toBeTruthy();
    expect(screen.getByText("12 of 5,000 orders")).toBeTruthy();
  });

  it("says that funds were not read instead of showing none", () => {
    card(MOTHER, portfolio("SE1", { pnl: null, as_of: null, funds_free: null, funds_used: null }));
    expect(screen.getByText("Funds not read")).toBeTruthy();
    expect(screen.queryByText(/as of/)).toBeNull();
  });

  it("leads to the login where that is possible, and says how where it is not", () => {
    const reason = { code: "SESSION_EXPIRED", text: "Log in again.", raw: null } as const;
    const row = account("SE1", { state: "blocked", reason });
    const { unmount } = card(row, portfolio("SE1"), true);
    expect(screen.getByRole("link", { name: "Log in" }).getAttribute("href")).toBe("/login/SE1");
    unmount();
    card(row);
    expect(screen.queryByRole("link")).toBeNull();
    expect(screen.getByText("python run.py login SE1")).toBeTruthy();
  });
});

describe("the multiplier", () => {
  async function typed(text: string) {
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: /Multiplier of Mother/ }));
    const field = screen.getByRole("textbox", { name: "Multiplier of Mother" });
    await user.clear(field);
    await user.type(field, text);
    return user;
  }

  it("is asked about, then sent, and shown only when the server has it", async () => {
    card();
    const user = await typed("3{Enter}");
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Mother (SE1): multiplier ×2.5 → ×3?")).toBeTruthy();
    expect(document.activeElement?.textContent).toBe("Cancel");
    expect(server.sent(PATH)).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Use ×3" }));
    await waitFor(() => expect(server.sent(PATH)).toEqual([{ multiplier: "3" }]));
    expect(screen.getByRole("button", { name: /Multiplier of Mother: ×2.5/ })).toBeTruthy();
  });

  it("is left alone by Escape, by Cancel, and where it is the same", async () => {
    card();
    const user = await typed("3{Escape}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await typed("×2.5{Enter}");
    expect(screen.queryByRole("dialog")).toBeNull();
    await typed("4{Enter}");
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(server.sent(PATH)).toEqual([]);
  });

  it("that the server refuses is said in its words", async () => {
    const problem = {
      error: "config_refused",
      message: "It must be positive.",
      not_done: "Nothing was saved.",
    };
    server.answer(PATH, { status: 422, body: problem });
    card();
    const user = await typed("-1{Enter}");
    await user.click(await screen.findByRole("button", { name: "Use ×-1" }));
    expect(await screen.findByText(/It must be positive. Nothing was saved./)).toBeTruthy();
  });
});

describe("the mode", () => {
  it("is asked about, with what it means, and shown only when the server has it", async () => {
    const user = userEvent.setup();
    card();
    const choice = screen.getByRole<HTMLSelectElement>("combobox", { name: "What Mother takes" });
    await user.selectOptions(choice, "off");
    expect(choice.value).toBe("on");
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/what it holds stays open/)).toBeTruthy();
    await user.click(within(dialog).getByRole("button", { name: "Set off" }));
    await waitFor(() => expect(server.sent(PATH)).toEqual([{ mode: "off" }]));
    expect(choice.value).toBe("on");
  });

  it("cannot be changed while the page is frozen", () => {
    const { connection } = card();
    connection.become("lost");
    expect(screen.getByRole<HTMLSelectElement>("combobox").disabled).toBe(true);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Multiplier/ }).disabled).toBe(true);
  });
});
