/** What fails takes nothing else with it. */
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { lazy, Suspense } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { Boundary } from "../../src/shell/Boundary";
import { patiently } from "../../src/shell/patient";

afterEach(cleanup);

it("keeps what stands beside a part that cannot be drawn, and draws the part again when asked", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  let isBroken = true;
  const Fragile = () => {
    if (isBroken) throw new Error("no such price");
    return <p>drawn</p>;
  };
  render(
    <>
      <button type="button">Stop copying</button>
      <Boundary name="This page">
        <Fragile />
      </Boundary>
    </>,
  );
  expect(screen.getByRole("alert").textContent).toContain("This page cannot be shown: no such price");
  expect(screen.getByText("Stop copying")).toBeTruthy();
  isBroken = false;
  fireEvent.click(screen.getByText("Show it again"));
  expect(screen.getByText("drawn")).toBeTruthy();
});

it("waits for a part while the server is away", async () => {
  let asked = 0;
  const Part = lazy(
    patiently(async () => {
      asked += 1;
      if (asked < 3) throw new TypeError("Failed to fetch dynamically imported module");
      return { default: () => <p>here</p> };
    }, 1),
  );
  render(
    <Suspense fallback={<p>Loading…</p>}>
      <Part />
    </Suspense>,
  );
  expect(await screen.findByText("here")).toBeTruthy();
  expect(asked).toBe(3);
});
