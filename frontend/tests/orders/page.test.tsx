/** The Orders page as its operator uses it: ticks, keys, the question before anything is sent. */
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CopyRow, OrderRow } from "../../src/api/types";
import { OrdersPage } from "../../src/orders/OrdersPage";
import { prefer } from "../../src/shell/preferences";
import { shown } from "../builders/page";
import { by, deltas, snapshot } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";
import { copy, held, later, order, rejected } from "./rows";
import { preview, previewCopy, previewOrder } from "./shownPreview";

const ORDERS = [
  order("1", { tradingsymbol: "INFY", placed_at: later(1000) }),
  order("2", { tradingsymbol: "TCS", placed_at: later(2000) }),
  order("3", { tradingsymbol: "ITC", placed_at: later(3000) }),
];
const COPIES = [held("1", "SE1"), held("1", "SE2"), rejected("2", "SE1"), copy("2", "SE2"), copy("3", "SE1")];

let server: FakeServer;

beforeEach(() => {
  localStorage.clear();
  prefer({ hasKeys: true });
  // jsdom lays nothing out: without a size no row is in view.
  vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(1300);
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener() {}, removeEventListener() {} }));
  server = fakeServer();
});

function page(copies: CopyRow[] = COPIES, orders: OrderRow[] = ORDERS) {
  const state = snapshot({ orders: by("order_id", orders), copies: by("copy_id", copies) });
  return { ...shown(<OrdersPage />, state), user: userEvent.setup() };
}

const grid = () => screen.getByRole("treegrid", { name: "Orders" });
const rowOf = (symbol: string) => {
  const row = within(grid()).getByText(symbol).closest("[role=row]");
  if (!(row instanceof HTMLElement)) throw new Error(`No row of ${symbol}.`);
  return row;
};
const tick = (symbol: string) => within(rowOf(symbol)).getByRole("checkbox");

describe("rows", () => {
  it("stand newest first, and one is drawn anew when its own order changes", () => {
    const { store } = page();
    const symbols = within(grid()).getAllByText(/^(INFY|TCS|ITC)$/);
    expect(symbols.map((each) => each.textContent)).toEqual(["ITC", "TCS", "INFY"]);
    expect(within(rowOf("INFY")).getByText("Tick to copy")).toBeTruthy();
    act(() => {
      store.apply(deltas(1, { copies: by("copy_id", [copy("1", "SE1"), copy("1", "SE2")]) }));
    });
    expect(within(rowOf("INFY")).getByText("2 of 2")).toBeTruthy();
  });

  it("tell of their copies: the reason, and the broker's own words on demand, as text", async () => {
    const hostile = "<img src=x onerror=alert(1)> मार्जिन कम है";
    const bad = rejected("2", "SE1");
    const { user } = page([{ ...bad, reason: { code: "BROKER_REJECTED", text: "Short.", raw: hostile } }]);
    await user.click(within(rowOf("TCS")).getByRole("button", { name: "Copies of BUY TCS" }));
    expect(screen.queryByText(hostile)).toBeNull();
    await user.keyboard("{ArrowDown}{ArrowRight}");
    expect(screen.getByText(hostile).tagName).toBe("Q");
    expect(document.querySelector("img")).toBeNull();
    await user.keyboard("{ArrowLeft}{ArrowLeft}{ArrowLeft}");
    expect(screen.queryByText("Short.")).toBeNull();
  });

  it("are found, filtered, and say why there are none", async () => {
    const { user } = page();
    await user.keyboard("3");
    expect(within(grid()).queryByText("ITC")).toBeNull();
    await user.keyboard("/");
    await user.keyboard("nothing{Shift>}?{/Shift}");
    await waitFor(() => expect(screen.getByText(/No order with/)).toBeTruthy());
  });

  it("are grey while loading, and missed on a quiet day", () => {
    page([], []);
    expect(screen.getByText(/No orders yet today. The first order in PA1/)).toBeTruthy();
  });
});

describe("ticks", () => {
  it("follow the order, and are told of where a filter hides them", async () => {
    const { user, store } = page();
    await user.click(tick("INFY"));
    expect(screen.getByTestId("selected").textContent).toBe("1 selected");
    act(() => {
      store.apply(
        deltas(1, { orders: by("order_id", [order("4", { tradingsymbol: "LT", placed_at: later(9000) })]) }),
      );
    });
    expect((tick("INFY") as HTMLInputElement).checked).toBe(true);
    await user.keyboard("5");
    expect(screen.getByTestId("selected").textContent).toBe("1 selected, 1 hidden");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("selected")).toBeNull();
  });

  it("take a range with Shift, by mouse and by keyboard", async () => {
    const { user } = page();
    await user.click(tick("ITC"));
    await user.keyboard("{Shift>}");
    await user.click(tick("INFY"));
    await user.keyboard("{/Shift}");
    expect(screen.getByTestId("selected").textContent).toBe("3 selected");
    await user.keyboard("{Escape}{Home} {Shift>}{ArrowDown}{/Shift}");
    expect(screen.getByTestId("selected").textContent).toBe("2 selected");
  });

  it("are left alone by letters that are switched off or typed into a field", async () => {
    const { user } = page();
    prefer({ hasKeys: false });
    await user.keyboard("jx");
    expect(screen.queryByTestId("selected")).toBeNull();
    prefer({ hasKeys: true });
    await user.click(screen.getByRole("searchbox"));
    await user.keyboard("jx");
    expect(screen.queryByTestId("selected")).toBeNull();
  });
});

