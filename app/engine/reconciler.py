"""Looks at each secondary's order list: often while something is open, seldom while nothing is."""

from collections.abc import Callable

from app.domain.ids import AccountId
from app.domain.reasons import ReasonCode
from app.engine.copy_engine import CopyEngine
from app.engine.messages import Message, SecondaryListRead, SessionLost, SessionRenewed
from app.engine.waiting import News
from app.ports.broker import Broker, BrokerUnavailableError, SessionExpiredError
from app.ports.clock import Clock

LOOK_WHILE_OPEN_S = 1.0
LOOK_WHILE_IDLE_S = 15.0
FAILED_READ_PAUSE_S = 1.0
DEAD_SESSION_PAUSE_S = 30.0
PROVEN_ALIVE_AFTER_S = 10.0
LEAST_GAP_S = 0.3
"""However often the operator asks, looks at an account begin no closer than this."""


class Reconciler:
    """Runs one loop per secondary, so that an account that hangs delays only itself."""

    def __init__(
        self,
        engine: CopyEngine,
        clock: Clock,
        post: Callable[[Message], None],
        show_failure: Callable[[AccountId, str], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._post = post
        self._show_failure = show_failure
        self._wakes: dict[AccountId, News] = {}
        self._sleeps_until_s: dict[AccountId, float] = {}
        self._renewed: dict[AccountId, News] = {}
        self._blocked_since_s: dict[AccountId, float] = {}

    def renew(self, account_id: AccountId) -> None:
        """Look again at an account whose session was dead: it has a new token."""
        self._renewed.setdefault(account_id, News()).set()

    def look_now(self, account_id: AccountId) -> None:
        """Look at an account at once, even where its session was dead when it was tried last."""
        lane = self._engine.lanes[account_id]
        now_s = self._clock.monotonic()
        lane.want_look(max(now_s, (lane.looked_at_s or now_s) + LEAST_GAP_S))
        self.renew(account_id)
        self.nudge()

    def nudge(self) -> None:
        """Wake the loops whose next look is due earlier than they sleep for: called after every turn."""
        for account_id, until_s in self._sleeps_until_s.items():
            if self._due_at_s(account_id) < until_s:
                self._wakes[account_id].set()

    async def watch(self, broker: Broker) -> None:
        """Keep looking at one account's order list until cancelled."""
        wake = self._wakes.setdefault(broker.account_id, News())
        while True:
            if not self._is_open(broker.account_id):
                # An idle connection may have been closed by the broker: no copy shall wait for a new one.
                await broker.warm_up()
            await self._until_due(broker.account_id, wake)
            try:
                await self._look(broker)
            except SessionExpiredError as e:
                self._post(SessionLost(broker.account_id, str(e)))
                self._show_failure(broker.account_id, str(e))
                await self._until_renewed(broker.account_id, DEAD_SESSION_PAUSE_S)
            except BrokerUnavailableError as e:
                self._show_failure(broker.account_id, str(e))
                await self._until_renewed(broker.account_id, FAILED_READ_PAUSE_S)

    async def _until_due(self, account_id: AccountId, wake: News) -> None:
        while (due_at_s := self._due_at_s(account_id)) > (now_s := self._clock.monotonic()):
            wake.clear()
            self._sleeps_until_s[account_id] = due_at_s
            await wake.within(due_at_s - now_s)

    def _due_at_s(self, account_id: AccountId) -> float:
        every_s = LOOK_WHILE_OPEN_S if self._is_open(account_id) else LOOK_WHILE_IDLE_S
        return self._engine.lanes[account_id].next_look_at_s(now_s=self._clock.monotonic(), every_s=every_s)

    def _is_open(self, account_id: AccountId) -> bool:
        return bool(self._engine.state.alive.get(account_id))

    async def _look(self, broker: Broker) -> None:
        lane = self._engine.lanes[broker.account_id]
        began_s = self._clock.monotonic()
        lane.look_wanted_at_s = None
        order_list = await broker.order_list()
        if self._is_alive_again(broker.account_id, began_s):
            self._post(SessionRenewed(broker.account_id))
        self._post(SecondaryListRead(broker.account_id, order_list, began_s))

    def _is_alive_again(self, account_id: AccountId, began_s: float) -> bool:
        """Tell whether a good look proves that a dead session lives.

        A token may die while a look is under way, so only a look begun well after the block counts.
        """
        blocked = self._engine.state.blocked.get(account_id)
        if blocked is None or blocked.code is not ReasonCode.SESSION_EXPIRED:
            self._blocked_since_s.pop(account_id, None)
            return False
        since_s = self._blocked_since_s.setdefault(account_id, began_s)
        return began_s - since_s >= PROVEN_ALIVE_AFTER_S

    async def _until_renewed(self, account_id: AccountId, pause_s: float) -> None:
        renewed = self._renewed.setdefault(account_id, News())
        renewed.clear()
        await renewed.within(pause_s)
