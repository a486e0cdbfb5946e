/** Every key and what it does, as the help tells it. */

export interface KeyGroup {
  name: string;
  keys: readonly (readonly [keys: readonly string[], does: string])[];
}

export const KEYMAP: readonly KeyGroup[] = [
  {
    name: "Everywhere",
    keys: [
      [["Alt", "Shift", "S"], "Stop copying, at once"],
      [["Ctrl", "K"], "Commands"],
      [["?"], "This help"],
      [["Esc"], "Close, clear"],
    ],
  },
  {
    name: "Orders",
    keys: [
      [["j", "k"], "Next, previous order"],
      [["←", "→"], "Collapse, expand"],
      [["Space", "x"], "Tick"],
      [["Shift", "↑ ↓"], "Tick a range"],
      [["/"], "Find"],
      [["1", "…", "6"], "Filters"],
      [["c"], "Copy what is ticked, with a preview"],
      [["r"], "Retry what failed, with a preview"],
      [["s"], "Skip what waits"],
      [["e"], "Save as CSV"],
    ],
  },
];