describe("copying", () => {
  const answer = preview({
    order_count: 2,
    orders: [previewOrder("1")],
    copies: [previewCopy("1", "SE1"), previewCopy("1", "SE2", { quantity: 25, slices: [15, 10] })],
  });
  const SEND = { name: "Send 2 orders" };

  async function asked(user: ReturnType<typeof userEvent.setup>) {
    await user.click(tick("INFY"));
    await user.keyboard("c");
    return screen.findByRole("dialog");
  }

  it("asks first: the real number, Cancel under the finger, and no sending by Enter", async () => {
    server.answer("/api/v1/previews", { body: answer });
    const { user } = page();
    const dialog = await asked(user);
    expect(document.activeElement?.textContent).toBe("Cancel");
    const send = await within(dialog).findByRole("button", SEND);
    expect(within(dialog).getByRole("heading").textContent).toBe("Copy 1 order to 2 accounts: 2 real orders");
    expect(within(dialog).getByText("25")).toBeTruthy();
    send.focus();
    await user.keyboard("{Enter}");
    expect(server.sent("/api/v1/copies")).toEqual([]);
    within(dialog).getByRole("button", { name: "Cancel" }).focus();
    await user.keyboard("{Enter}");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(server.sent("/api/v1/copies")).toEqual([]);
  });

  it("sends once, however often it is clicked, and lets go of what is done", async () => {
    server.answer("/api/v1/previews", { body: answer });
    server.answer("/api/v1/copies", {
      body: { command_id: "x", accepted: true, message: "2 of 2.", results: [] },
    });
    const { user } = page();
    const dialog = await asked(user);
    const send = await within(dialog).findByRole("button", SEND);
    fireEvent.click(send);
    fireEvent.click(send);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(server.sent("/api/v1/copies")).toMatchObject([{ orders: ["1"], accounts: [] }]);
    expect(screen.queryByTestId("selected")).toBeNull();
  });

  it("does not send without a preview", async () => {
    server.answer("/api/v1/previews", {
      status: 503,
      body: { message: "The engine is away.", not_done: "Nothing." },
    });
    const { user } = page();
    const dialog = await asked(user);
    expect(await within(dialog).findByText(/The engine is away/)).toBeTruthy();
    expect(within(dialog).getByRole("button", { name: "Send" })).toHaveProperty("disabled", true);
  });

  it("does not send while the page is frozen", async () => {
    server.answer("/api/v1/previews", { body: answer });
    const { user, connection } = page();
    const dialog = await asked(user);
    const send = await within(dialog).findByRole("button", SEND);
    connection.become("lost");
    expect(send).toHaveProperty("disabled", true);
  });

  it("says on the row why it was refused, and keeps its tick", async () => {
    server.answer("/api/v1/previews", { body: answer });
    const results = [
      { key: "1:SE1", accepted: true, message: "Planned." },
      { key: "1:SE2", accepted: false, message: "This copy is FILLED already." },
    ];
    server.answer("/api/v1/copies", {
      body: { command_id: "x", accepted: true, message: "1 of 2.", results },
    });
    const { user } = page();
    const dialog = await asked(user);
    await user.click(await within(dialog).findByRole("button", SEND));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(within(rowOf("INFY")).getByText(/Refused: SE2: This copy is FILLED already/)).toBeTruthy();
    expect(within(rowOf("TCS")).queryByText(/Refused/)).toBeNull();
    expect(screen.getByTestId("selected").textContent).toBe("1 selected");
  });
});

describe("retrying and skipping", () => {
  it("previews a retry and sends the state that was seen", async () => {
    const body = preview({ order_count: 1, orders: [previewOrder("2")], copies: [previewCopy("2", "SE1")] });
    server.answer("/api/v1/previews/retries", { body });
    const { user } = page();
    await user.click(within(rowOf("TCS")).getByRole("button", { name: "Copies of BUY TCS" }));
    await user.click(screen.getByRole("button", { name: "Retry this copy" }));
    await user.click(await screen.findByRole("button", { name: "Send 1 order" }));
    await waitFor(() => expect(server.sent("/api/v1/retries")).toHaveLength(1));
    expect(server.sent("/api/v1/retries")).toMatchObject([
      { copies: [{ copy_id: "2:SE1", seen_state: "REJECTED" }] },
    ]);
  });

  it("asks shortly before it skips", async () => {
    const { user } = page();
    await user.click(tick("INFY"));
    await user.keyboard("s");
    expect(document.activeElement?.textContent).toBe("Cancel");
    await user.click(await screen.findByRole("button", { name: "Skip 1 order" }));
    await waitFor(() =>
      expect(server.sent("/api/v1/skips")).toMatchObject([{ orders: ["1"], accounts: [] }]),
    );
  });

  it("offers nothing while frozen", async () => {
    const { user, connection } = page();
    await user.click(tick("INFY"));
    connection.become("lost");
    for (const name of [/^Copy to/, /^Retry failed/, /^Skip/])
      expect(screen.getByRole("button", { name })).toHaveProperty("disabled", true);
    await user.keyboard("c");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
