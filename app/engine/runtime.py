"""The engine at work: its loops, its clock tick, and the service it offers. A restart is a normal start."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from app.domain.accounts import Rulebook
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.engine.copy_engine import CopyEngine, EngineParts
from app.engine.dispatcher import Dispatcher
from app.engine.estimating import estimated
from app.engine.messages import (
    Effect,
    Message,
    Noticed,
    PrimaryListRead,
    RulesReplaced,
    SecondaryListRead,
    SessionRenewed,
    TimePassed,
)
from app.engine.portfolios import Portfolios
from app.engine.positions_seen import read_positions
from app.engine.preview_rows import PreviewRow
from app.engine.reconciler import Reconciler
from app.engine.rows import Delta, Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery, LookNow, SquareOff
from app.engine.squaring_off import PositionsSeen
from app.engine.waiting import News
from app.engine.watcher import Watcher
from app.ports.account_reader import AccountReader
from app.ports.broker import Broker, BrokerUnavailableError, OrderList
from app.ports.config_store import ConfigRefusedError, ConfigStore
from app.ports.journal import JournalError
from app.ports.order_feed import OrderFeed

TICK_S = 0.5
LEAST_TICK_S = 0.01
DRAIN_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the runtime connects the engine to.

    `broker_for` makes the broker of an account. `renew_sessions` gives the brokers made so far what the
    configuration now says about their credentials, and returns the accounts for which that is new.
    `reader_for` makes the reader of an account's positions and funds; without it they are not shown.
    """

    broker_for: Callable[[AccountId], Broker]
    renew_sessions: Callable[[], frozenset[AccountId]]
    config_store: ConfigStore
    feed: OrderFeed | None
    poll_interval_s: Callable[[], float]
    limits: Callable[[], Limits]
    reader_for: Callable[[AccountId], AccountReader] | None = None


