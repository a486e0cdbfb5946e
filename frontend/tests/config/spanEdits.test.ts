/** Changes of single values: what they change, and that they change nothing else. */
import { describe, expect, it } from "vitest";
import { type Json, type Path, readJson, valueAt } from "../../src/config/jsonText";
import { Written, withItem, withItems, without, withoutSetting, withValue } from "../../src/config/spanEdits";

const ACCOUNTS = `[
  {
    "account_id": "AB1234", "cred1":   "••••2290",
    "ps_multiplier": 1.50,
    "primary": true
  },

  { "account_id": "CD5678", "ps_multiplier": "0.5", "unknown": [1.0e3, {"x":null}] }
]
`;

describe("replacing a value", () => {
  it.each<[string, Path, Json | Written, string, string]>([
    ["a number, digit by digit", [0, "ps_multiplier"], new Written("2.50"), "1.50", "2.50"],
    ["a text", [0, "cred1"], "env:KEY", '"••••2290"', '"env:KEY"'],
    ["in a second account", [1, "ps_multiplier"], "0.75", '"0.5"', '"0.75"'],
    ["deep inside", [1, "unknown", 1, "x"], [1, "a"], "null", '[1, "a"]'],
    ["quotes and control characters", [0, "account_id"], 'a"\\\n', '"AB1234"', '"a\\"\\\\\\n"'],
  ])("%s", (_, path, value, before, after) => {
    expect(withValue(ACCOUNTS, path, value)).toBe(ACCOUNTS.replace(before, after));
  });

  it("changes the last of two keys of one name, which is the one that counts", () => {
    expect(withValue('{"a": 1, "a": 2}', ["a"], 3)).toBe('{"a": 1, "a": 3}');
  });

  it("takes brackets inside of texts for what they are", () => {
    const text = `{"a": "${"[{".repeat(300)}\\"${"[".repeat(300)}", "b": 1}`;
    expect(withValue(text, ["b"], 2)).toBe(text.replace('"b": 1', '"b": 2'));
  });

  it("finds keys that are written with escapes", () => {
    expect(withValue('{"\\u0061": 1}', ["a"], 2)).toBe('{"\\u0061": 2}');
  });
});

describe("putting in a value that was not there", () => {
  it.each<[string, string, Path, Json | Written, string]>([
    ["on a line of its own", '{\n  "a": 1\n}', ["b"], 2, '{\n  "a": 1,\n  "b": 2\n}'],
    ["with tabs", '{\n\t"a" : 1\n}', ["b"], 2, '{\n\t"a" : 1,\n\t"b" : 2\n}'],
    [
      "after an empty line once",
      '{\n  "a": 1,\n\n  "b": 2\n}',
      ["c"],
      3,
      '{\n  "a": 1,\n\n  "b": 2,\n  "c": 3\n}',
    ],
    ["on one line", '{ "a": 1 }', ["b"], 2, '{ "a": 1, "b": 2 }'],
    ["on one line without inner space", '{"a": 1}', ["b"], 2, '{"a": 1, "b": 2}'],
    ["tight", '{"a":1}', ["b"], 2, '{"a":1,"b":2}'],
    ["tight after two", '{"a":1,"c":2}', ["b"], 2, '{"a":1,"c":2,"b":2}'],
    ["into an empty file's object", "{}\n", ["push"], false, '{\n  "push": false\n}\n'],
    ["into an open empty object", "{\n}", ["a"], 1, '{\n  "a": 1\n}'],
    ["into a small empty object", '[\n  {"s": {}}\n]', [0, "s", "a"], 1, '[\n  {"s": { "a": 1 }}\n]'],
    [
      "with the object around it",
      "{}",
      ["budget", "reserve"],
      new Written("3"),
      '{\n  "budget": { "reserve": 3 }\n}',
    ],
    ["in the place of null", '{"egress": null}', ["egress", "proxy"], "x", '{"egress": { "proxy": "x" }}'],
    ["with Windows' line ends", '{\r\n  "a": 1\r\n}', ["b"], 2, '{\r\n  "a": 1,\r\n  "b": 2\r\n}'],
    ["of an odd name", "{}", ['a"b'], 1, '{\n  "a\\"b": 1\n}'],
  ])("%s", (_, text, path, value, after) => {
    expect(withValue(text, path, value)).toBe(after);
  });

  it.each<[string, string, Path]>([
    ["under a number", '{"a": 1}', ["a", "b"]],
    ["under a text", '"a"', ["a"]],
    ["by a number in an object", '{"a": {}}', ["a", 0]],
    ["behind the end of no list", "{}", [3]],
    ["into what is no JSON", '{"a": 1', ["a"]],
    ["into no text", "", ["a"]],
  ])("changes nothing %s", (_, text, path) => {
    expect(withValue(text, path, 1)).toBe(text);
    expect(without(text, path)).toBe(text);
  });
});

