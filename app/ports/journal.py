"""The append-only record that a restart is rebuilt from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from app.domain.events import Fact, Recorded


class JournalError(Exception):
    """Facts could not be made durable. Nothing may be sent on their strength (order protocol, rule 13)."""


class DoubledIntentError(JournalError):
    """An intent for the same (primary order, secondary, leg, generation) exists already."""


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    """What a command was answered, kept so that its repetition gets the same words and has no effect."""

    command_id: str
    fingerprint: str
    answer: str


class Journal(Protocol):
    """Keeps facts durably and in order. One writer; synchronous, for the order path waits for it alone."""

    def append(
        self, facts: Sequence[Fact], *, day: date, answer: CommandAnswer | None = None
    ) -> list[Recorded]:
        """Write facts, and the answer of the command that caused them, in one durable transaction.

        Raises JournalError when they are not durable; then none of them is.
        """
        ...

    def recover(self, day: date) -> Iterator[Recorded]:
        """Yield what a start needs: the last word of earlier lasting facts, then all facts of `day`."""
        ...

    def last_day(self, *, before: date) -> date | None:
        """Return the newest day earlier than this one of which there are facts, or None."""
        ...

    def answer_of(self, command_id: str) -> CommandAnswer | None:
        """Return what a command was answered before, or None for a new one."""
        ...

    def note_look(self, at: datetime) -> None:
        """Remember that the primary's order list was read well at this moment. May be lost in a crash."""
        ...

    def last_look(self) -> datetime | None:
        """Return the moment of the last good look at the primary's order list, over restarts."""
        ...

    def close(self) -> None:
        """Release the file. Idempotent."""
        ...
