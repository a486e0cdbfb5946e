// The bar, the accounts and the alerts.

import { cell, element, reason, time } from "./elements.js";

const byId = (id) => document.getElementById(id);

// `frozen` is null while all is live, else the sentence that says why and since when it is not.
export function drawStatus(state, frozen) {
  const status = state?.status;
  document.body.classList.toggle("is-stale", frozen !== null);
  document.title = frozen === null ? "Tandem" : "(!) Tandem";
  byId("banner").hidden = frozen === null;
  byId("banner").textContent = frozen ?? "";
  byId("link").textContent = frozen === null ? "● Engine connected" : "○ Engine unknown";
  drawPill(status, frozen);
  byId("venue").textContent = status ? `${status.venue} · ${status.trade_date}` : "";
  byId("looked").textContent = status ? looked(status) : "";
  byId("resume").hidden = !status?.is_stopped;
  byId("switch-mode").hidden = !status;
  byId("switch-mode").textContent = status?.copy_mode === "auto" ? "Hold new orders" : "Copy new orders at once…";
}

function looked(status) {
  if (status.looking_fails) return `Not looking: ${status.looking_fails}`;
  return `Primary read ${time(status.looked_at)} IST`;
}

function drawPill(status, frozen) {
  const pill = byId("mode");
  const [text, className] = words(status, frozen);
  pill.textContent = text;
  pill.className = `pill ${className}`;
}

function words(status, frozen) {
  if (frozen !== null || !status) return ["Unknown", "quiet"];
  if (status.is_stopped) return [`■ Stopped by ${status.stopped_by ?? "someone"}`, "bad"];
  return status.copy_mode === "auto" ? ["▶ Copying at once", "ok"] : ["‖ Holding for your tick", "warn"];
}

export function drawAccounts(state) {
  const accounts = Object.values(state.accounts).sort(
    (a, b) => (a.role === "primary" ? -1 : 0) - (b.role === "primary" ? -1 : 0) || a.account_id.localeCompare(b.account_id),
  );
  byId("accounts").tBodies[0].replaceChildren(
    ...accounts.flatMap((account) => [
      element(
        "tr",
        {},
        cell(account.account_id),
        cell(account.name),
        cell(account.role),
        cell(account.role === "primary" ? "" : `×${account.multiplier}`, "number"),
        cell(account.role === "primary" ? "" : account.mode),
        cell(account.state, account.state === "ready" ? "ok" : account.state === "blocked" ? "bad" : "warn"),
        cell(String(account.orders_today), "number"),
        cell(time(account.looked_at)),
        cell([reason(account.reason), unread(account)].filter(Boolean).join(" · "), "why"),
      ),
      ...account.strangers.map(strangerRow),
    ]),
  );
}

function strangerRow(order) {
  const what = `${order.order_id}: ${order.side} ${order.filled_quantity} / ${order.quantity} ${order.instrument}, ${order.status}`;
  const why = order.beside
    ? `A second order under the tag of ${order.beside}: one copy was placed twice. Check the account in Kite now.`
    : "It carries a tag of Tandem that the journal does not know. It was left alone; check it in Kite.";
  const text = element("td", { className: "bad", colSpan: 9 }, `! ${what}. ${why}`);
  return element("tr", {}, text);
}

function unread(account) {
  if (!account.looking_fails) return "";
  return `Not readable since ${time(account.looking_fails_since)} IST: ${account.looking_fails}`;
}

export function drawAlerts(state) {
  const refused = state.status.config_refused;
  const lines = state.alerts.slice(-100).reverse().map((alert) =>
    element("p", {}, `${time(alert.at)} ${[alert.account_id, alert.order_id].filter(Boolean).join(" ")} ${alert.text}`),
  );
  if (refused) lines.unshift(element("p", { className: "bad" }, `Configuration refused; the old rules hold: ${refused}`));
  byId("alerts").replaceChildren(...(lines.length ? lines : [element("p", { className: "quiet" }, "None.")]));
}
