/** The keys of every page: stopping from anywhere, the rest only where it is meant. */
import { describe, expect, it } from "vitest";
import { shellDeed } from "../../src/shell/keys";

const BARE = { key: "", code: "", altKey: false, shiftKey: false, ctrlKey: false, metaKey: false };

describe("the keys of every page", () => {
  it.each([
    // On some layouts Alt+Shift+S writes another letter: the place of the key counts.
    ["S", "stop"],
    ["Í", "stop"],
  ])("stop with Alt+Shift and %s, also in a field and with letters off", (key, deed) => {
    const press = { ...BARE, key, code: "KeyS", altKey: true, shiftKey: true };
    expect(shellDeed(press, false, true)).toBe(deed);
  });

  it("do not stop with less", () => {
    expect(shellDeed({ ...BARE, key: "s", code: "KeyS" }, true, false)).toBeNull();
    expect(shellDeed({ ...BARE, key: "S", code: "KeyS", shiftKey: true }, true, false)).toBeNull();
    const saving = { ...BARE, key: "s", code: "KeyS", ctrlKey: true, altKey: true, shiftKey: true };
    expect(shellDeed(saving, true, false)).toBeNull();
  });

  it("open the palette with Ctrl or Command, also in a field", () => {
    expect(shellDeed({ ...BARE, key: "k", code: "KeyK", ctrlKey: true }, false, true)).toBe("palette");
    expect(shellDeed({ ...BARE, key: "k", code: "KeyK", metaKey: true }, true, false)).toBe("palette");
    expect(shellDeed({ ...BARE, key: "k", code: "KeyK" }, true, false)).toBeNull();
  });

  it("show the help, unless letters are off or belong to a field", () => {
    const press = { ...BARE, key: "?", code: "Slash", shiftKey: true };
    expect(shellDeed(press, true, false)).toBe("help");
    expect(shellDeed(press, false, false)).toBeNull();
    expect(shellDeed(press, true, true)).toBeNull();
  });
});
