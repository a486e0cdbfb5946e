"""Runs the production engine in the simulation, life after life, as the supervisor does in production."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import copy_context
from pathlib import Path
from random import Random

from app.domain.accounts import CopyMode, Rulebook
from app.domain.events import Fact
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.engine.copy_engine import EngineParts
from app.engine.runtime import Runtime, Surroundings
from app.ports.config_store import ConfigRefusedError
from app.ports.journal import JournalError
from tests.simulation.chances import Chances
from tests.simulation.history import History
from tests.simulation.journal import SimJournal
from tests.simulation.network import Network
from tests.simulation.process import CURRENT, KilledError, Process
from tests.simulation.setting import INSTALL_KEY, Setting, SimInstruments
from tests.simulation.steps import Steps
from tests.simulation.virtual_loop import VirtualClock, repeatable

_DOWN_S = ((0.1, 0.4), (0.1, 60.0))
_HOPELESS = 3
"""An engine that ended by itself so often will not stay: the seed has failed."""


class Life:
    """One running engine."""

    def __init__(self, process: Process, runtime: Runtime) -> None:
        self.process = process
        self.runtime = runtime


class SimConfig:
    """The configuration as one life of the engine sees it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self.edits: asyncio.Queue[Rulebook] = asyncio.Queue()

    def load(self) -> Rulebook:
        """Return the rules."""
        return self._rulebook

    async def changes(self) -> AsyncIterator[Rulebook | ConfigRefusedError]:
        """Yield the rules after each edit."""
        while True:
            yield await self.edits.get()


class EngineHost:
    """Starts the engine from its journal, again and again; `life` is the one that runs, if one does.

    `tokens` are what the configuration says now. `on_commit` hears of each life's durable facts.
    `crashed_by_itself` collects what ended an engine that nobody killed.
    """

    def __init__(
        self,
        *,
        folder: Path,
        setting: Setting,
        instruments: SimInstruments,
        network: Network,
        clock: VirtualClock,
        chances: Chances,
        random: Random,
        history: History,
        tokens: dict[str, str],
        feed_for: Callable[[Process], "object"],
        on_commit: Callable[[Process, Sequence[Fact]], None],
    ) -> None:
        self.life: Life | None = None
        self.lives = 0
        self.crashed_by_itself: list[str] = []
        self.tokens = tokens
        self.has_quiet = False
        self._path = folder / "journal.db"
        self._setting = setting
        self._instruments = instruments
        self._network = network
        self._clock = clock
        self._chances = chances
        self._random = random
        self._history = history
        self._feed_for = feed_for
        self._on_commit = on_commit
        self._edits: asyncio.Queue[Rulebook] | None = None
        self.has_started = asyncio.Event()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Keep an engine running until cancelled."""
        while True:
            await self._live()
            if self.is_hopeless:
                self.has_started.set()
                return
            if not self.has_quiet:
                low, high = self._random.choice(_DOWN_S)
                down_s = low * (high / low) ** self._random.random()
                self._history.note("down", detail=f"{down_s:.1f} s")
                await self._sleep(down_s)

    @property
    def is_hopeless(self) -> bool:
        """Tell whether the engine keeps ending by itself."""
        return len(self.crashed_by_itself) >= _HOPELESS

    def kill(self, why: str) -> None:
        """Kill the engine wherever it is."""
        if self.life is not None:
            self.life.process.kill(why)

    def quieten(self) -> None:
        """Start at once from now on."""
        self.has_quiet = True
        self._wake.set()

    def edit(self) -> None:
        """Let the engine hear that the configuration was edited, at its start too, as the real store does."""
        if self._edits is not None:
            self._edits.put_nowait(self._setting.rulebook)

    async def close(self) -> None:
        """End the last life in order, as a SIGTERM does."""
        if self.life is not None:
            await self.life.process.bury()
            self.life = None

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _live(self) -> None:
        self.lives += 1
        process = Process(
            self.lives, chances=self._chances, random=self._stream("crash"), history=self._history
        )
        process.follow = Steps(process, self._chances, self._stream("steps")).follow
        context = copy_context()
        context.run(CURRENT.set, process)
        journal = SimJournal(
            self._path,
            self._clock,
            process=process,
            chances=self._chances,
            random=self._stream("disk"),
            on_commit=lambda facts: self._on_commit(process, facts),
        )
        life = asyncio.get_running_loop().create_task(
            process.follow(self._be(process, journal)), context=context
        )
        process.tasks.append(life)
        try:
            await process.ended.wait()
        finally:
            self.life = None
            process.is_dead = True
            await process.bury()
            journal.close()
        self._note_end(process, life)

    async def _be(self, process: Process, journal: SimJournal) -> None:
        try:
            config = SimConfig(self._setting.rulebook)
            self._edits = config.edits
            runtime = Runtime(self._parts(process, journal), self._around(process, config))
            await runtime.start()
            self._history.note("started", detail=f"life {process.number}")
            self.has_started.set()
            self.life = Life(process, runtime)
            await runtime.run()
        finally:
            process.ended.set()

    def _note_end(self, process: Process, life: "asyncio.Task[None]") -> None:
        error = None if life.cancelled() else life.exception()
        for one in _leaves(error):
            if isinstance(one, JournalError) and "simulated" in str(one):
                self._history.note("journal failed", detail=f"life {process.number}")
            elif not isinstance(one, KilledError | asyncio.CancelledError):
                self.crashed_by_itself.append(
                    f"life {process.number}: {type(one).__name__}: {one} {_where(one)}"
                )

    def _parts(self, process: Process, journal: SimJournal) -> EngineParts:
        return EngineParts(
            rulebook=self._setting.rulebook,
            journal=journal,
            clock=VirtualClock(asyncio.get_running_loop(), self._stream("jitter")),
            instruments=self._instruments,
            install_key=INSTALL_KEY,
            limits=Limits(),
            venue="paper",
            first_mode=CopyMode.AUTO,
            boot_id=f"boot{process.number}",
            version="simulation",
        )

    def _around(self, process: Process, config: SimConfig) -> Surroundings:
        brokers, used = {}, {}

        def broker_for(account_id: AccountId) -> object:
            used[account_id] = self.tokens[account_id]
            brokers[account_id] = self._network.broker(account_id, used[account_id], process)
            return brokers[account_id]

        def renew_sessions() -> frozenset[AccountId]:
            new = [id_ for id_ in brokers if used[id_] != self.tokens[id_]]
            for account_id in new:
                used[account_id] = self.tokens[account_id]
                brokers[account_id].set_token(used[account_id])
            return frozenset(new)

        return Surroundings(
            broker_for=broker_for,  # type: ignore[arg-type]  # a KiteBroker, named loosely to stay short
            renew_sessions=renew_sessions,
            config_store=config,
            feed=self._feed_for(process),  # type: ignore[arg-type]  # an OrderFeed
            poll_interval_s=lambda: self._setting.poll_interval_s,
            limits=Limits,
        )

    def _stream(self, name: str) -> Random:
        return repeatable(f"{name} {self.lives} {self._random.random()}")


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))


def _leaves(error: BaseException | None) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [] if error is None else [error]
