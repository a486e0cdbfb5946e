"""The production journal on a real file, of a process that may die before or after each transaction."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from app.adapters.storage.journal import SqlJournal
from app.domain.events import Fact, Recorded
from app.ports.clock import Clock
from app.ports.journal import CommandAnswer, JournalError
from tests.fakes.clock import FakeClock
from tests.simulation.chances import Chances
from tests.simulation.process import Process


class SimJournal(SqlJournal):
    """Commits exactly as in production; `on_commit` hears of facts, and of their day, once they are durable.

    `is_full` tells whether the disk has no room at this moment.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        process: Process,
        chances: Chances,
        random: Random,
        is_full: Callable[[], bool],
        on_commit: Callable[[Sequence[Fact], date], None],
    ) -> None:
        if not path.exists():
            path.write_bytes(_empty())
        super().__init__(path, clock)
        self._process = process
        self._chances = chances
        self._random = random
        self._is_full = is_full
        self._on_commit = on_commit

    def append(
        self, facts: Sequence[Fact], *, day: date, answer: CommandAnswer | None = None
    ) -> list[Recorded]:
        """Write facts durably; or die, or fail, and write none."""
        self._process.crash_point("journal before")
        self._find_room(self._chances.journal_fails)
        recorded = super().append(facts, day=day, answer=answer)
        self._on_commit(facts, day)
        self._process.crash_point("journal after")
        return recorded

    def note_look(self, at: datetime) -> None:
        """Remember a look, if there is still somebody to do it."""
        self._process.check_alive()
        self._find_room()
        super().note_look(at)

    def _find_room(self, failing: float = 0.0) -> None:
        if self._is_full() or (failing and self._random.random() < failing):
            raise JournalError("The disk is full (simulated). Nothing of this was recorded.")


@cache
def _empty() -> bytes:
    """Return a journal without facts as the production code makes it: once in a process, as it takes long."""
    with TemporaryDirectory(prefix="tandem-simulation-") as folder:
        path = Path(folder, "journal.db")
        SqlJournal(path, FakeClock()).close()
        return path.read_bytes()