describe("lists", () => {
  it("gains an account laid out as the file is", () => {
    const text = withItem('[\n\t{\n\t\t"a": 1\n\t}\n]\n', [], { a: 1, b: "x", c: false });
    expect(text).toBe('[\n\t{\n\t\t"a": 1\n\t},\n\t{\n\t\t"a": 1,\n\t\t"b": "x",\n\t\t"c": false\n\t}\n]\n');
  });

  it("gains an account on one line where all are on one line", () => {
    expect(withItem('[{"a":1},{"a":2}]', [], { a: 1, b: 2, c: 3 })).toBe(
      '[{"a":1},{"a":2},{ "a": 1, "b": 2, "c": 3 }]',
    );
  });

  it("gains a first account", () => {
    expect(withItem("[]\n", [], { a: 1, b: 2, c: 3 })).toBe(
      '[\n  {\n    "a": 1,\n    "b": 2,\n    "c": 3\n  }\n]\n',
    );
  });

  it.each<[string, string, string[], string]>([
    ["keeps what stays in its place", '{"l": ["B",  "A", "C"]}', ["A", "B"], '{"l": ["B",  "A"]}'],
    ["adds behind", '{"l": ["B"]}', ["A", "B"], '{"l": ["B", "A"]}'],
    ["becomes empty", '{"l": [ "B" ]}', [], '{"l": []}'],
    ["drops repetitions", '{"l": ["B", "B"]}', ["B"], '{"l": ["B"]}'],
    ["drops what is no text", '{"l": [1, "B"]}', ["B"], '{"l": ["B"]}'],
    ["is put in where it was not", '{"k": 1}', ["B"], '{"k": 1, "l": ["B"]}'],
    ["takes the place of something else", '{"l": 7}', ["B", "C"], '{"l": ["B", "C"]}'],
    ["line by line", '{"l": [\n  "A",\n  "B"\n]}', ["B", "C"], '{"l": [\n  "B",\n  "C"\n]}'],
  ])("%s", (_, text, wanted, after) => {
    expect(withItems(text, ["l"], wanted)).toBe(after);
  });
});

describe("removing", () => {
  it.each<[string, string, Path, string]>([
    ["a member in the middle", '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', ["b"], '{\n  "a": 1,\n  "c": 3\n}'],
    ["the first", '{ "a": 1, "b": 2 }', ["a"], '{ "b": 2 }'],
    ["the last", '{\n  "a": 1,\n  "b": 2\n}', ["b"], '{\n  "a": 1\n}'],
    ["the only one", '{ "a": 1 }', ["a"], "{}"],
    ["an account", '[\n  {"a": 1},\n  {"a": 2}\n]', [0], '[\n  {"a": 2}\n]'],
  ])("%s", (_, text, path, after) => {
    expect(without(text, path)).toBe(after);
  });
});

describe("taking a setting out", () => {
  it.each<[string, Path, string]>([
    ['[{"a": 1, "egress": {"proxy": "x"}}]', [0, "egress", "proxy"], '[{"a": 1}]'],
    [
      '[{"a": 1, "egress": {"proxy": "x", "b": 2}}]',
      [0, "egress", "proxy"],
      '[{"a": 1, "egress": {"b": 2}}]',
    ],
    ['[{"a": 1}]', [0, "a"], "[{}]"],
    ['{"a": 1}', ["a"], "{}"],
  ])("of %s at %j leaves no empty object behind", (text, path, after) => {
    expect(withoutSetting(text, path)).toBe(after);
  });
});

/** A small generator of numbers (mulberry32), so that a failure can be repeated by its seed. */
function chances(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (count: number) => Math.floor(next() * count);
  return { below, pick: <T>(from: readonly T[]): T => from[below(from.length)] as T };
}
type Chances = ReturnType<typeof chances>;

