// Building elements from text only, and the words and times that the page shows.

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Kolkata",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

// Times are the exchange's, whatever zone this computer is in.
export function time(iso) {
  return iso ? clock.format(new Date(iso)) : "–";
}

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export function cell(text, className = "") {
  return element("td", { className }, text ?? "");
}

const rupees = new Intl.NumberFormat("en-IN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

// A price in rupees with Indian grouping; prices come as text, because they are exact.
export function price(text) {
  return Number(text) === 0 ? "–" : rupees.format(Number(text));
}

export function reason(row) {
  if (!row) return "";
  return row.raw && row.raw !== row.text ? `${row.text} (“${row.raw}”)` : row.text;
}

// Each state has a sign besides its colour.
const STATES = {
  HELD: ["‖ Held", "warn"],
  PENDING: ["… Waiting to send", "quiet"],
  SENDING: ["➤ Sending", "buy"],
  OPEN: ["◌ Open", "buy"],
  TRIGGER_PENDING: ["◷ Trigger pending", "trigger"],
  PARTIAL: ["◐ Partly filled", "buy"],
  FILLED: ["✓ Filled", "ok"],
  CANCELLED: ["⊘ Cancelled", "quiet"],
  REJECTED: ["✕ Rejected", "bad"],
  IN_DOUBT: ["? In doubt", "warn"],
  NEEDS_OPERATOR: ["! Needs you", "bad"],
  FAILED: ["✕ Failed, never placed", "bad"],
  DENIED: ["✕ Denied", "bad"],
  EXPIRED: ["✕ Expired", "bad"],
  NOT_SENT: ["⊘ Not sent", "quiet"],
  SKIPPED: ["↷ Skipped", "quiet"],
};

export function stateCell(state) {
  const [text, className] = STATES[state] ?? [state, ""];
  return cell(text, className);
}
