"""How the page keeps up: 5,000 rows in Chromium while hundreds of them change every second.

The real web process, link and page; only the engine is scripted. Frames, the main thread's load and the time
from the engine's emit to the painted figure are measured in the page itself.
"""

import asyncio
import gzip
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, Literal

import click
from playwright.sync_api import CDPSession, Page

from app.engine.rows import CopyRow, OrderRow
from tests.builders.browser import chromium
from tests.builders.dashboard import Dashboard, dashboard
from tests.builders.shown_day import day

ORDERS = 1_250
"""With three copies each: 5,000 rows."""
NEAR = 40
"""Half of the updates hit the orders on the first screen."""
_TICK_S = 0.01
_PROBE_EVERY_S = 0.2
_PROBE_FROM = 7_700_000
_IMPORTED = re.compile(r"""(?:import|from)\s*["']\./([\w.-]+\.js)["']""")
_BUNDLE = Path(__file__).parents[1] / "static" / "app"

_WATCH = r"""
window.seen = {}; window.frames_ms = [];
new MutationObserver((records) => {
  for (const record of records) {
    const found = /77,(\d\d),(\d\d\d)\.00/.exec(record.target.textContent ?? "");
    const id = found && Number(found[1] + found[2]);
    if (id === null || id in window.seen) continue;
    window.seen[id] = null;
    requestAnimationFrame(() => {
      const after = new MessageChannel();
      after.port1.onmessage = () => { window.seen[id] = performance.timeOrigin + performance.now(); };
      after.port2.postMessage(0);
    });
  }
}).observe(document.body, { subtree: true, childList: true, characterData: true });
let last = performance.now();
const frame = (now) => { window.frames_ms.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One load's figures. Latencies are from the engine's emit to after the frame that shows it."""

    fps: float
    frame_p95_ms: float
    busy: float
    latency_p50_ms: float
    latency_p95_ms: float
    probes: int


class Pump:
    """Changes rows at a rate, and now and then one on the first screen in a way that the page can tell."""

    def __init__(self, board: Dashboard, rate: int) -> None:
        self._board = board
        self._rate = rate
        self._chance = Random(1)  # noqa: S311 - repeatable load
        state = board.engine.snapshot()
        self._orders: list[OrderRow] = list(state["orders"].values())
        self._copies: list[CopyRow] = list(state["copies"].values())
        self.sent_ms: dict[int, float] = {}
        self._is_over = False

    async def run(self) -> None:
        """Pump until `stop`."""
        begun = time.perf_counter()
        done, probed_at = 0, begun
        while not self._is_over:
            now = time.perf_counter()
            while done < (now - begun) * self._rate:
                self._change_one()
                done += 1
            if now - probed_at >= _PROBE_EVERY_S:
                probed_at = now
                self._probe()
            await asyncio.sleep(_TICK_S)

    def stop(self) -> None:
        """End the load."""
        self._is_over = True

    def _change_one(self) -> None:
        near = self._chance.random() < 0.5
        copies = self._copies[: NEAR * 3] if near else self._copies
        copy = self._chance.choice(copies)
        price = f"{self._chance.uniform(100, 3_000):.2f}"
        changed: Any = {**copy, "legs": [{**leg, "average_price": price} for leg in copy["legs"]]}
        self._board.engine.show(copies={copy["copy_id"]: changed})

    def _probe(self) -> None:
        number = len(self.sent_ms)
        order = self._orders[number % 10]
        changed: Any = {**order, "average_price": f"{_PROBE_FROM + number}.00"}
        self.sent_ms[number] = time.time() * 1000
        self._board.engine.show(orders={order["order_id"]: changed})


def measure(page: Page, board: Dashboard, rate: int, seconds: float) -> Measured:
    """Watch the page under a load."""
    pump = Pump(board, rate)
    board.begin(pump.run())
    page.wait_for_timeout(2_000)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate("window.frames_ms.length = 0")
    busy_before, began = _busy_s(session), time.perf_counter()
    page.wait_for_timeout(seconds * 1000)
    took = time.perf_counter() - began
    busy = (_busy_s(session) - busy_before) / took
    frames: list[float] = page.evaluate("window.frames_ms")
    pump.stop()
    page.wait_for_timeout(500)
    seen: dict[str, float | None] = page.evaluate("window.seen")
    page.evaluate("window.seen = {}")
    latencies = [
        at - pump.sent_ms[int(number)] for number, at in seen.items() if at and int(number) in pump.sent_ms
    ]
    cuts = quantiles(latencies, n=20)
    return Measured(len(frames) / took, quantiles(frames, n=20)[-1], busy, cuts[9], cuts[-1], len(latencies))


def _busy_s(session: CDPSession) -> float:
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def to_paint_ms(page: Page, role: Literal["button", "radio"], *names: str) -> float:
    """Return the time from a press of buttons, named in turn, until its effect is painted: median of nine."""
    buttons = [page.get_by_role(role, name=name).first.element_handle() for name in names]
    times = page.evaluate(
        """async (buttons) => {
          const times = [];
          for (let n = 0; n < 9; n += 1) {
            const began = performance.now();
            buttons[n % buttons.length].click();
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            times.push(performance.now() - began);
            await new Promise((done) => setTimeout(done, 300));
          }
          return times;
        }""",
        buttons,
    )
    return float(sorted(times)[4])


def first_page_kb() -> float:
    """Return the gzipped size of the scripts that the first page needs, with what they import, in kB."""
    needed: set[str] = set()
    wanted = {"main.js"}
    while wanted:
        name = wanted.pop()
        needed.add(name)
        text = (_BUNDLE / name).read_text(encoding="utf-8")
        wanted |= set(_IMPORTED.findall(text)) - needed
    return sum(len(gzip.compress((_BUNDLE / name).read_bytes(), 9)) for name in needed) / 1000


@click.command(help=__doc__)
@click.option("--seconds", default=8.0, show_default=True, help="Of each load.")
@click.option("--rates", default="0,200,1000", show_default=True, help="Row updates a second.")
def main(seconds: float, rates: str) -> None:
    """Measure and print."""
    click.echo(f"first page: {first_page_kb():.0f} kB of JavaScript, gzipped (limit 200)")
    with (
        tempfile.TemporaryDirectory() as data,
        dashboard(Path(data), day(ORDERS)) as board,
        chromium(1600, 950) as screen,
    ):
        page = screen.page
        page.goto(board.sign_in_link())
        page.get_by_test_id("mode").get_by_text("Live").wait_for()
        page.get_by_role("button", name="Expand all").click()
        page.evaluate(_WATCH)
        click.echo(
            f"{'updates/s':>9} {'fps':>6} {'frame p95':>10} {'busy':>6} {'painted p50':>12} {'p95':>7}"
        )
        for rate in (int(text) for text in rates.split(",")):
            found = measure(page, board, rate, seconds)
            click.echo(
                f"{rate:>9} {found.fps:>6.1f} {found.frame_p95_ms:>7.1f} ms {found.busy:>6.0%} "
                f"{found.latency_p50_ms:>9.0f} ms {found.latency_p95_ms:>4.0f} ms"
            )
        sort, search = to_paint_ms(page, "button", "P&L", "Time"), to_paint_ms(page, "radio", "Copied", "All")
        click.echo(
            f"to painted, of which two frames are the floor: sort {sort:.0f} ms, filter {search:.0f} ms"
        )
        for complaint in screen.complaints():
            raise click.ClickException(f"The page complained: {complaint}")


if __name__ == "__main__":
    main()
