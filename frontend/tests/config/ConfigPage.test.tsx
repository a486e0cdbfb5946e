/** The Config page against a server that the test plays: edits, checks, saves, and saves by somebody else. */
import { readFileSync } from "node:fs";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import ConfigPage from "../../src/config/ConfigPage";
import { Connection } from "../../src/live/connection";
import { LiveProvider } from "../../src/live/live";
import { LiveStore } from "../../src/live/store";
import { go, usePage } from "../../src/shell/route";
import { ConfirmProvider } from "../../src/ui/confirm";
import { ToastProvider } from "../../src/ui/toasts";
import { FakeSocket } from "../live/socket";

const held = vi.hoisted(() => ({ socket: null as unknown }));
vi.mock("socket.io-client", () => ({ io: () => held.socket }));
// jsdom lays nothing out, which the editor needs; what it has to do here is to show and take a text.
vi.mock("../../src/config/Editor", () => ({
  Editor: ({ text, onEdit }: { text: string; onEdit: (text: string) => void }) => (
    <textarea aria-label="Text" value={text} onChange={(event) => onEdit(event.target.value)} />
  ),
  leadTo: () => undefined,
  showIn: () => undefined,
}));

const NAME = "accounts_config.json";
const SCHEMA = JSON.parse(readFileSync("../config/accounts_config.schema.json", "utf8")) as object;
const account = (id: string, more: string) =>
  `  {"account_id": "${id}", "cred1": "••••0001", "cred2": "••••0001", ${more}}`;
const TEXT = `[\n${account("AB1234", '"ps_multiplier": 1, "primary": true')},\n${account("CD5678", '"ps_multiplier": 1.50, "primary": false')}\n]\n`;

interface Request {
  method: string;
  path: string;
  body: { text: string; revision: string };
}

/** Keeps one file and refuses as the real one does. */
class Server {
  text = TEXT;
  revision = "1";
  problems: object[] = [];
  requests: Request[] = [];

  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const method = init.method ?? "GET";
    const body = init.body ? (JSON.parse(String(init.body)) as Request["body"]) : { text: "", revision: "" };
    this.requests.push({ method, path, body });
    if (path === "/api/v1/config") return answer({ files: [this.file()], can_save: true });
    if (path.endsWith("/check")) return answer({ problems: this.problems });
    if (method !== "PUT") return answer({});
    if (body.revision !== this.revision)
      return answer(
        { error: "config_changed", message: "Somebody saved.", not_done: "Nothing was saved." },
        409,
      );
    this.saveElsewhere(body.text);
    const { text, revision } = this;
    return answer({
      name: NAME,
      text,
      revision,
      message: "Saved.",
      changes: ["CD5678: multiplier 1.50 → 2.5"],
    });
  };

  saveElsewhere(text: string): void {
    this.text = text;
    this.revision = String(Number(this.revision) + 1);
  }

  puts(): Request[] {
    return this.requests.filter((request) => request.method === "PUT");
  }

  private file() {
    const { text, revision } = this;
    return { name: NAME, text, is_shown: true, revision, schema: SCHEMA, problems: [] };
  }
}

