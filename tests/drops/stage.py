"""The programs that the drops happen between: a real engine over the real exchange, and the web process."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from random import Random

import aiohttp

from app.engine.link import LinkServer
from tests.builders.copying import copying_on
from tests.builders.exchange import ExchangeAddress, exchange_process
from tests.builders.web_process import SECRET, WebProcess
from tests.drops.follower import TRANSPORTS, Follower, signed_in
from tests.drops.history import History
from tests.drops.view import Tally
from tests.drops.wire import Wire

FOLLOWERS = 4
KILL_EVERY = 12
"""After so many drops the web process is killed as well, which drops everybody."""
ORDER_EVERY_S = 0.3
LOOK_EVERY_S = 0.1
"""Each look is a change of the status: the stream never rests."""
_SYMBOLS = ("YESBANK", "CENTRALBK", "WIPRO", "ITC", "SBIN")


class Stage:
    """One engine's life, streamed to followers whose connections break."""

    def __init__(self, web: WebProcess, folder: Path, history: History, tally: Tally, chance: Random) -> None:
        self._web = web
        self._folder = folder
        self._history = history
        self._tally = tally
        self._chance = chance
        self._drops = 0
        self._is_web_up = asyncio.Event()
        self._is_web_up.set()
        self._kill_at = KILL_EVERY

    async def run(self, drops: int) -> None:
        """Drop connections until so many were dropped; then every follower catches up over a whole one."""
        async with AsyncExitStack() as stack:
            http = await stack.enter_async_context(aiohttp.ClientSession())
            followers = []
            for _ in range(FOLLOWERS):
                wire = await stack.enter_async_context(Wire(self._web.port))
                cookie = await signed_in(self._web, self._folder, http)
                followers.append(Follower(self._web, wire, cookie, self._history, self._tally))
            await asyncio.gather(*(self._drop(follower, drops) for follower in followers))
            ends = (one.catch_up(TRANSPORTS[n % 2]) for n, one in enumerate(followers))
            await asyncio.gather(*ends)

    async def _drop(self, follower: Follower, drops: int) -> None:
        while self._drops < drops:
            await self._is_web_up.wait()
            was_dropped = await follower.be_dropped(self._chance)
            self._drops += was_dropped
            if self._drops >= self._kill_at and self._is_web_up.is_set():
                self._kill_at += KILL_EVERY
                await self._kill()

    async def _kill(self) -> None:
        self._is_web_up.clear()
        await self._web.end(signal.SIGKILL)
        self._tally.seen["kills of the web process"] += 1
        await self._web.start()
        self._is_web_up.set()


@asynccontextmanager
async def stage(mode: str, folder: Path, tally: Tally, chance: Random) -> AsyncIterator[Stage]:
    """Let orders stream from a real engine to a real web process while the block lasts."""
    async with AsyncExitStack() as stack:
        exchange = stack.enter_context(exchange_process("--no-rate-limits"))
        copying = copying_on(exchange, folder, poll_interval_s=LOOK_EVERY_S)
        runtime = await stack.enter_async_context(copying)
        history = History(runtime.snapshot())
        stack.callback(runtime.subscribe(history.take))
        link = LinkServer(runtime, SECRET)
        port = await link.start()
        stack.push_async_callback(link.close)
        web = await stack.enter_async_context(WebProcess(mode, folder, port))
        trading = asyncio.create_task(_trade(exchange))
        try:
            yield Stage(web, folder, history, tally, chance)
        finally:
            trading.cancel()
            await asyncio.gather(trading, return_exceptions=True)
        if not trading.cancelled():
            trading.result()
        tally.seen["changes"] += history.seq
        tally.seen["orders"] += len(runtime.snapshot()["copies"])


async def _trade(exchange: ExchangeAddress) -> None:
    for number in count():
        params = {
            "exchange": "NSE",
            "tradingsymbol": _SYMBOLS[number % len(_SYMBOLS)],
            "transaction_type": "BUY",
            "quantity": "2",
            "product": "MIS",
            "order_type": "MARKET",
            "market_protection": "-1",
        }
        body = {"user_id": "PA0001", "params": params}
        await asyncio.to_thread(exchange.control, "POST", "/orders", body)
        await asyncio.sleep(ORDER_EVERY_S)
