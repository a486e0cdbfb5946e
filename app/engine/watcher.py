"""Watches the primary's order list: polls it, sooner when a push hints at news."""

from collections.abc import Callable
from datetime import datetime, timedelta

from app.domain.ids import AccountId
from app.engine.messages import Message, PrimaryListRead, SessionLost, SessionRenewed
from app.engine.waiting import News
from app.ports.broker import Broker, BrokerUnavailableError, OrderList, SessionExpiredError
from app.ports.clock import Clock
from app.ports.journal import Journal

FAILED_READ_PAUSE_S = 2.0
DEAD_SESSION_PAUSE_S = 30.0


class Watcher:
    """Reads the primary's order list every `poll_interval_s` and hands each good read over.

    A push only makes the next read come sooner. A failed read is shown and repeated; it says nothing
    about any order.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        journal: Journal,
        clock: Clock,
        post: Callable[[Message], None],
        show: Callable[[str | None], None],
        poll_interval_s: float,
    ) -> None:
        self._broker = broker
        self._journal = journal
        self._clock = clock
        self._post = post
        self._show = show
        self._hint = News()
        self._good_at_s: float | None = None
        self._is_dead = False
        self.poll_interval_s = poll_interval_s

    def hint(self) -> None:
        """Ask for a look right away: a push came in, or the session was renewed."""
        self._hint.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self._hint.clear()
            pause_s = await self._look()
            await self._hint.within(pause_s)

    async def _look(self) -> float:
        began_s = self._clock.monotonic()
        try:
            order_list = await self._broker.order_list()
        except SessionExpiredError as e:
            self._is_dead = True
            self._post(SessionLost(self.account_id, str(e)))
            self._show(str(e))
            return DEAD_SESSION_PAUSE_S
        except BrokerUnavailableError as e:
            self._show(str(e))
            return FAILED_READ_PAUSE_S
        if self._is_dead:
            self._is_dead = False
            self._post(SessionRenewed(self.account_id))
        began_at = self._began_at(began_s, order_list)
        self._post(PrimaryListRead(order_list, self._gap_s(began_s, began_at)))
        self._good_at_s = began_s
        self._journal.note_look(began_at)
        self._show(None)
        return self.poll_interval_s

    @property
    def account_id(self) -> AccountId:
        """The primary account's id."""
        return self._broker.account_id

    def _began_at(self, began_s: float, order_list: OrderList) -> datetime:
        """Return when a look began, on the broker's clock: the host's may be set while nobody looks.

        The answer bears the time at which it left; a list that took its time is no newer than its request.
        """
        answered_at = order_list.broker_time or self._clock.now()
        return answered_at - timedelta(seconds=self._clock.monotonic() - began_s)

    def _gap_s(self, began_s: float, began_at: datetime) -> float | None:
        """Return how long nobody looked, over restarts; None if nobody ever did."""
        if self._good_at_s is not None:
            return began_s - self._good_at_s
        last = self._journal.last_look()
        return None if last is None else max((began_at - last).total_seconds(), 0.0)
