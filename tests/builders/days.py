"""The whole engine over days of virtual time, started anew as its supervisor does, at brokers that stay."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.domain.accounts import CopyMode
from app.domain.copies import Copy
from app.domain.ids import AccountId, CopyId
from app.domain.orders import Order
from app.domain.pacing import Limits
from app.domain.session import from_ist_text
from app.engine.copy_engine import DayChangedError, EngineParts
from app.engine.rows import Snapshot
from app.engine.runtime import Runtime, Surroundings
from app.engine.service import Answer, AnyCommand
from app.ports.broker import OrderList
from tests.builders.copier import PRIMARY, KnownInstruments, an_order_for, rules_for
from tests.builders.running import ScriptedConfig
from tests.fakes.broker import FakeBroker
from tests.fakes.journal import MemoryJournal
from tests.simulation.virtual_loop import run_virtually

BACK_OFF_S = 0.2
LATENCY_S = 0.02


class VirtualTime:
    """A `Clock` over the running virtual loop, `start` being its now; `ahead` is how wrong its wall is."""

    def __init__(self, start: datetime, ahead: timedelta = timedelta(0)) -> None:
        self._start = start
        self._began_s = asyncio.get_running_loop().time()
        self._random = Random(0)  # noqa: S311 - repeatable on purpose
        self.ahead = ahead

    def now(self) -> datetime:
        """Return the present moment, as wrong as it is."""
        return self._start + self.ahead + timedelta(seconds=self.monotonic() - self._began_s)

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return asyncio.get_running_loop().time()

    def random(self) -> float:
        """Return the next number of a fixed sequence."""
        return self._random.random()


class DatedBroker(FakeBroker):
    """A broker that takes a moment, and whose `Date` may be wrong while its orders are stamped rightly."""

    date_ahead = timedelta(0)

    async def order_list(self) -> OrderList:
        """Show the day's orders."""
        await asyncio.sleep(LATENCY_S)
        shown = await super().order_list()
        assert shown.broker_time is not None
        return replace(shown, broker_time=shown.broker_time + self.date_ahead)


class Days:
    """Accounts, a journal and a clock that last; engines that come and go. Moments are IST text."""

    def __init__(self, start: str, multipliers: dict[str, str], *, host_ahead: timedelta) -> None:
        self.truth = VirtualTime(from_ist_text(start))
        self.host = VirtualTime(from_ist_text(start), host_ahead)
        self.journal = MemoryJournal(self.host.now)
        self.config = ScriptedConfig(rules_for(multipliers, accounts={}))
        self.brokers = {
            account_id: DatedBroker(account_id, clock=self.truth)
            for account_id in (PRIMARY, *map(AccountId, multipliers))
        }
        self.renewed: frozenset[AccountId] = frozenset()
        self.runtime: Runtime | None = None
        self.ends: list[BaseException] = []
        self.lives = 0
        self._supervisor: asyncio.Task[None] | None = None
        self._ids = 0

    # The engine's lives.

    async def begin(self) -> None:
        """Start the engine, and keep it running."""
        self._supervisor = asyncio.get_running_loop().create_task(self._supervise())
        await self.until(lambda: self.runtime is not None)

    async def kill(self) -> None:
        """End the engine where it stands; the journal stays."""
        assert self._supervisor is not None
        self._supervisor.cancel()
        await asyncio.gather(self._supervisor, return_exceptions=True)
        self.runtime = None

    async def restart(self, down_s: float = 1.0) -> None:
        """Kill the engine and start it again."""
        await self.kill()
        await asyncio.sleep(down_s)
        await self.begin()

    async def _supervise(self) -> None:
        while True:
            try:
                await self._live()
            except* DayChangedError as group:
                self.ends.append(group)
            self.runtime = None
            await asyncio.sleep(BACK_OFF_S)

    async def _live(self) -> None:
        self.lives += 1
        self.journal = self.journal.reopened()
        runtime = Runtime(self._parts(), self._around())
        await runtime.start()
        self.runtime = runtime
        await runtime.run()

    # What tests do and see.

    async def at(self, moment: str) -> None:
        """Let time pass until this moment of the true clock."""
        await asyncio.sleep((from_ist_text(moment) - self.truth.now()).total_seconds())

    async def until(self, condition: Callable[[], Any], *, within_s: float = 60.0) -> None:
        """Let time pass until something holds."""
        async with asyncio.timeout(within_s):
            while not condition():  # noqa: ASYNC110 - virtual time: there is no event for any condition
                await asyncio.sleep(0.05)

    def primary_places(self, **changes: Any) -> Order:
        """Place an order on the primary by hand."""
        return self.brokers[PRIMARY].desk.take(an_order_for(**changes), None)

    async def command(self, make: Callable[..., AnyCommand], **fields: Any) -> Answer:
        """Give a command as the operator."""
        assert self.runtime is not None
        self._ids += 1
        return await self.runtime.execute(make(command_id=f"c{self._ids}", by="operator", **fields))

    def log_in(self, account_id: AccountId) -> None:
        """Give one account a live token, and let the engine hear of it."""
        self.brokers[account_id].is_session_dead = False
        self.renewed = frozenset({account_id})
        self.config.edit(self.config.rulebook)

    def snapshot(self) -> Snapshot:
        """Return what the engine shows."""
        assert self.runtime is not None
        return self.runtime.snapshot()

    def copy(self, order: Order, account_id: str) -> Copy | None:
        """Return the copy of an order, if the engine knows one."""
        assert self.runtime is not None
        return self.runtime.engine.state.copies.get(CopyId(f"{order.order_id}:{account_id}"))

    def requests(self, account_id: str) -> int:
        """Return how many orders and changes of them an account's broker was asked for so far."""
        return len(self.brokers[AccountId(account_id)].requests)

    def alerts(self) -> list[str]:
        """Return the sentences the operator sees."""
        return [alert["text"] for alert in self.snapshot()["alerts"]]

    def doubled(self) -> list[str]:
        """Return the tags under which a broker has more than one order."""
        tags = [
            tag
            for id_, broker in self.brokers.items()
            if id_ != PRIMARY
            for order in broker.orders.values()
            for tag in order.our_tags
        ]
        return [tag for tag in set(tags) if tags.count(tag) > 1]

    def _parts(self) -> EngineParts:
        return EngineParts(
            rulebook=self.config.rulebook,
            journal=self.journal,
            clock=self.host,
            instruments=KnownInstruments(),
            install_key=b"k" * 32,
            limits=Limits(),
            venue="paper",
            first_mode=CopyMode.AUTO,
            boot_id=f"boot{self.lives}",
            version="test",
        )

    def _around(self) -> Surroundings:
        return Surroundings(
            broker_for=lambda account_id: self.brokers[account_id],
            renew_sessions=lambda: self.renewed,
            config_store=self.config,
            feed=None,
            poll_interval_s=lambda: 1.0,
            limits=Limits,
        )


def over_days(
    start: str,
    scenario: Callable[[Days], Coroutine[Any, Any, None]],
    *,
    multipliers: dict[str, str] | None = None,
    host_ahead: timedelta = timedelta(0),
) -> None:
    """Let a scenario happen, from `start` on, and end the engine afterwards."""

    async def live() -> None:
        days = Days(start, multipliers or {"S1": "1", "S2": "1"}, host_ahead=host_ahead)
        days.journal.note_look(days.host.now())
        await days.begin()
        try:
            await scenario(days)
        finally:
            await days.kill()

    run_virtually(live)
