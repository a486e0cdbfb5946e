/** Under which filters orders stand, and how they are found. */
import { describe, expect, it } from "vitest";
import type { CopyRow, CopyState, OrderRow } from "../../src/api/types";
import { FILTERS, filtersOf, isFound, searchText } from "../../src/orders/filters";
import { copiesWord, copyLook, orderLook } from "../../src/orders/states";
import { copy, held, leg, order, rejected } from "./rows";

function under(copies: CopyRow[], more: Partial<OrderRow> = {}): string[] {
  const shown = filtersOf(order("1", more), copies);
  return FILTERS.filter((filter) => filter !== "all" && shown[filter]);
}

function inState(state: CopyState, filled = 0): CopyRow {
  return copy("1", "A", { state, filled_quantity: filled });
}

describe("filters", () => {
  it.each([
    [[copy("1", "A"), copy("1", "B")], ["copied"]],
    [[held("1", "A"), copy("1", "B")], ["waiting"]],
    [[rejected("1", "A"), copy("1", "B")], ["attention"]],
    [[inState("IN_DOUBT")], ["attention", "open"]],
    [
      [inState("PARTIAL", 5), held("1", "B")],
      ["waiting", "open"],
    ],
    [[inState("SKIPPED"), copy("1", "B")], ["copied"]],
    [[inState("SKIPPED"), inState("SKIPPED")], ["skipped"]],
    [[inState("CANCELLED")], []],
    [[inState("CANCELLED", 5)], ["copied"]],
    [[], []],
  ])("sorts copies %#", (copies, filters) => {
    expect(under(copies)).toEqual(filters);
  });

  it.each(["DENIED", "FAILED", "EXPIRED", "NEEDS_OPERATOR"] as const)("asks for attention: %s", (state) => {
    expect(under([inState(state)])).toEqual(["attention"]);
  });

  it("knows orders that are copied to nobody", () => {
    const skipped = { code: "PRODUCT_NOT_COPIED", text: "CNC is not copied.", raw: null } as const;
    expect(under([], { skipped })).toEqual(["skipped"]);
  });
});

describe("finding", () => {
  const text = searchText(
    order("77", { tradingsymbol: "NIFTY26NOV26200CE", exchange: "NFO" }),
    [copy("77", "AB12", { legs: [leg({ order_id: "2611" })] })],
    () => "माँ Mother",
  );

  it("finds symbols raw and as spoken, accounts, ids, by all words", () => {
    for (const wanted of ["nifty26nov", "NIFTY nov 26200", "77", "2611", "ab12", "mother", "माँ", "mis buy"])
      expect(isFound(text, wanted)).toBe(true);
    expect(isFound(text, "nifty sell")).toBe(false);
  });
});

describe("words", () => {
  it("says first what needs the operator most", () => {
    expect(copiesWord([held("1", "A"), rejected("1", "B")]).word).toBe("1 failed");
    expect(copiesWord([held("1", "A"), copy("1", "B")]).word).toBe("Tick to copy");
    expect(copiesWord([copy("1", "A"), copy("1", "B")]).word).toBe("2 of 2");
    expect(copiesWord([inState("NEEDS_OPERATOR")]).word).toBe("1 needs you");
    expect(copiesWord([inState("TRIGGER_PENDING"), copy("1", "B")]).word).toBe("Resting");
    expect(copiesWord([]).word).toBe("Not copied");
  });

  it("says when a copy is sent again, and what it waits for", () => {
    expect(copyLook(copy("1", "A", { state: "SENDING", legs: [leg({ attempts: 1 })] })).word).toBe("Sending");
    expect(copyLook(copy("1", "A", { state: "SENDING", legs: [leg({ attempts: 2 })] })).word).toBe(
      "Trying again, 2",
    );
    const reason = { code: "WAITS_FOR_ENTRY", text: "It waits.", raw: null } as const;
    expect(copyLook(copy("1", "A", { state: "PENDING", reason })).word).toBe("Waits for entry");
  });

  it("takes the broker's interim words for sending, and shows what it does not know", () => {
    for (const status of [
      "PUT ORDER REQ RECEIVED",
      "OPEN PENDING",
      "MODIFY VALIDATION PENDING",
      "AMO REQ RECEIVED",
    ])
      expect(orderLook(status).word).toBe("Sending");
    expect(orderLook("OPEN", 5).word).toBe("Part filled");
    expect(orderLook("TRIGGER PENDING").word).toBe("Trigger pending");
    expect(orderLook("<b>NEWFANGLED STATUS OF THE BROKER").word).toHaveLength(24);
  });
});