function answer(body: object, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

let server: Server;
const user = userEvent.setup();

function Where() {
  return <p>page {usePage()}</p>;
}

beforeEach(() => {
  held.socket = new FakeSocket();
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  const store = new LiveStore();
  render(
    <LiveProvider live={{ store, connection: new Connection(store) }}>
      <ToastProvider>
        <ConfirmProvider>
          <Where />
          <ConfigPage />
        </ConfirmProvider>
      </ToastProvider>
    </LiveProvider>,
  );
});

const multiplier = () => screen.findByLabelText<HTMLInputElement>("Multiplier of CD5678");
const shownText = () => screen.getByLabelText<HTMLTextAreaElement>("Text").value;
const isPressable = (name: string) => !screen.getByRole<HTMLButtonElement>("button", { name }).disabled;
const button = (name: string) => screen.findByRole("button", { name });

async function typeMultiplier(typed: string): Promise<void> {
  const box = await multiplier();
  await user.clear(box);
  await user.type(box, typed);
}

/** Have the page look at the server again, as it does when its tab comes to the front. */
async function look(): Promise<void> {
  await act(async () => {
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

describe("editing", () => {
  it("changes one number in the text and saves exactly that, with the revision it was made to", async () => {
    await typeMultiplier("2.5");
    expect(shownText()).toBe(TEXT.replace("1.50", "2.5"));
    await screen.findByText("Can be saved");
    await user.click(await button("Review changes"));
    await user.click(await button(`Save ${NAME}`));
    await screen.findByText("CD5678: multiplier 1.50 → 2.5");
    expect(server.puts().map((put) => put.body)).toEqual([
      { text: TEXT.replace("1.50", "2.5"), revision: "1" },
    ]);
    expect(isPressable("Review changes")).toBe(false);
  });

  it("is not saved before the server has judged exactly this text", async () => {
    await typeMultiplier("2.5");
    await user.click(await button("Review changes"));
    expect(isPressable(`Save ${NAME}`)).toBe(false);
    await screen.findByText("The server is checking it…");
    await vi.waitFor(() => expect(isPressable(`Save ${NAME}`)).toBe(true), { timeout: 5_000 });
    const checks = server.requests.filter((request) => request.path.endsWith("/check"));
    expect(checks.at(-1)?.body.text).toBe(TEXT.replace("1.50", "2.5"));
  });

  it("follows the text in the form, and the form in the text", async () => {
    await multiplier();
    const box = screen.getByLabelText("Text");
    await user.clear(box);
    await user.paste(TEXT.replace("1.50", "7"));
    expect((await multiplier()).value).toBe("7");
    await user.click(within(screen.getByLabelText("Copying to CD5678")).getByText("Off"));
    expect(shownText()).toContain('"primary": false, "mode": "off"}');
  });

  it("keeps half a number out of the text, and says so", async () => {
    await typeMultiplier("2.");
    expect((await multiplier()).getAttribute("aria-invalid")).toBe("true");
    expect(shownText()).toContain('"ps_multiplier": 2,');
  });

  it("is not saved while the server finds something wrong", async () => {
    server.problems = [
      { file: NAME, line: 3, path: "$[1].ps_multiplier", reason: "It must be at most 1000.", example: "2.5" },
    ];
    await typeMultiplier("5000");
    await screen.findByText("1 problem");
    expect(isPressable("Review changes")).toBe(false);
    server.problems = [];
    await typeMultiplier("5");
    await screen.findByText("Can be saved");
    expect(isPressable("Review changes")).toBe(true);
  });

  it("shows the last form, switched off, while the text is no JSON", async () => {
    await multiplier();
    await user.type(screen.getByLabelText("Text"), "x");
    await screen.findByText(/no JSON just now/);
    expect((await multiplier()).disabled).toBe(true);
  });

  it("sets discarded edits aside", async () => {
    await typeMultiplier("9");
    await user.click(await button("Discard"));
    expect(shownText()).toBe(TEXT);
    await user.click(await button("Bring them back"));
    expect(shownText()).toBe(TEXT.replace("1.50", "9"));
  });
});

describe("a save by somebody else", () => {
  const theirs = TEXT.replace('"ps_multiplier": 1,', '"ps_multiplier": 3,');

  it("is shown and said where nothing was edited", async () => {
    await multiplier();
    server.saveElsewhere(theirs);
    await look();
    await screen.findByText(/You see the new text/);
    expect(shownText()).toBe(theirs);
  });

  it("is noticed by the save itself, and writes nothing over", async () => {
    await typeMultiplier("2.5");
    await screen.findByText("Can be saved");
    await user.click(await button("Review changes"));
    server.saveElsewhere(theirs);
    await user.click(await button(`Save ${NAME}`));
    await screen.findByText(/while you edit it/);
    expect(server.text).toBe(theirs);
    expect(shownText()).toBe(TEXT.replace("1.50", "2.5"));
    expect(isPressable("Review changes")).toBe(false);
  });

  it("is merged with the edits here, and saved over exactly what was merged", async () => {
    await typeMultiplier("2.5");
    server.saveElsewhere(theirs);
    await look();
    await user.click(await button("Merge…"));
    await user.click(await button("Put into the editor"));
    expect(shownText()).toBe(theirs.replace("1.50", "2.5"));
    await screen.findByText("Can be saved");
    await user.click(await button("Review changes"));
    await user.click(await button(`Save ${NAME}`));
    await screen.findByText(/multiplier 1.50/);
    expect(server.puts().map((put) => put.body.revision)).toEqual(["2"]);
    expect(server.text).toBe(theirs.replace("1.50", "2.5"));
  });
});

describe("leaving the page", () => {
  it("asks while there are edits, and stays when told so", async () => {
    await typeMultiplier("2.5");
    await user.tab();
    await act(async () => go("positions"));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByText("Cancel"));
    expect(screen.getByText("page orders")).toBeTruthy();
    await act(async () => go("positions"));
    await user.click(await button("Leave without saving"));
    await screen.findByText("page positions");
    await act(async () => go("orders"));
    await user.click(await button("Leave without saving"));
    await screen.findByText("page orders");
  });

  it("does not ask without edits", async () => {
    await multiplier();
    await act(async () => go("positions"));
    await screen.findByText("page positions");
    await act(async () => go("orders"));
  });
});
