// The table of primary orders, one line per copy under each. Rows go by order id, never by position.

import { cell, element, price, reason, stateCell, time } from "./elements.js";

const table = document.getElementById("orders");
const bodies = new Map();

// `ticks` is a Set of order ids; `act` has onTick() and onRetry(copy, button).
export function drawOrders(state, ticks, act, changed = null) {
  const copies = Map.groupBy
    ? Map.groupBy(Object.values(state.copies), (copy) => copy.primary_order_id)
    : grouped(Object.values(state.copies));
  for (const id of bodies.keys()) if (!(id in state.orders)) remove(id);
  for (const id of Object.keys(state.orders)) {
    if (changed && !changed.has(id)) continue;
    const lines = (copies.get(id) ?? []).sort((a, b) => a.account_id.localeCompare(b.account_id));
    draw(state, state.orders[id], lines, ticks, act);
  }
  for (const id of ticks) if (!bodies.get(id)?.querySelector("input")) ticks.delete(id);
  document.getElementById("empty").hidden = bodies.size > 0;
}

function grouped(copies) {
  const groups = new Map();
  for (const copy of copies) {
    const group = groups.get(copy.primary_order_id);
    if (group) group.push(copy);
    else groups.set(copy.primary_order_id, [copy]);
  }
  return groups;
}

function remove(id) {
  bodies.get(id).remove();
  bodies.delete(id);
}

function draw(state, order, copies, ticks, act) {
  let body = bodies.get(order.order_id);
  if (!body) {
    body = element("tbody");
    body.dataset.sort = `${order.placed_at ?? ""} ${order.order_id}`;
    bodies.set(order.order_id, body);
    const next = [...table.tBodies].find((other) => other.dataset.sort < body.dataset.sort);
    table.insertBefore(body, next ?? null);
  }
  const primary = Object.values(state.accounts).find((account) => account.role === "primary");
  body.replaceChildren(
    orderRow(order, copies, primary, ticks, act),
    ...copies.map((copy) => copyRow(copy, state.accounts[copy.account_id], act)),
  );
}

function mayTick(order, copies) {
  return copies.some((copy) => copy.state === "HELD") || (order.late !== null && copies.length === 0);
}

function orderRow(order, copies, primary, ticks, act) {
  const row = element(
    "tr",
    { className: "order" },
    tickCell(order, copies, ticks, act),
    cell(time(order.placed_at)),
    cell(primary?.name ?? "Primary"),
    cell(`${order.tradingsymbol} ${order.exchange}`),
    cell(order.side === "BUY" ? "B" : "S", order.side === "BUY" ? "buy" : "sell"),
    cell(`${order.order_type} ${order.product}`),
    cell(`${order.filled_quantity} / ${order.quantity}`, "number"),
    cell(price(order.price), "number"),
    cell(price(order.average_price), "number"),
    cell(order.status),
  );
  const why = reason(order.skipped) || reason(order.late) || order.status_message;
  row.append(cell([order.order_id, why].filter(Boolean).join(" · "), "why"), cell(""));
  return row;
}

function tickCell(order, copies, ticks, act) {
  if (!mayTick(order, copies)) return cell("");
  const box = element("input", { type: "checkbox", checked: ticks.has(order.order_id) });
  box.setAttribute("aria-label", `Tick ${order.side} ${order.quantity} ${order.tradingsymbol}`);
  box.addEventListener("change", () => {
    if (box.checked) ticks.add(order.order_id);
    else ticks.delete(order.order_id);
    act.onTick();
  });
  return element("td", {}, box);
}

function copyRow(copy, account, act) {
  const legs = copy.legs.filter((leg) => leg.generation === copy.generation || leg.order_id);
  const ids = legs.map((leg) => leg.order_id).filter(Boolean);
  const averages = [...new Set(legs.map((leg) => leg.average_price).filter((text) => Number(text)))];
  const whys = [reason(copy.reason), ...copy.legs.map((leg) => reason(leg.reason))].filter(Boolean);
  const row = element(
    "tr",
    { className: "copy" },
    cell(""),
    delayCell(copy),
    cell(account?.name ?? copy.account_id),
    cell(copy.instrument),
    cell(copy.side === "BUY" ? "B" : "S", copy.side === "BUY" ? "buy" : "sell"),
    cell(copy.generation > 0 ? `retry ${copy.generation}` : ""),
    cell(`${copy.filled_quantity} / ${copy.quantity}`, "number"),
    cell(""),
    cell(averages.map(price).join(", "), "number"),
    stateCell(copy.state),
    cell([ids.join(", "), ...new Set(whys)].filter(Boolean).join(" · "), "why"),
  );
  row.append(retryCell(copy, act));
  return row;
}

// How long after its decision a copy was answered by its broker: both stamps are of this machine's clock, while
// a primary order's time is of the broker's.
function delayCell(copy) {
  const answered = copy.legs.filter((leg) => leg.planned_at && leg.answered_at).at(-1);
  if (!answered) return cell("");
  const delay = element("td", { className: "number quiet" }, `+${Date.parse(answered.answered_at) - Date.parse(answered.planned_at)} ms`);
  delay.title = `Answered ${time(answered.answered_at)} IST by this machine's clock`;
  return delay;
}

function retryCell(copy, act) {
  if (!copy.may_retry) return cell("");
  const button = element("button", { type: "button" }, "Retry…");
  button.setAttribute("aria-label", `Retry ${copy.instrument} in ${copy.account_id}`);
  button.addEventListener("click", () => act.onRetry(copy, button));
  return element("td", {}, button);
}
