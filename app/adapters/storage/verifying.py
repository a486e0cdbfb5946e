"""Is a journal what was written? Its pages, the chain over its facts, and its tables against each other."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.adapters.storage.chain import BEGINNING, link
from app.adapters.storage.codec import decode
from app.adapters.storage.faults import unreadable
from app.adapters.storage.opening import check
from app.domain.events import AttemptStarted, CopyPlanned
from app.ports.journal import JournalError

ANCHOR = "chain_anchor"
"""The setting with the number and the chain value of the last fact that was taken out."""
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look through a journal found; without problems it is whole."""

    facts: int
    days: int
    problems: tuple[str, ...]


def verify(path: Path) -> Findings:
    """Look through a whole journal, also while it is written. JournalError where it cannot be read at all.

    One of the first form, such as a backup from before its change, has no chain to look at.
    """
    check(path)
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            raw.execute("BEGIN")  # one moment for all that follows
            pages = [str(row[0]) for row in raw.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            walk = _Walk(raw)
            problems = (*pages, *walk.problems(), *_counts(raw, walk))
            return Findings(walk.facts, len(walk.days), problems)
    except sqlite3.Error as e:
        raise unreadable(path, e) from e


class _Walk:
    """Goes through the facts in order and counts what they say."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw
        columns = {row[1] for row in raw.execute("PRAGMA table_info(fact)")}
        self._has_chain = "chain" in columns
        self.facts = 0
        self.legs = 0
        self.attempts = 0
        self.days: set[str] = set()

    def problems(self) -> Iterator[str]:
        """Yield where the chain is broken, numbers are missing or a fact cannot be read."""
        anchor = self._raw.execute("SELECT value FROM setting WHERE name = ?", (ANCHOR,)).fetchone()
        taken, _, before = anchor[0].partition(" ") if anchor else ("0", "", BEGINNING)
        seen = int(taken)
        expected = seen + 1
        for seq, at, day, kind, body, chain in self._rows(seen):
            self.facts += 1
            self.days.add(day)
            if seq != expected:
                yield f"Facts {expected} to {seq - 1} are missing."
            elif self._has_chain and chain != link(before, seq, at, day, kind, body):
                yield f"Fact {seq} ({kind} of {day}) is not what was written, or the one before it is not."
            expected, before = seq + 1, chain
            yield from self._count(seq, kind, body)

    def _count(self, seq: int, kind: str, body: str) -> Iterator[str]:
        if kind not in {"CopyPlanned", "AttemptStarted"}:
            return
        try:
            match decode(kind, body):
                case CopyPlanned(legs=legs):
                    self.legs += len(legs)
                case AttemptStarted():
                    self.attempts += 1
        except JournalError as e:
            yield f"Fact {seq} cannot be read: {e}"

    def _rows(self, after: int) -> Iterator[tuple[int, str, str, str, str, str]]:
        chain = "chain" if self._has_chain else "''"
        page = (
            f"SELECT seq, at, trade_date, kind, body, {chain} FROM fact "  # noqa: S608 - our own words
            "WHERE seq > ? ORDER BY seq LIMIT ?"
        )
        while rows := self._raw.execute(page, (after, _CHUNK)).fetchall():
            yield from rows
            after = rows[-1][0]


def _counts(raw: sqlite3.Connection, walk: _Walk) -> Iterator[str]:
    """Compare the tables that stop doubles with the facts that filled them."""
    for table, said, words in (
        ("intent", walk.legs, "planned orders"),
        ("attempt", walk.attempts, "attempts to send"),
    ):
        (there,) = raw.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        if there != said:
            yield f"There are {there} rows for {said} {words} in the facts."
