"""The exchange as a process: `python -m app.exchange.server --port 0` prints where it listens and serves."""

import argparse
import asyncio
import errno
import ipaddress
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from app.exchange.clock_file import open_clock, save_clock
from app.exchange.control import Control
from app.exchange.http.application import build_application
from app.exchange.http.pipeline import Pipeline, reset
from app.exchange.ledger import Ledger
from app.exchange.ledger_file import LedgerFile
from app.exchange.scenarios import SCENARIOS
from app.exchange.service import Service
from app.exchange.stream.hub import TickerHub
from app.exchange.stream.postback import TIMEOUT_S, Postbacks
from app.exchange.stream.updates import OrderUpdates
from app.exchange.venue import Venue

STEP_EVERY_S = 0.01
BEAT_EVERY_S = 1.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ExchangeOptions:
    """How an exchange is started; `docs/exchange.md` explains each option. It calls `beat` while it works."""

    host: str = "127.0.0.1"
    port: int = 5010
    strict_2026: bool = True
    seed: int = 1
    accounts: int = 4
    scenario: str = "idle"
    state_dir: Path | None = None
    keep_tokens: bool = True
    rolls_over: bool = True
    has_rate_limits: bool = True
    latency_ms: int = 2
    beat: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        if not ipaddress.ip_address(self.host).is_loopback:
            raise ValueError(f"The exchange serves loopback only; {self.host} is another address.")
        if self.scenario not in SCENARIOS:
            raise ValueError(f"There is no scenario {self.scenario!r}; choose one of {', '.join(SCENARIOS)}.")
        if not 1 <= self.accounts <= 500:
            raise ValueError(f"The exchange opens 1 to 500 accounts; was {self.accounts}.")


class RunningExchange:
    """An exchange on the running event loop, from `start` to `stop`.

    `failed` ends with the exception that broke the exchange from inside, should one ever do.
    """

    def __init__(self, options: ExchangeOptions) -> None:
        self.options = options
        if options.state_dir is not None:
            options.state_dir.mkdir(parents=True, exist_ok=True)
        self._ledger_file = LedgerFile(options.state_dir)
        self.service = _build_service(options, self._ledger_file.ledger)
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pipeline = Pipeline(self.service)
        self._hub = TickerHub(self.service)
        self._updates = OrderUpdates(self.service)
        self._tasks: list[asyncio.Task[None]] = []
        self._port = options.port

    @property
    def root(self) -> str:
        """Return the address the official client takes as `root`."""
        host = f"[{self.options.host}]" if ":" in self.options.host else self.options.host
        return f"http://{host}:{self._port}"

    async def start(self) -> None:
        """Listen and let the market run; raises OSError when the port is taken."""
        venue = self.service.venue
        control = Control(self.service, self._hub, self._start_outage)
        routes = [web.get("/", self._hub.serve), *control.routes()]
        app = build_application(self.service, self._pipeline, routes)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await self._listen()
        self._port = self._runner.addresses[0][1]
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        self._postbacks = Postbacks(self.service, self._client)
        self._updates.subscribers += [self._hub.push, self._postbacks.push]
        venue.on_order.append(self._updates.changed)
        venue.on_tick.append(self._hub.moved)
        self._run(self._step())
        self._run(self._beat())
        self._run(self._hub.run())
        self._run(SCENARIOS[self.options.scenario](self.service))

    async def stop(self) -> None:
        """Break all connections and stop; orders already accepted stay in the state directory."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._pipeline.close()
        self._updates.close()
        self._hub.drop()
        await self._postbacks.close()
        await self._client.close()
        await self._runner.cleanup()
        self.service.venue.close()
        self._ledger_file.close()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, self.options.host, self._port, reuse_address=True)
        await self._site.start()

    async def _step(self) -> None:
        venue, state_dir = self.service.venue, self.options.state_dir
        saved: timedelta | None = None
        while True:
            venue.step()
            if venue.clock.offset != saved:
                saved = venue.clock.offset
                save_clock(state_dir, venue.clock)
            await asyncio.sleep(STEP_EVERY_S)

    async def _beat(self) -> None:
        while True:
            self.options.beat()
            await asyncio.sleep(BEAT_EVERY_S)

    def _start_outage(self, for_s: float) -> None:
        self._run(self._outage(for_s))

    async def _outage(self, for_s: float) -> None:
        """Be unreachable: close the port, break what is connected, come back on the same port."""
        await asyncio.sleep(STEP_EVERY_S)  # the answer to the control request still gets out
        await self._site.stop()
        for connection in list(self._runner.server.connections if self._runner.server else ()):
            reset(connection.transport)
        await asyncio.sleep(for_s)
        await self._listen()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None and not self.failed.done():
            self.failed.set_exception(task.exception() or RuntimeError("unknown"))


def _build_service(options: ExchangeOptions, ledger: Ledger) -> Service:
    clock = open_clock(options.state_dir, lambda: datetime.now(UTC))
    venue = Venue(
        clock=clock,
        seed=options.seed,
        strict_2026=options.strict_2026,
        state_dir=options.state_dir,
        keep_tokens=options.keep_tokens,
        rolls_over=options.rolls_over,
        latency=timedelta(milliseconds=options.latency_ms),
    )
    for number in range(1, options.accounts + 1):
        venue.accounts.create(f"PA{number:04d}")
    service = Service.build(venue, seed=options.seed, ledger=ledger)
    service.throttle.is_on = options.has_rate_limits
    return service


async def serve(options: ExchangeOptions) -> None:
    """Run an exchange until SIGTERM or SIGINT; print the ready line once it listens."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    exchange = RunningExchange(options)
    await exchange.start()
    sys.stdout.write(f"exchange ready {exchange.root}\n")
    sys.stdout.flush()
    exchange.failed.add_done_callback(lambda _: stopping.set())
    await stopping.wait()
    await exchange.stop()
    if exchange.failed.done():
        exchange.failed.result()