class Runtime:
    """Runs the copy engine on the event loop and offers it as a service.

    Every message goes through `post`, which lets the engine decide and starts what it wants sent. When a
    loop dies the whole runtime ends with its error: the process starts again from the journal.
    """

    def __init__(self, parts: EngineParts, around: Surroundings) -> None:
        self._parts = parts
        self._around = around
        self.engine = CopyEngine(parts)
        self._brokers: dict[AccountId, Broker] = {}
        self._watched: set[AccountId] = set()
        self._dispatcher = Dispatcher(
            self._brokers,
            self.engine.may_send,
            self.engine.note_leaving,
            self.post,
            self._fail,
        )
        self._reconciler = Reconciler(self.engine, parts.clock, self.post, self._show_failure)
        self.portfolios = self._make_portfolios(around.reader_for)
        self._watcher: Watcher | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._failure: BaseException | None = None
        self._has_failed = asyncio.Event()
        self._tick_at_s = float("inf")
        self._is_due_sooner = News()

    @property
    def is_started(self) -> bool:
        """True once the state is rebuilt and messages may be posted."""
        return bool(self.engine.state.boot_id)

    def snapshot(self) -> Snapshot:
        """Return the whole state."""
        return self.engine.view.snapshot()

    def subscribe(self, listener: Callable[[Delta], None]) -> Callable[[], None]:
        """Call `listener` with each delta from now on; return the way to end that."""
        return self.engine.view.subscribe(listener)

    async def execute(self, command: AnyCommand) -> Answer:
        """Carry out an operator's command. A stop is in force when this returns."""
        seen = await self._positions_for(command)
        try:
            answer, effects = self.engine.command(command, seen)
        except JournalError as e:
            self._fail(e)
            raise
        self._act(effects)
        if isinstance(command, LookNow):
            self._look_now([AccountId(result.key) for result in answer.results if result.accepted])
        return answer

    async def preview(self, query: AnyQuery) -> PreviewRow:
        """Say what a command would send now, with what the broker tells of it in time."""
        reader_of = self.portfolios.reader if self.portfolios is not None else None
        primary = self.engine.rulebook.primary.account_id
        return await estimated(self.engine.preview(query), primary, reader_of)

    def post(self, message: Message) -> None:
        """Let the engine take a message in, and start what it wants sent."""
        self._act(self.engine.handle(message))
        match message:
            case PrimaryListRead(order_list=order_list):
                self._note_list(self.engine.rulebook.primary.account_id, order_list)
            case SecondaryListRead(account_id=account_id, order_list=order_list):
                self._note_list(account_id, order_list)

    def notice(self, text: str) -> None:
        """Show the operator a sentence; never raises. Where it cannot be recorded the runtime ends."""
        try:
            self.post(Noticed(text))
        except JournalError as e:
            self._fail(e)

    async def start(self) -> None:
        """Learn the broker's clock, rebuild the state from the journal and open nothing else yet.

        Any account's answer tells the clock; the primary's is preferred.
        """
        rulebook = self.engine.rulebook
        first_list = await _first_list(self._broker(rulebook.primary.account_id))
        if first_list is None:
            others = (self._broker(account.account_id) for account in rulebook.secondaries)
            lists = await asyncio.gather(*(_first_list(broker) for broker in others))
            first_list = next((one for one in lists if one is not None), None)
        self.engine.start(first_list)

    async def run(self) -> None:
        """Watch, copy and reconcile until cancelled; raises what ended a loop."""
        rulebook = self.engine.rulebook
        primary = rulebook.primary.account_id
        self._watcher = Watcher(
            self._broker(primary),
            journal=self._parts.journal,
            clock=self._parts.clock,
            post=self.post,
            show=lambda fails: self.engine.show_looking(primary, fails=fails),
            poll_interval_s=self._around.poll_interval_s(),
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for account in rulebook.secondaries:
                    self._watch_secondary(account.account_id)
                tasks.create_task(self._watcher.run())
                tasks.create_task(self._raise_failure())
                tasks.create_task(self._tick())
                tasks.create_task(self._follow_rules())
                if self._around.feed is not None:
                    tasks.create_task(self._around.feed.run(self._watcher.hint))
                if self.portfolios is not None:
                    tasks.create_task(self.portfolios.run())
        finally:
            self._tasks = None

    async def close(self, *, drain_s: float = DRAIN_S) -> None:
        """Wait at most so long for answers under way, then close every connection."""
        await self._dispatcher.drain(drain_s)
        await asyncio.gather(*(broker.close() for broker in self._brokers.values()))
        if self.portfolios is not None:
            await self.portfolios.close()

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error  # later ones follow from the first
        self._has_failed.set()

    async def _raise_failure(self) -> None:
        """End the runtime with what went wrong outside of its loops."""
        await self._has_failed.wait()
        if self._failure is not None:
            raise self._failure

    def _act(self, effects: list[Effect]) -> None:
        self._dispatcher.dispatch(effects)
        self._reconciler.nudge()
        if self.engine.due_at_s < self._tick_at_s - LEAST_TICK_S:
            self._is_due_sooner.set()

    async def _positions_for(self, command: AnyCommand) -> PositionsSeen | None:
        """Read what the accounts of a square-off hold; every other command waits for nothing."""
        if not isinstance(command, SquareOff) or self.portfolios is None:
            return None
        secondaries = {account.account_id for account in self.engine.rulebook.secondaries}
        named = [account_id for account_id in command.accounts if account_id in secondaries]
        return await read_positions(named, self.portfolios.reader)

    def _look_now(self, account_ids: list[AccountId]) -> None:
        for account_id in account_ids:
            if account_id != self.engine.rulebook.primary.account_id:
                self._reconciler.look_now(account_id)
            elif self._watcher is not None:
                self._watcher.hint()

    def _show_failure(self, account_id: AccountId, why: str) -> None:
        self.engine.show_looking(account_id, fails=why)

    def _broker(self, account_id: AccountId) -> Broker:
        if account_id not in self._brokers:
            self._brokers[account_id] = self._around.broker_for(account_id)
        return self._brokers[account_id]

    def _note_list(self, account_id: AccountId, order_list: OrderList) -> None:
        """Let the portfolios see a list, once what was just dispatched has taken its first step: to write."""
        if self.portfolios is not None:
            asyncio.get_running_loop().call_soon(self.portfolios.note_list, account_id, order_list)

    def _make_portfolios(self, reader_for: Callable[[AccountId], AccountReader] | None) -> Portfolios | None:
        if reader_for is None:
            return None
        return Portfolios(
            reader_for,
            clock=self._parts.clock,
            rulebook=lambda: self.engine.rulebook,
            instruments=self._parts.instruments,
            show=self.engine.view.show_portfolio,
        )

    def _watch_secondary(self, account_id: AccountId) -> None:
        if self._tasks is not None and account_id not in self._watched:
            self._watched.add(account_id)
            self._spawn(self._reconciler.watch(self._broker(account_id)))

    def _spawn(self, loop: Coroutine[object, object, None]) -> None:
        if self._tasks is not None:
            self._tasks.create_task(loop)

    async def _tick(self) -> None:
        """Let time pass: at the moment for which something waits, and now and then in any case."""
        while True:
            self._is_due_sooner.clear()
            now_s = self._parts.clock.monotonic()
            pause_s = min(max(self.engine.due_at_s - now_s, LEAST_TICK_S), TICK_S)
            self._tick_at_s = now_s + pause_s
            if not await self._is_due_sooner.within(pause_s):
                self.post(TimePassed())
            self._show_feed()
            self.engine.show_market()

    def _show_feed(self) -> None:
        if self._around.feed is not None:
            state = self._around.feed.state
            self.engine.show_feed({"is_on": True, "is_up": state.is_up, "connections": state.connections})

    async def _follow_rules(self) -> None:
        async for change in self._around.config_store.changes():
            if isinstance(change, ConfigRefusedError):
                self.engine.show_refused_rules(str(change))
            else:
                self._take_rules(change)

    def _take_rules(self, rulebook: Rulebook) -> None:
        """Apply a valid edit: new rules at once, new tokens to the brokers, new accounts get a lane.

        Another primary account takes a restart, because everything was decided for the old one.
        """
        if rulebook.primary.account_id != self.engine.rulebook.primary.account_id:
            self.engine.show_refused_rules("Another primary account takes a restart of Tandem.")
            return
        self.post(RulesReplaced(rulebook, self._around.limits(), "The configuration was edited."))
        if self._watcher is not None:
            self._watcher.poll_interval_s = self._around.poll_interval_s()
            self._watcher.hint()
        for account in rulebook.secondaries:
            self._watch_secondary(account.account_id)
        if self.portfolios is not None:
            self.portfolios.follow_rules()
        for account_id in self._around.renew_sessions():
            self.post(SessionRenewed(account_id))
            self._reconciler.renew(account_id)
            if self.portfolios is not None:
                self.portfolios.renew(account_id)


async def _first_list(broker: Broker) -> OrderList | None:
    """Read an order list once for the broker's clock; None where it cannot be read now."""
    try:
        return await broker.order_list()
    except BrokerUnavailableError:
        return None
