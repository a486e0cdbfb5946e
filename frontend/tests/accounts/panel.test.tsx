/** The rail and the figures drawn: failures by account, the log and what stands in for it, looking now. */
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AccountsPanel } from "../../src/accounts/AccountsPanel";
import { FiguresRow } from "../../src/accounts/FiguresRow";
import { shown } from "../builders/page";
import { alert, by, copy, order, portfolio, snapshot } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";

let server: FakeServer;
beforeEach(() => {
  server = fakeServer();
  server.answer("/api/v1/activity", { body: { items: [], last_seq: 0, next_before: null } });
});
afterEach(() => vi.unstubAllGlobals());

describe("the rail", () => {
  it("counts each account's failures of the day", () => {
    const rows = [
      copy("1", "SE2", { state: "REJECTED" }),
      copy("2", "SE2", { state: "FAILED" }),
      copy("3", "SE1"),
      copy("4", "SE1", { state: "IN_DOUBT" }),
      copy("5", "SE1", { state: "NEEDS_OPERATOR" }),
    ];
    shown(<AccountsPanel />, snapshot({ copies: by("copy_id", rows) }));
    expect(within(screen.getByRole("listitem", { name: "SE2" })).getByText("2 failed")).toBeTruthy();
    expect(within(screen.getByRole("listitem", { name: "SE1" })).queryByText(/failed/)).toBeNull();
    expect(within(screen.getByRole("listitem", { name: "SE1" })).getByText("2 in doubt")).toBeTruthy();
  });

  it("shows where logging in is possible", async () => {
    server.answer("/api/v1/logins", { body: { PA1: false, SE1: true } });
    shown(<AccountsPanel />, snapshot());
    const links = await screen.findAllByRole("link", { name: "Log in" });
    expect(links.map((link) => link.getAttribute("href"))).toEqual(["/login/SE1"]);
  });

  it("tells what happened, and only errors when asked", async () => {
    const item = { seq: 3, at: "2026-11-23T04:00:00Z", who: "engine", level: "problem", text: "It failed." };
    const items = [{ ...item, account_id: null, order_id: null }];
    server.answer("/api/v1/activity", { body: { items, last_seq: 3, next_before: null } });
    shown(<AccountsPanel />, snapshot());
    expect(await within(screen.getByRole("log")).findByText("It failed.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Errors only" }));
    await waitFor(() => expect(server.asked.some((each) => each.path.includes("level=problem"))).toBe(true));
  });

  it("has the alerts of the stream where the journal cannot be read", async () => {
    server.answer("/api/v1/activity", { status: 503, body: { error: "journal_unreadable", message: "No." } });
    shown(<AccountsPanel />, snapshot({ alerts: [alert(1), alert(2)] }));
    const log = screen.getByRole("log");
    expect(await within(log).findByText("Alert 2")).toBeTruthy();
    expect(log.textContent?.indexOf("Alert 2")).toBeLessThan(log.textContent?.indexOf("Alert 1") ?? 0);
  });

  it("looks now, unless it is frozen", async () => {
    server.answer("/api/v1/look", { body: { message: "4 order lists are being read." } });
    const { connection } = shown(<AccountsPanel />, snapshot());
    await userEvent.click(screen.getByRole("button", { name: "Look now" }));
    expect(await screen.findByText("4 order lists are being read.")).toBeTruthy();
    connection.become("lost");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Look now" }).disabled).toBe(true);
  });
});

describe("the figures", () => {
  it("are six, in words and numbers as traders read them", () => {
    shown(
      <FiguresRow />,
      snapshot({
        orders: by("order_id", [order("1")]),
        copies: by("copy_id", [
          copy("1", "SE1"),
          copy("1", "SE2", { state: "REJECTED", filled_quantity: 0 }),
        ]),
        portfolios: by("account_id", [
          portfolio("PA1", { pnl: "124500" }),
          portfolio("SE1", { pnl: "-500.5" }),
        ]),
      }),
    );
    const text = screen.getByLabelText("Today in figures").textContent ?? "";
    expect(text).toContain("Copies filled today1 of 250.0%");
    expect(text).toContain("Need you11 failed");
    expect(text).toContain("100 ms");
    expect(text).toContain("−₹50.00−3.3 bps");
    expect(text).toContain("Net P&L, 2 accounts+₹1,23,999.50of 3");
    expect(text).toContain("0of 5,000 today");
  });
});
