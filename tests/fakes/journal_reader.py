"""The journal in memory, read as the durable one is."""

from collections.abc import Collection, Sequence
from datetime import date

from app.domain.events import CopyPlanned, LegsAdded, Recorded
from app.domain.ids import ClientOrderId
from app.ports.journal_reader import Entry
from tests.fakes.journal import MemoryJournal


class MemoryJournalReader:
    """JournalReader over a MemoryJournal, which may be exchanged for another one."""

    def __init__(self, journal: MemoryJournal) -> None:
        self.journal = journal

    def read_since(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return facts above a number."""
        return [entry for entry in self._entries() if entry.recorded.seq > seq][:limit]

    def read_before(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return facts below a number, newest first."""
        return [entry for entry in reversed(self._entries()) if entry.recorded.seq < seq][:limit]

    def plans_of(self, tags: Collection[ClientOrderId]) -> Sequence[Recorded]:
        """Return the facts that planned these tags."""
        return [
            entry.recorded
            for entry in self._entries()
            if isinstance(entry.recorded.fact, CopyPlanned | LegsAdded)
            and any(leg.tag in tags for leg in entry.recorded.fact.legs)
        ]

    def first_of(self, day: date) -> int:
        """Return the number of a day's first fact."""
        return next((entry.recorded.seq for entry in self._entries() if entry.day == day), 0)

    def last_of(self, day: date) -> int:
        """Return the number of a day's last fact."""
        return max((entry.recorded.seq for entry in self._entries() if entry.day == day), default=0)

    def days(self) -> Sequence[date]:
        """Return the days, oldest first."""
        return sorted({entry.day for entry in self._entries()})

    def _entries(self) -> list[Entry]:
        return [Entry(recorded, day) for day, recorded in self.journal.rows]
