/** The palette: what it offers when, and that what it runs still asks. */
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import Palette from "../../src/shell/Palette";
import { shown } from "../builders/page";
import { snapshot, status } from "../builders/rows";
import { type FakeServer, fakeServer } from "../builders/server";

let server: FakeServer;
beforeEach(() => {
  server = fakeServer();
  // jsdom lays nothing out, and cmdk asks it to.
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = () => {};
});
afterEach(() => vi.unstubAllGlobals());

function names(): (string | null)[] {
  return screen.getAllByRole("option").map((each) => each.textContent);
}

it("begins with where to go, so that Enter alone does nothing to orders", () => {
  shown(<Palette />, snapshot());
  expect(names()[0]).toBe("Go to orders");
  expect(names()).toContain("Stop copyingAlt+Shift+S");
  expect(names()).toContain("Hold new orders");
});

it("finds by a few letters and stops at once", async () => {
  shown(<Palette />, snapshot());
  await userEvent.type(screen.getByRole("combobox"), "stop{Enter}");
  await waitFor(() => expect(server.sent("/api/v1/stop")).toHaveLength(1));
});

it("asks before it resumes", async () => {
  shown(<Palette />, snapshot({ status: status({ is_stopped: true }) }));
  await userEvent.type(screen.getByRole("combobox"), "resume{Enter}");
  expect(await screen.findByText("Resume copying?")).toBeTruthy();
  expect(server.sent("/api/v1/resume")).toEqual([]);
});

it("offers nothing but Stop to a frozen page", () => {
  const { connection } = shown(<Palette />, snapshot());
  connection.become("lost");
  expect(names()).toContain("Stop copyingAlt+Shift+S");
  expect(names().join()).not.toMatch(/Hold|Cancel|Look/);
});
