"""Runs the production engine in the simulation, life after life, as the supervisor does in production."""

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import copy_context
from datetime import date
from pathlib import Path
from random import Random

from app.domain.accounts import CopyMode, Rulebook
from app.domain.events import Fact
from app.domain.ids import AccountId
from app.domain.pacing import Limits
from app.engine.copy_engine import DayChangedError, EngineParts
from app.engine.runtime import Runtime, Surroundings
from app.ports.config_store import ConfigRefusedError
from app.ports.journal import JournalError
from tests.simulation.chances import Chances
from tests.simulation.history import History
from tests.simulation.host_clock import HostClock, Skew
from tests.simulation.journal import SimJournal
from tests.simulation.network import Network
from tests.simulation.process import CURRENT, KilledError, Process
from tests.simulation.setting import INSTALL_KEY, Setting, SimInstruments
from tests.simulation.steps import Steps
from tests.simulation.virtual_loop import repeatable

_DOWN_S = ((0.1, 0.4), (0.1, 60.0))
_DOWN_WITHOUT_JOURNAL_S = 30.0
"""Whoever lost the data folder needs that long to notice; what was on its way has arrived by then."""
_COMMANDS_A_DAY = 10_000
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
        self.edits: asyncio.Queue[Rulebook | ConfigRefusedError] = asyncio.Queue()

    def load(self) -> Rulebook:
        """Return the rules."""
        return self._rulebook

    async def changes(self) -> AsyncIterator[Rulebook | ConfigRefusedError]:
        """Yield the rules after each edit."""
        while True:
            yield await self.edits.get()


class EngineHost:
    """Starts the engine from its journal, again and again; `life` is the one that runs, if one does.

    `tokens` and `rulebook` are what the configuration says now; `edit` lets the engine hear of it. `skew` is
    the host's wall clock. `on_commit` hears of each life's durable facts, `on_lost_journal` of their loss,
    `on_runtime` of each life before it starts.
    `first_command` is the number from which operators count their commands on, `day_may_change` tells that
    a night is ahead. `crashed_by_itself` collects what ended an engine that nobody killed.
    """

    def __init__(
        self,
        *,
        folder: Path,
        setting: Setting,
        instruments: SimInstruments,
        network: Network,
        chances: Chances,
        random: Random,
        history: History,
        tokens: dict[str, str],
        feed_for: Callable[[Process], "object"],
        on_commit: Callable[[Process, Sequence[Fact], date], None],
        on_lost_journal: Callable[[], None],
        on_runtime: Callable[[Process, Runtime], None],
    ) -> None:
        self.life: Life | None = None
        self.lives = 0
        self.first_command = 1
        self.day_may_change = False
        self.crashed_by_itself: list[str] = []
        self.tokens = tokens
        self.rulebook = setting.rulebook
        self.skew = Skew()
        self.has_quiet = False
        self.has_full_disk = False
        self.loses_journal = False
        self._path = folder / "journal.db"
        self._setting = setting
        self._instruments = instruments
        self._network = network
        self._chances = chances
        self._random = random
        self._history = history
        self._feed_for = feed_for
        self._on_commit = on_commit
        self._on_lost_journal = on_lost_journal
        self._on_runtime = on_runtime
        self._edits: asyncio.Queue[Rulebook | ConfigRefusedError] | None = None
        self.has_started = asyncio.Event()
        self._wake = asyncio.Event()

    def follow(self, earlier: "EngineHost") -> None:
        """Go on where the host of the day before ended: nothing is numbered as it was there."""
        self.lives, self.first_command = earlier.lives, _COMMANDS_A_DAY
        self.crashed_by_itself += earlier.crashed_by_itself

    async def run(self) -> None:
        """Keep an engine running until cancelled."""
        while True:
            await self._live()
            if self.is_hopeless:
                self.has_started.set()
                return
            if self.loses_journal:
                await asyncio.sleep(_DOWN_WITHOUT_JOURNAL_S)
                self._lose_journal()
            elif not self.has_quiet:
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
            self._edits.put_nowait(self.rulebook)

    def refuse_edit(self, problems: ConfigRefusedError) -> None:
        """Let the engine hear that the configuration was edited into something that makes no sense."""
        if self._edits is not None:
            self._edits.put_nowait(problems)

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

    def _lose_journal(self) -> None:
        self.loses_journal = False
        self._history.note("journal lost")
        for path in sorted(self._path.parent.glob(f"{self._path.name}*")):
            path.unlink()
        self._on_lost_journal()

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
            self._clock("disk clock"),
            process=process,
            is_full=lambda: self.has_full_disk,
            chances=self._chances,
            random=self._stream("disk"),
            on_commit=lambda facts, day: self._on_commit(process, facts, day),
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
            config = SimConfig(self.rulebook)
            self._edits = config.edits
            runtime = Runtime(self._parts(process, journal), self._around(process, config))
            self._on_runtime(process, runtime)
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
            elif isinstance(one, DayChangedError) and (self.day_may_change or self.skew.was_far_off):
                what = "day changed" if self.day_may_change else "day mistaken"
                self._history.note(what, detail=f"life {process.number}: {one}")
            elif not isinstance(one, KilledError | asyncio.CancelledError):
                self.crashed_by_itself.append(
                    f"life {process.number}: {type(one).__name__}: {one} {_where(one)}"
                )

    def _parts(self, process: Process, journal: SimJournal) -> EngineParts:
        return EngineParts(
            rulebook=self.rulebook,
            journal=journal,
            clock=self._clock("jitter"),
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

    def _clock(self, name: str) -> HostClock:
        return HostClock(asyncio.get_running_loop(), self._stream(name), self.skew)

    def _stream(self, name: str) -> Random:
        return repeatable(f"{name} {self.lives} {self._random.random()}")


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames[-4:]))


def _leaves(error: BaseException | None) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for one in error.exceptions for leaf in _leaves(one)]
    return [] if error is None else [error]
