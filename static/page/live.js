// The live page: follows the stream, freezes visibly without it, and sends what the operator presses.

import { send } from "./commands.js";
import { time } from "./elements.js";
import { drawOrders } from "./orders.js";
import { followRecords } from "./records.js";
import { State } from "./state.js";
import { drawAccounts, drawAlerts, drawStatus } from "./status.js";

const byId = (id) => document.getElementById(id);
const state = new State();
const ticks = new Set();
const socket = io("/live", { transports: ["websocket", "polling"] });

let isFresh = false; // a snapshot came since the last interruption
let lostSince = new Date().toISOString();
let isLinkUp = true;

function frozen() {
  if (isFresh && isLinkUp && socket.connected) return null;
  return `Disconnected since ${time(lostSince)} IST: what is shown is frozen. The copier may still be running.`;
}

function lose(since = new Date().toISOString()) {
  if (isFresh) lostSince = since;
  isFresh = false;
  drawStatus(state.now, frozen());
}

function drawAll(changed = null) {
  drawStatus(state.now, frozen());
  if (!state.now) return;
  drawOrders(state.now, ticks, { onTick: drawTicks, onRetry: retry }, changed);
  drawAccounts(state.now);
  drawAlerts(state.now);
  drawTicks();
}

function drawTicks() {
  byId("ticked").textContent = ticks.size ? `${ticks.size} ticked` : "";
  byId("copy").disabled = ticks.size === 0;
}

socket.on("snapshot", (snapshot) => {
  state.take(snapshot);
  isFresh = true;
  drawAll();
});

socket.on("deltas", (batch) => {
  const outcome = isFresh ? state.apply(batch) : "old";
  if (outcome === "gap") {
    lose();
    socket.emit("resync");
  }
  if (outcome !== "applied") return;
  const changed = new Set(Object.keys(batch.orders));
  for (const copy of Object.values(batch.copies)) changed.add(copy.primary_order_id);
  drawAll(changed);
});

socket.on("link", (link) => {
  isLinkUp = link.is_up;
  if (!link.is_up) lostSince = link.since;
  drawStatus(state.now, frozen());
});

socket.on("disconnect", (why) => {
  lose();
  leaveIfSignedOut();
  if (why === "io server disconnect") socket.connect();
});

socket.on("connect_error", () => {
  lose();
  leaveIfSignedOut();
});

// A page that waits for a snapshot asks again: the first request may have been lost with a connection.
setInterval(() => {
  if (socket.connected && !isFresh) socket.emit("resync");
}, 5000);

async function leaveIfSignedOut() {
  try {
    const response = await fetch("/", { method: "HEAD" });
    if (response.status === 401) location.assign("/sign-in");
  } catch {
    // The web process is away: the banner says so already.
  }
}

function note(answer) {
  byId("notice").hidden = false;
  byId("notice").className = answer.isDone ? "" : "bad";
  byId("notice").textContent = answer.text;
}

// Nothing on the page changes by itself: a row moves when the engine says that it did.
async function press(button, path, body) {
  button.disabled = true;
  note({ isDone: true, text: "Sent to the engine…" });
  const answer = await send(path, body);
  button.disabled = false;
  note(answer);
  return answer;
}

function asked(title, text, go) {
  byId("question-title").textContent = title;
  byId("question-text").textContent = text;
  byId("question-go").textContent = go;
  const dialog = byId("question");
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "go"), { once: true });
  });
}

async function retry(copy, button) {
  const seen = copy.state;
  const text = `${copy.side} ${copy.quantity} ${copy.instrument} in ${copy.account_id} is shown as ${seen}.`;
  if (!(await asked("Send this copy once more?", text, "Send 1 copy"))) return;
  await press(button, "retries", { copies: [{ copy_id: copy.copy_id, seen_state: seen }] });
}

byId("copy").addEventListener("click", async () => {
  const orders = [...ticks].sort();
  const count = Object.values(state.now.accounts).filter((account) => account.role !== "primary").length;
  const text = `Each goes to every one of the ${count} secondary accounts that takes it, sized by its multiplier.`;
  if (!(await asked(`Copy ${orders.length} orders?`, text, `Copy ${orders.length} orders`))) return;
  const answer = await press(byId("copy"), "copies", { orders });
  if (answer.isDone) for (const id of orders) ticks.delete(id);
  drawAll();
});

byId("switch-mode").addEventListener("click", async () => {
  const mode = state.now.status.copy_mode === "auto" ? "manual" : "auto";
  const text = "New orders of the primary are copied at once, without a tick.";
  if (mode === "auto" && !(await asked("Copy new orders at once?", text, "Copy at once"))) return;
  await press(byId("switch-mode"), "mode", { mode });
});

byId("resume").addEventListener("click", async () => {
  if (!(await asked("Resume copying?", "Orders may leave again.", "Resume"))) return;
  await press(byId("resume"), "resume");
});

byId("look").addEventListener("click", () => press(byId("look"), "look"));

// Stopping is safe: one press, no question, and never greyed out. Without script the form does it.
byId("stop").addEventListener("submit", async (event) => {
  event.preventDefault();
  note({ isDone: true, text: "Stopping…" });
  note(await send("stop"));
});

byId("sign-out").addEventListener("submit", async (event) => {
  event.preventDefault();
  await fetch("/sign-out", { method: "POST" });
  location.assign("/sign-in");
});

drawAll();

followRecords();