const SPACES = ["", "", " ", "\n", "\n  ", "\t", " \n\n "];
const SCALARS = [
  "1",
  "-2.50",
  "1e9",
  "true",
  "null",
  '"x"',
  '""',
  '"\\u20b9 \\"{[,:"',
  '"••••1234"',
  '"é😀"',
];

/** Write a random value in a random layout. */
function anyText(random: Chances, depth = 0): string {
  const space = () => random.pick(SPACES);
  const kind = depth > 3 ? 9 : random.below(6);
  if (kind > 3) return random.pick(SCALARS);
  const entries = Array.from({ length: random.below(4) }, (_, index) => {
    const value = anyText(random, depth + 1);
    return space() + (kind < 2 ? `"${"abcd"[index]}"${space()}:${space()}${value}` : value) + space();
  });
  return kind < 2 ? `{${entries.join(",") || space()}}` : `[${entries.join(",") || space()}]`;
}

function allPaths(value: Json | undefined, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => allPaths(item, [...at, index]))
    : Object.entries(value).flatMap(([key, item]) => allPaths(item, [...at, key]));
  return [at, ...inner];
}

function changed(value: Json, path: Path, deed: (holder: Json, key: string | number) => void): Json {
  const copy = structuredClone(value);
  const holder = path
    .slice(0, -1)
    .reduce<Json>((each, key) => (each as Record<string, Json>)[key] as Json, copy);
  deed(holder, path.at(-1) as string | number);
  return copy;
}

describe("any document in any layout", () => {
  const seeds = Array.from({ length: 400 }, (_, index) => index);

  it("says after a change what it should say, and goes back letter by letter", () => {
    for (const seed of seeds) {
      const random = chances(seed);
      const text = random.pick(SPACES) + anyText(random) + random.pick(SPACES);
      const before = readJson(text);
      expect(before.fault, `seed ${seed}`).toBeNull();
      const path = random.pick(allPaths(before.value));
      const node = valueAt(before, path);
      const after = withValue(text, path, { new: [1, "x"] });
      const wanted =
        path.length === 0
          ? { new: [1, "x"] }
          : changed(before.value as Json, path, (holder, key) => {
              (holder as Record<string | number, Json>)[key] = { new: [1, "x"] };
            });
      expect(JSON.parse(after), `seed ${seed}`).toEqual(wanted);
      const literal = writtenLiteral(text, path);
      expect(withValue(after, path, new Written(literal)), `seed ${seed}`).toBe(text);
      expect(JSON.parse(literal), `seed ${seed}`).toEqual(node);
    }
  });

  it("is letter by letter the same after a key was put in and removed", () => {
    for (const seed of seeds) {
      const random = chances(seed);
      const text = anyText(random);
      const json = readJson(text);
      const objects = allPaths(json.value).filter((path) => {
        const value = valueAt(json, path);
        return typeof value === "object" && value !== null && Object.keys(value).length > 0;
      });
      if (objects.length === 0) continue;
      const path = random.pick(objects);
      const isList = Array.isArray(valueAt(json, path));
      const added = isList ? withItem(text, path, "new") : withValue(text, [...path, "new"], "new");
      const length = (valueAt(json, path) as Json[]).length;
      expect(valueAt(readJson(added), [...path, isList ? length : "new"]), `seed ${seed}`).toBe("new");
      expect(without(added, [...path, isList ? length : "new"]), `seed ${seed}`).toBe(text);
    }
  });

  it("says after a removal all but what was removed", () => {
    for (const seed of seeds) {
      const random = chances(seed);
      const text = anyText(random);
      const json = readJson(text);
      const path = random.pick(allPaths(json.value));
      if (path.length === 0) continue;
      const wanted = changed(json.value as Json, path, (holder, key) => {
        if (Array.isArray(holder)) holder.splice(key as number, 1);
        else delete (holder as Record<string, Json>)[key];
      });
      expect(JSON.parse(without(text, path)), `seed ${seed}: ${text}`).toEqual(wanted);
    }
  });
});

function writtenLiteral(text: string, path: Path): string {
  const marked = withValue(text, path, "\u0000mark");
  const at = marked.indexOf('"\\u0000mark"');
  return text.slice(at, text.length - (marked.length - at - '"\\u0000mark"'.length));
}
