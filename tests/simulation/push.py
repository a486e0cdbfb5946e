"""The push channel: updates of the primary's orders, some lost, some late and so out of order, some twice."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from random import Random

from app.exchange.accounts import Account
from app.exchange.venue import Row, Venue
from app.ports.order_feed import FeedState
from tests.simulation.chances import Chances
from tests.simulation.history import History
from tests.simulation.process import Process


class PushChannel:
    """Pushes to whichever life of the engine listens."""

    def __init__(
        self, venue: Venue, primary: str, chances: Chances, random: Random, history: History
    ) -> None:
        self._history = history
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
        if account.user_id != self._primary:
            return
        if self._random.random() < self._chances.push_lost:
            self._history.note("push lost", self._primary)
            return
        is_late = self._random.random() < self._chances.push_late
        is_doubled = self._random.random() < self._chances.push_doubled
        for what in [*["push late"][:is_late], *["push doubled"][:is_doubled]]:
            self._history.note(what, self._primary)
        for _ in range(1 + is_doubled):
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

    @property
    def state(self) -> FeedState:
        """A feed whose state nobody watches."""
        return FeedState()

    async def run(self, wake: Callable[[], None]) -> None:
        """Call `wake` for each push until cancelled."""
        self._channel.listen(self._process, wake)
        wake()
        try:
            await asyncio.Event().wait()
        finally:
            self._channel.forget(self._process)
