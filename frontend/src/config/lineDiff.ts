/** What is different between two texts, line by line, and the merging of two edits of one text. */

export interface Part {
  kind: "same" | "gone" | "new";
  lines: string[];
}

/** Of texts that differ in more pairs of lines than this nothing common is looked for: it would take long. */
const MOST_COMPARED = 4_000_000;

/** Return the parts of two texts in their order; where lines differ, what is gone comes before what is new. */
export function diffLines(before: string, after: string): Part[] {
  const a = before.split("\n");
  const b = after.split("\n");
  const parts: Part[] = [];
  let i = 0;
  let j = 0;
  const upTo = (nextI: number, nextJ: number) => {
    add(parts, "gone", a.slice(i, nextI));
    add(parts, "new", b.slice(j, nextJ));
  };
  for (const [x, y] of matches(a, b)) {
    upTo(x, y);
    add(parts, "same", a.slice(x, x + 1));
    i = x + 1;
    j = y + 1;
  }
  upTo(a.length, b.length);
  return parts;
}

/** A stretch of a merge: unchanged, changed by one side alone or by both alike, or by both differently. */
export interface Chunk {
  kind: "same" | "mine" | "theirs" | "clash";
  base: string[];
  mine: string[];
  theirs: string[];
}

/** Lay two edits of one text over each other. */
export function mergeLines(base: string, mine: string, theirs: string): Chunk[] {
  const [o, a, b] = [base.split("\n"), mine.split("\n"), theirs.split("\n")];
  const inMine = new Map(matches(o, a));
  const inTheirs = new Map(matches(o, b));
  const chunks: Chunk[] = [];
  let [i, j, k] = [0, 0, 0];
  const upTo = (x: number, y: number, z: number) => {
    const chunk = judged(o.slice(i, x), a.slice(j, y), b.slice(k, z));
    if (chunk.base.length + chunk.mine.length + chunk.theirs.length > 0) chunks.push(...lineByLine(chunk));
  };
  for (let x = 0; x < o.length; x += 1) {
    const y = inMine.get(x);
    const z = inTheirs.get(x);
    if (y === undefined || z === undefined) continue;
    upTo(x, y, z);
    const line = o.slice(x, x + 1);
    const last = chunks.at(-1);
    if (last?.kind === "same") for (const lines of [last.base, last.mine, last.theirs]) lines.push(...line);
    else chunks.push({ kind: "same", base: line, mine: [...line], theirs: [...line] });
    [i, j, k] = [x + 1, y + 1, z + 1];
  }
  upTo(o.length, a.length, b.length);
  return chunks;
}

/** Put chunks together; `takes` says for each that is not the same whose lines it is to have. */
export function mergedText(chunks: Chunk[], takes: (index: number) => "mine" | "theirs"): string {
  return chunks
    .flatMap((chunk, index) => (chunk.kind === "same" ? chunk.base : chunk[takes(index)]))
    .join("\n");
}

/** Where nobody added or removed a line, neighbours that each changed one are not at odds. */
function lineByLine(chunk: Chunk): Chunk[] {
  const { kind, base, mine, theirs } = chunk;
  if (kind !== "clash" || base.length !== mine.length || base.length !== theirs.length) return [chunk];
  return base.map((_, at) =>
    judged(base.slice(at, at + 1), mine.slice(at, at + 1), theirs.slice(at, at + 1)),
  );
}

function judged(base: string[], mine: string[], theirs: string[]): Chunk {
  const isSame = (one: string[], other: string[]) =>
    one.join("\n") === other.join("\n") && one.length === other.length;
  if (isSame(mine, theirs)) return { kind: isSame(base, mine) ? "same" : "mine", base, mine, theirs };
  if (isSame(base, theirs)) return { kind: "mine", base, mine, theirs };
  if (isSame(base, mine)) return { kind: "theirs", base, mine, theirs };
  return { kind: "clash", base, mine, theirs };
}

function add(parts: Part[], kind: Part["kind"], lines: string[]): void {
  if (lines.length === 0) return;
  const last = parts.at(-1);
  if (last?.kind === kind) last.lines.push(...lines);
  else parts.push({ kind, lines });
}

/** Return which lines of `a` are which lines of `b`: a longest common run of them. */
function matches(a: string[], b: string[]): [number, number][] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const found: [number, number][] = [];
  for (let each = 0; each < start; each += 1) found.push([each, each]);
  const inner = middle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  for (const [x, y] of inner) found.push([x + start, y + start]);
  for (let each = end; each > 0; each -= 1) found.push([a.length - each, b.length - each]);
  return found;
}

function middle(a: string[], b: string[]): [number, number][] {
  if (a.length * b.length > MOST_COMPARED) return [];
  const width = b.length + 1;
  // How long a common run of what begins at each pair of lines can be.
  const longest = new Uint32Array((a.length + 1) * width);
  const at = (x: number, y: number) => longest[x * width + y] ?? 0;
  for (let x = a.length - 1; x >= 0; x -= 1)
    for (let y = b.length - 1; y >= 0; y -= 1)
      longest[x * width + y] = a[x] === b[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1));
  const found: [number, number][] = [];
  for (let x = 0, y = 0; x < a.length && y < b.length; ) {
    if (a[x] === b[y]) found.push([x++, y++]);
    else if (at(x + 1, y) >= at(x, y + 1)) x += 1;
    else y += 1;
  }
  return found;
}
