// The trade log's state and today's downloads, asked for now and then: nothing here is urgent.

import { element, time } from "./elements.js";

const ASK_EVERY_MS = 5000;
const byId = (id) => document.getElementById(id);

export function followRecords() {
  ask();
  setInterval(ask, ASK_EVERY_MS);
}

async function ask() {
  try {
    const answer = await fetch("/api/v1/records");
    if (answer.ok) draw(await answer.json());
  } catch {
    byId("trade-log").textContent = "Trade log: not known";
  }
}

function draw({ days, kinds, trade_log: log }) {
  const line = byId("trade-log");
  line.className = log?.needs_operator ? "bad" : log?.problem ? "warn" : "";
  line.replaceChildren(...words(log));
  const day = days.at(-1);
  byId("downloads").replaceChildren(
    ...(day ? [`${day} as CSV: `, ...kinds.flatMap((kind) => [link(kind, `/api/v1/records/${day}/${kind}.csv`), " "])] : []),
  );
}

function words(log) {
  if (!log?.is_on) return ["Trade log: off"];
  const name = log.url ? link("Trade log", log.url) : "Trade log";
  if (log.problem) return [name, `: ${log.queued} rows wait. ${log.problem}`];
  const written = log.written_at ? `, written ${time(log.written_at)} IST` : "";
  return [name, `: ${log.queued} rows wait${written}`];
}

function link(text, address) {
  return element("a", { href: address, rel: "noreferrer", textContent: text });
}