def main(options: ExchangeOptions) -> None:
    """Run the exchange in this process until it is told to stop; exit with 2 when the port is taken."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        asyncio.run(serve(options))
    except OSError as e:
        if e.errno != errno.EADDRINUSE:
            raise
        sys.stderr.write(
            f"Port {options.port} on {options.host} is in use, so the exchange was not started. "
            "Stop the program that holds it, or choose another with --port (0 takes a free one).\n"
        )
        raise SystemExit(2) from None


def _options(arguments: Sequence[str]) -> ExchangeOptions:
    parser = argparse.ArgumentParser(prog="python -m app.exchange.server", description=__doc__)
    parser.add_argument("--port", type=int, default=5010, help="0 takes a free port (printed)")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--lax", action="store_true", help="without the rules of 1 April 2026")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", type=int, default=4, help="how many, PA0001 onwards")
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="idle")
    parser.add_argument("--state-dir", type=Path, help="keep orders, tokens and the ledger here")
    parser.add_argument("--flush-tokens", action="store_true", help="tokens die at 06:00, as Kite's do")
    parser.add_argument("--no-roll-over", action="store_true", help="stay closed after the last close")
    parser.add_argument("--no-rate-limits", action="store_true")
    given = parser.parse_args(arguments)
    try:
        return ExchangeOptions(
            host=given.host,
            port=given.port,
            strict_2026=not given.lax,
            seed=given.seed,
            accounts=given.accounts,
            scenario=given.scenario,
            state_dir=given.state_dir,
            keep_tokens=not given.flush_tokens,
            rolls_over=not given.no_roll_over,
            has_rate_limits=not given.no_rate_limits,
        )
    except ValueError as e:
        parser.error(str(e))


if __name__ == "__main__":
    main(_options(sys.argv[1:]))
