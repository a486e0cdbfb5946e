/** Differences of texts, and merging two edits of one. */
import { describe, expect, it } from "vitest";
import { diffLines, mergedText, mergeLines } from "../../src/config/lineDiff";

const short = (before: string, after: string) =>
  diffLines(before, after).map(
    (part) => ({ same: "=", gone: "-", new: "+" })[part.kind] + part.lines.join("|"),
  );

describe("diffLines", () => {
  it.each<[string, string, string, string[]]>([
    ["nothing", "a\nb", "a\nb", ["=a|b"]],
    ["a changed line", "a\nb\nc", "a\nx\nc", ["=a", "-b", "+x", "=c"]],
    ["an added line", "a\nc", "a\nb\nc", ["=a", "+b", "=c"]],
    ["a removed line", "a\nb\nc", "a\nc", ["=a", "-b", "=c"]],
    ["all of it", "a\nb", "x", ["-a|b", "+x"]],
    ["a last line break", "a\n", "a", ["=a", "-"]],
    ["two places", "a\nb\nc\nd", "a\nx\nc\ny", ["=a", "-b", "+x", "=c", "-d", "+y"]],
    ["a repeated line", "x\nx", "x\nx\nx", ["=x|x", "+x"]],
    ["from no text", "", "a", ["-", "+a"]],
  ])("tells %s", (_, before, after, parts) => {
    expect(short(before, after)).toEqual(parts);
  });

  it("gives both texts back, whatever they are", () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const [before, after] = [anyLines(seed), anyLines(seed * 7919)];
      const parts = diffLines(before, after);
      const without = (kind: string) =>
        parts.filter((part) => part.kind !== kind).flatMap((part) => part.lines);
      expect(without("new").join("\n")).toBe(before);
      expect(without("gone").join("\n")).toBe(after);
    }
  });

  it("takes no long time for texts that have nothing in common", () => {
    const lines = (letter: string) => Array.from({ length: 20_000 }, (_, index) => letter + index).join("\n");
    expect(diffLines(lines("a"), lines("b")).map((part) => part.kind)).toEqual(["gone", "new"]);
  });
});

function anyLines(seed: number): string {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state >> 8;
  };
  return Array.from({ length: next() % 12 }, () => "abcd"[next() % 4]).join("\n");
}

const kinds = (base: string, mine: string, theirs: string) =>
  mergeLines(base, mine, theirs).map((chunk) => chunk.kind);

describe("mergeLines", () => {
  it("takes each side's change where the other changed nothing", () => {
    const chunks = mergeLines("a\nb\nc\nd\ne", "a\nB\nc\nd\ne", "a\nb\nc\nD\ne");
    expect(chunks.map((chunk) => chunk.kind)).toEqual(["same", "mine", "same", "theirs", "same"]);
    const takes = (index: number) => (chunks[index]?.kind === "theirs" ? "theirs" : "mine");
    expect(mergedText(chunks, takes)).toBe("a\nB\nc\nD\ne");
  });

  it.each<[string, string, string, string, string[]]>([
    ["a line that both changed differently", "a\nb\nc", "a\nx\nc", "a\ny\nc", ["same", "clash", "same"]],
    ["one that both changed alike", "a\nb\nc", "a\nx\nc", "a\nx\nc", ["same", "mine", "same"]],
    ["one removed and changed", "a\nb\nc", "a\nc", "a\ny\nc", ["same", "clash", "same"]],
    ["neighbouring lines", "a\nb\nc\nd", "a\nB\nc\nd", "a\nb\nC\nd", ["same", "mine", "theirs", "same"]],
    ["a line and one added beside", "a\nb\nd", "a\nB\nd", "a\nb\nc\nd", ["same", "clash", "same"]],
    ["both adding at one place", "a\nd", "a\nx\nd", "a\ny\nd", ["same", "clash", "same"]],
    ["nothing", "a", "a", "a", ["same"]],
    ["all of it", "a", "b", "c", ["clash"]],
  ])("tells %s", (_, base, mine, theirs, wanted) => {
    expect(kinds(base, mine, theirs)).toEqual(wanted);
  });

  it("gives either side back whole when all is taken from it", () => {
    for (let seed = 1; seed < 300; seed += 1) {
      const [base, mine, theirs] = [anyLines(seed), anyLines(seed * 31), anyLines(seed * 7919)];
      const chunks = mergeLines(base, mine, theirs);
      // What one side alone changed is taken from it either way; here each is asked for by itself.
      const of = (side: "mine" | "theirs") => chunks.flatMap((chunk) => chunk[side]).join("\n");
      expect(of("mine")).toBe(mine);
      expect(of("theirs")).toBe(theirs);
      expect(chunks.flatMap((chunk) => chunk.base).join("\n")).toBe(base);
      if (base === mine) expect(mergedText(chunks, () => "theirs")).toBe(theirs);
    }
  });
});
