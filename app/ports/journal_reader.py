"""Reading the journal beside its writer: what the trade log, exports and checks are made from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.events import Recorded
from app.domain.ids import ClientOrderId


@dataclass(frozen=True, slots=True)
class Entry:
    """A recorded fact and the Indian trading day that it belongs to."""

    recorded: Recorded
    day: date


class JournalReader(Protocol):
    """Reads facts in order and never holds the writer up. A journal that is not there yet is empty."""

    def read_since(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return at most `limit` facts with numbers above `seq`, in order. JournalError if unreadable."""
        ...

    def read_before(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return at most `limit` facts with numbers below `seq`, newest first. JournalError if unreadable."""
        ...

    def plans_of(self, tags: Collection[ClientOrderId]) -> Sequence[Recorded]:
        """Return the facts that planned the legs of these tags, each once. JournalError if unreadable."""
        ...

    def first_of(self, day: date) -> int:
        """Return the number of a day's first fact, 0 where it has none. JournalError if unreadable."""
        ...

    def last_of(self, day: date) -> int:
        """Return the number of a day's last fact, 0 where it has none. JournalError if unreadable."""
        ...

    def days(self) -> Sequence[date]:
        """Return the days that have facts, oldest first. JournalError if unreadable."""
        ...
