"""The push channel: updates of the primary's orders, some of them lost, some of them late."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from random import Random

from app.exchange.accounts import Account
from app.exchange.venue import Row, Venue
from tests.simulation.chances import Chances
from tests.simulation.process import Process


class PushChannel:
    """Pushes to whichever life of the engine listens."""

    def __init__(self, venue: Venue, primary: str, chances: Chances, random: Random) -> None:
        self._primary = primary
        self._chances = chances
        self._random = random
        self._listeners: dict[int, Callable[[], None]] = {}
        self._outside = Context()
        venue.on_order.append(self._changed)

    def feed(self, process: Process) -> "SimFeed":
        """Return the feed of one life of the engine."""
        return SimFeed(self, process)

    def listen(self, process: Process, wake: Callable[[], None]) -> None:
        """Push to this one from now on."""
        self._listeners = {process.number: wake}

    def forget(self, process: Process) -> None:
        """Push to it no more."""
        self._listeners.pop(process.number, None)

    def _changed(self, account: Account, _row: Row) -> None:
        if account.user_id != self._primary or self._random.random() < self._chances.push_lost:
            return
        is_late = self._random.random() < self._chances.push_late
        delay_s = self._random.uniform(0.005, 2.0 if is_late else 0.05)
        asyncio.get_event_loop().call_later(delay_s, self._push, context=self._outside)

    def _push(self) -> None:
        for wake in self._listeners.values():
            wake()


class SimFeed:
    """An `OrderFeed`."""

    def __init__(self, channel: PushChannel, process: Process) -> None:
        self._channel = channel
        self._process = process

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` for each push until cancelled."""
        self._channel.listen(self._process, wake)
        wake()
        try:
            await asyncio.Event().wait()
        finally:
            self._channel.forget(self._process)
