"""A journal in memory that keeps the same promises as the durable one, and fails when it is told to."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime

from app.domain.events import LASTING, AttemptStarted, CopyPlanned, Fact, LegsAdded, Recorded
from app.ports.journal import CommandAnswer, DoubledIntentError, JournalError

IntentKey = tuple[date, str, str, int, int]


class MemoryJournal:
    """Journal without a file. `failure` set to a sentence makes every write raise it and keep nothing.

    `reopened` stands for a restart: a new journal over what this one holds.
    """

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.failure: str | None = None
        self.appends = 0
        self._now = now
        self.rows: list[tuple[date, Recorded]] = []
        self._answers: dict[str, CommandAnswer] = {}
        self._intents: dict[IntentKey, str] = {}
        self._attempts: set[tuple[str, int]] = set()
        self._last_look: datetime | None = None
        self._is_closed = False

    @property
    def facts(self) -> list[Fact]:
        """Everything written so far, in order."""
        return [recorded.fact for _, recorded in self.rows]

    def append(
        self, facts: Sequence[Fact], *, day: date, answer: CommandAnswer | None = None
    ) -> list[Recorded]:
        """Keep facts and an answer, all or none."""
        self._check_writable()
        intents, attempts = self._claims(facts, day)
        if answer is not None and answer.command_id in self._answers:
            raise JournalError(f"Command {answer.command_id} was answered before.")
        at = self._now().astimezone(UTC)
        first = len(self.rows) + 1
        written = [Recorded(seq, at, fact) for seq, fact in enumerate(facts, first)]
        self.rows += [(day, recorded) for recorded in written]
        self._intents |= intents
        self._attempts |= attempts
        if answer is not None:
            self._answers[answer.command_id] = answer
        self.appends += 1
        return written

    def recover(self, day: date) -> Iterator[Recorded]:
        """Yield the last lasting fact of each kind from other days, and all facts of `day`, by number."""
        self._check_open()
        last = {type(r.fact): r.seq for d, r in self.rows if d != day and isinstance(r.fact, LASTING)}
        for row_day, recorded in tuple(self.rows):
            if row_day == day or recorded.seq in last.values():
                yield recorded

    def last_day(self, *, before: date) -> date | None:
        """Return the newest earlier day with facts."""
        self._check_open()
        return max((day for day, _ in self.rows if day < before), default=None)

    def answer_of(self, command_id: str) -> CommandAnswer | None:
        """Return the answer kept for a command."""
        self._check_open()
        return self._answers.get(command_id)

    def note_look(self, at: datetime) -> None:
        """Keep the moment of a good look."""
        self._check_writable()
        self._last_look = at.astimezone(UTC)

    def last_look(self) -> datetime | None:
        """Return the moment kept last."""
        self._check_open()
        return self._last_look

    def close(self) -> None:
        """Refuse everything from here on."""
        self._is_closed = True

    def reopened(self) -> "MemoryJournal":
        """Return what a restart would find."""
        again = MemoryJournal(self._now)
        again.rows = list(self.rows)
        again._answers = dict(self._answers)
        again._intents = dict(self._intents)
        again._attempts = set(self._attempts)
        again._last_look = self._last_look
        return again

    def _claims(self, facts: Sequence[Fact], day: date) -> tuple[dict[IntentKey, str], set[tuple[str, int]]]:
        intents: dict[IntentKey, str] = {}
        attempts: set[tuple[str, int]] = set()
        tags = set(self._intents.values())
        for fact in facts:
            if isinstance(fact, CopyPlanned | LegsAdded):
                for leg in fact.legs:
                    key = (day, fact.primary_order_id, fact.account_id, leg.number, leg.generation)
                    if key in self._intents or key in intents or leg.tag in tags:
                        raise DoubledIntentError(
                            f"An intent like {leg.tag} of {fact.copy_id} exists already."
                        )
                    intents[key] = leg.tag
                    tags.add(leg.tag)
            elif isinstance(fact, AttemptStarted):
                claim = (fact.tag, fact.attempt)
                if claim in self._attempts or claim in attempts:
                    raise DoubledIntentError(f"Attempt {fact.attempt} of {fact.tag} exists already.")
                if fact.tag not in tags:
                    raise JournalError(f"Attempt {fact.attempt} of {fact.tag} has no intent.")
                attempts.add(claim)
        return intents, attempts

    def _check_writable(self) -> None:
        self._check_open()
        if self.failure is not None:
            raise JournalError(self.failure)

    def _check_open(self) -> None:
        if self._is_closed:
            raise JournalError("The journal is closed.")
