/** Files, layouts, keys and places in the grid. */
import { describe, expect, it } from "vitest";
import { csvOf } from "../../src/orders/csv";
import { itemsOf, lineOf, parentOf, stepped } from "../../src/orders/items";
import { gridDeed, isTaken, letterDeed } from "../../src/orders/keys";
import { DEFAULT_LAYOUT, moved, parsedLayout, shownColumns } from "../../src/orders/layout";
import { orderLine } from "../../src/orders/lines";
import { chunked } from "../../src/orders/targets";

describe("csv", () => {
  it("begins with the mark Excel needs and quotes what needs it", () => {
    expect(csvOf([["a", 'say "x", y', null, 1.5]])).toBe('\uFEFFa,"say ""x"", y",,1.5\r\n');
  });

  it("guards texts that are formulas, and leaves negative numbers alone", () => {
    expect(csvOf([["=1+1", "+A", "-A", "@x", -12.5]])).toBe("\uFEFF'=1+1,'+A,'-A,'@x,-12.5\r\n");
  });
});

describe("layout", () => {
  it("is the delivered one where nothing usable was kept", () => {
    for (const text of [null, "", "nonsense", "null", "[]", '{"order": 3, "sort": {"column": "evil"}}'])
      expect(parsedLayout(text)).toEqual(DEFAULT_LAYOUT);
  });

  it("keeps order, widths, what is hidden and what is sorted by, and finds room for new columns", () => {
    const layout = parsedLayout(
      JSON.stringify({
        order: ["side", "time", "side", "gone"],
        hidden: ["pnl", "gone"],
        widths: { time: 90, side: 5, gone: 90 },
        sort: { column: "pnl", isDescending: true },
      }),
    );
    expect(layout.order.slice(0, 3)).toEqual(["side", "time", "account"]);
    expect(layout.order).toHaveLength(DEFAULT_LAYOUT.order.length);
    expect(layout.widths).toEqual({ time: 90 });
    expect(layout.sort).toEqual({ column: "pnl", isDescending: true });
    expect(shownColumns(layout)).not.toContain("pnl");
  });

  it("moves columns and stops at the ends", () => {
    expect(moved(DEFAULT_LAYOUT, "account", -1).order.slice(0, 2)).toEqual(["account", "time"]);
    expect(moved(DEFAULT_LAYOUT, "time", -1).order).toEqual(DEFAULT_LAYOUT.order);
    expect(moved(DEFAULT_LAYOUT, "latency", 1).order).toEqual(DEFAULT_LAYOUT.order);
  });
});

describe("places", () => {
  const one = orderLine("1", ["1:A"]);
  const rows = [one, ...one.children, orderLine("2", [])].map((line) => ({ id: line.id, original: line }));
  const items = itemsOf(rows, (id) => ["1", "1:A", "2"].includes(id));

  it("puts details under an open copy, and under an open order that has none", () => {
    expect(items.map((item) => item.id)).toEqual(["1", "1:A", "1:A#", "2", "2#"]);
    expect(lineOf("1:A#")).toBe("1:A");
    expect(items.map(parentOf)).toEqual([null, "1", "1:A", null, "2"]);
  });

  it("steps, stops at the ends, and begins at the top", () => {
    expect(stepped(items, null, 1)).toBe("1");
    expect(stepped(items, "1:A#", 1)).toBe("2");
    expect(stepped(items, "2", 15)).toBe("2#");
    expect(stepped(items, "gone", -1)).toBe("1");
    expect(stepped([], null, 1)).toBeNull();
  });
});

describe("keys", () => {
  const press = (key: string, more = {}) => ({
    ...{ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
    ...more,
  });

  it("acts on letters, unless they are switched off or meant for the browser", () => {
    expect(letterDeed(press("c"), true)).toEqual({ do: "copy" });
    expect(letterDeed(press("c"), false)).toBeNull();
    expect(letterDeed(press("c", { ctrlKey: true }), true)).toBeNull();
    expect(letterDeed(press("Escape"), false)).toEqual({ do: "clear" });
    expect(letterDeed(press("3"), true)).toEqual({ do: "filter", filter: "attention" });
    expect(letterDeed(press("7"), true)).toBeNull();
    expect(letterDeed(press("0"), true)).toBeNull();
    expect(letterDeed(press("constructor"), true)).toBeNull();
  });

  it("moves by arrows, with Shift as a range", () => {
    expect(gridDeed(press("ArrowDown", { shiftKey: true }))).toEqual({ do: "step", by: 1, isRange: true });
    expect(gridDeed(press("ArrowUp"))).toEqual({ do: "step", by: -1, isRange: false });
    expect(gridDeed(press("a"))).toBeNull();
  });

  it("leaves keys to fields, menus and dialogs", () => {
    document.body.innerHTML =
      '<input type="search"><input type="checkbox"><textarea></textarea><div role="dialog"><button></button></div><p></p>';
    const [search, box, area, button, text] = document.querySelectorAll("input, textarea, button, p");
    expect([search, box, area, button, text].map((each) => isTaken(each ?? null))).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});

it("parts long lists for the server", () => {
  expect(chunked(Array.from({ length: 2001 }, (_, at) => at)).map((part) => part.length)).toEqual([
    1000, 1000, 1,
  ]);
});
