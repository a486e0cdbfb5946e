"""The whole engine running on the test's event loop, with brokers in memory and the real clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.adapters.system_clock import SystemClock
from app.domain.accounts import CopyMode, Rulebook
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.engine.copy_engine import EngineParts
from app.engine.runtime import Runtime, Surroundings
from app.ports.config_store import ConfigRefusedError
from app.ports.order_feed import FeedState
from tests.builders.copier import PRIMARY, KnownInstruments, rules_for
from tests.fakes.account_reader import FakeAccountReader
from tests.fakes.broker import FakeBroker
from tests.fakes.journal import MemoryJournal


class ScriptedConfig:
    """A configuration that changes when the test says so."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self._edits: asyncio.Queue[Rulebook | ConfigRefusedError] = asyncio.Queue()

    def load(self) -> Rulebook:
        """Return the rules as they are."""
        return self.rulebook

    def edit(self, change: Rulebook | ConfigRefusedError) -> None:
        """Let the engine hear of an edit."""
        self._edits.put_nowait(change)

    async def changes(self) -> AsyncIterator[Rulebook | ConfigRefusedError]:
        """Yield what was edited."""
        while True:
            yield await self._edits.get()


class PushButton:
    """An order feed that pushes when the test says so."""

    def __init__(self) -> None:
        self.pushed = asyncio.Event()
        self.state = FeedState(is_up=True, connections=1)

    async def run(self, wake: object) -> None:
        """Wake the watcher at each push."""
        assert callable(wake)
        while True:
            await self.pushed.wait()
            self.pushed.clear()
            wake()


class Running:
    """A runtime and everything around it that a test may steer."""

    def __init__(
        self, multipliers: dict[str, str], *, mode: CopyMode, poll_interval_s: float, has_readers: bool
    ) -> None:
        self.clock = SystemClock()
        self.journal = MemoryJournal(self.clock.now)
        self.config = ScriptedConfig(rules_for(multipliers, accounts={}))
        self.feed = PushButton()
        self.brokers: dict[AccountId, FakeBroker] = {}
        self.readers: dict[AccountId, FakeAccountReader] = {}
        self.task: asyncio.Task[None] = asyncio.create_task(asyncio.sleep(0))
        self.renewed: frozenset[AccountId] = frozenset()
        parts = EngineParts(
            rulebook=self.config.rulebook,
            journal=self.journal,
            clock=self.clock,
            instruments=KnownInstruments(),
            install_key=b"k" * 32,
            limits=Limits(),
            venue="paper",
            first_mode=mode,
            boot_id="boot",
            version="test",
        )
        around = Surroundings(
            broker_for=self.broker,
            renew_sessions=lambda: self.renewed,
            config_store=self.config,
            feed=self.feed,
            poll_interval_s=lambda: poll_interval_s,
            limits=Limits,
            reader_for=self.reader if has_readers else None,
        )
        self.runtime = Runtime(parts, around)

    @property
    def primary(self) -> FakeBroker:
        """The primary account's broker."""
        return self.broker(PRIMARY)

    def broker(self, account_id: AccountId) -> FakeBroker:
        """Return an account's broker, made on first use."""
        if account_id not in self.brokers:
            self.brokers[account_id] = FakeBroker(account_id, clock=self.clock)
        return self.brokers[account_id]

    def reader(self, account_id: AccountId) -> FakeAccountReader:
        """Return what is read of an account beside the order path, made on first use."""
        if account_id not in self.readers:
            self.readers[account_id] = FakeAccountReader(account_id)
        return self.readers[account_id]


@asynccontextmanager
async def running(
    multipliers: dict[str, str] | None = None,
    *,
    mode: CopyMode = CopyMode.AUTO,
    poll_interval_s: float = 0.02,
    first_look: bool = True,
    has_readers: bool = False,
) -> AsyncIterator[Running]:
    """Run an engine while the block lasts; whatever ends one of its loops is raised at the end."""
    engine = Running(
        multipliers or {"S1": "1"}, mode=mode, poll_interval_s=poll_interval_s, has_readers=has_readers
    )
    if first_look:
        engine.journal.note_look(engine.clock.now())
    await engine.runtime.start()
    engine.task = asyncio.create_task(engine.runtime.run())
    try:
        yield engine
    finally:
        engine.task.cancel()
        ended = (await asyncio.gather(engine.task, return_exceptions=True))[0]
        await engine.runtime.close()
        if isinstance(ended, Exception):
            raise ended
