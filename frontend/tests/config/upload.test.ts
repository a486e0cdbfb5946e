/** Which files are taken into the editor. */
import { describe, expect, it } from "vitest";
import { MOST_BYTES, textOf, tooLarge } from "../../src/config/upload";

/** jsdom's own File reads no bytes, so this has what is used of one. */
function file(bytes: Uint8Array, size = bytes.length): Blob & { name: string } {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  return { name: "a.json", size, arrayBuffer: async () => buffer } as unknown as Blob & { name: string };
}
const utf8 = (text: string) => new TextEncoder().encode(text);

describe("textOf", () => {
  it.each([
    ["[1]\n", "[1]\n"],
    ["₹ é 😀", "₹ é 😀"],
    ["a\r\nb", "a\nb"],
    ["\uFEFF[1]", "[1]"],
    ["", ""],
  ])("takes %j", async (text, wanted) => {
    expect(await textOf(file(utf8(text)))).toBe(wanted);
  });

  it.each([
    ["binary data", new Uint8Array([91, 0, 93]), "binary"],
    ["Latin-1", new Uint8Array([0x22, 0xe9, 0x22]), "not UTF-8"],
    ["UTF-16", new Uint8Array([0xff, 0xfe, 91, 93]), "not UTF-8"],
  ])("refuses %s", async (_, bytes, reason) => {
    await expect(textOf(file(bytes))).rejects.toThrow(reason);
  });

  it("refuses 5 MB without reading them", async () => {
    const large = { name: "big.json", size: 5_000_000, arrayBuffer: () => Promise.reject(new Error("read")) };
    await expect(textOf(large as unknown as Blob & { name: string })).rejects.toThrow("big.json has 5 MB");
  });
});

it("measures a text in bytes, not in letters", () => {
  expect(tooLarge("a".repeat(MOST_BYTES))).toBeNull();
  expect(tooLarge("₹".repeat(MOST_BYTES / 3 + 1))).toContain("More than 1 MB");
});
