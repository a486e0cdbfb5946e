"""The durable journal: facts in SQLite, each batch one transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Any

from app.adapters.storage.codec import decode
from app.adapters.storage.faults import moved, unreadable, unwritten
from app.adapters.storage.forgetting import forget
from app.adapters.storage.opening import connect
from app.adapters.storage.rows import INSERTS, UPSERT_SETTING, Last, Rows, refusal, rows_of
from app.domain.events import Fact, Recorded
from app.ports.clock import Clock
from app.ports.journal import CommandAnswer, JournalError

_CHUNK = 1_000
_LAST_LOOK = "last_look"
_NEWEST = "SELECT seq, chain FROM fact ORDER BY seq DESC LIMIT 1"
_LASTING = """
    SELECT seq, at, kind, body FROM fact
    WHERE seq IN (SELECT max(seq) FROM lasting WHERE trade_date != ? GROUP BY kind) ORDER BY seq
"""
_PIECE_OF_DAY = """
    SELECT seq, at, kind, body FROM fact WHERE trade_date = ? AND seq > ? ORDER BY seq LIMIT ?
"""
_LAST_DAY = "SELECT max(trade_date) FROM fact WHERE trade_date < ?"
_ANSWER = "SELECT id, fingerprint, answer FROM command WHERE id = ?"
_VALUE = "SELECT value FROM setting WHERE name = ?"


class SqlJournal:
    """Journal on one SQLite file. One writer, one thread; every method is synchronous."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file, made where there is none. JournalError where it cannot be trusted."""
        self._path = path
        self._clock = clock
        self._connection: sqlite3.Connection | None = connect(path)
        self._file = _file_at(path)
        self._waits_for_disk = True
        self._last = Last(*next(iter(self._read(_NEWEST)), ()))

    def append(
        self, facts: Sequence[Fact], *, day: date, answer: CommandAnswer | None = None
    ) -> list[Recorded]:
        """Write facts and an answer in one durable transaction; see the port."""
        at = self._clock.now().astimezone(UTC)
        first = self._last.seq + 1
        rows, last = rows_of(facts, after=self._last, at=at, day=day, answer=answer)
        self._write(rows)
        self._last = last
        return [Recorded(seq, at, fact) for seq, fact in enumerate(facts, first)]

    def recover(self, day: date) -> Iterator[Recorded]:
        """Yield, by number, the last lasting fact of each kind from other days and all facts of `day`.

        Reads in pieces, so that a long day does not have to fit into memory and nothing stays locked.
        """
        yield from merge(self._lasting(day), self._day(day), key=attrgetter("seq"))

    def last_day(self, *, before: date) -> date | None:
        """Return the newest earlier day with facts, or None; days are kept as ISO text, which sorts."""
        [(found,)] = self._read(_LAST_DAY, before.isoformat())
        return None if found is None else date.fromisoformat(found)

    def answer_of(self, command_id: str) -> CommandAnswer | None:
        """Return what a command was answered before, or None."""
        return next((CommandAnswer(*row) for row in self._read(_ANSWER, command_id)), None)

    def note_look(self, at: datetime) -> None:
        """Remember a good look without waiting for the disk: a crash may lose the newest ones.

        Losing one makes the gap at the next start look longer, which holds orders and copies none.
        """
        values = (_LAST_LOOK, at.astimezone(UTC).isoformat())
        raw = self._opened_in_place()
        try:
            self._wait_for_disk(raw, is_wanted=False)
            raw.execute(UPSERT_SETTING, values)
        except sqlite3.Error as e:
            raise unwritten(self._path, e) from e

    def last_look(self) -> datetime | None:
        """Return the moment of the last good look, or None before the first."""
        return next((datetime.fromisoformat(value) for (value,) in self._read(_VALUE, _LAST_LOOK)), None)

    def forget(self, before: date) -> int:
        """Take the days before one out of the journal and return how many facts went; see forgetting.py."""
        with self._writing() as connection:
            return forget(connection, before)

    def close(self) -> None:
        """Release the file; everything but another `close` is a JournalError from then on."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, rows: Rows) -> None:
        with self._writing() as raw:
            for table, values in rows:
                try:
                    raw.executemany(INSERTS[table], values)
                except sqlite3.IntegrityError as e:
                    raise refusal(table, values, e) from e

    def _lasting(self, day: date) -> list[Recorded]:
        return [_recorded(row) for row in self._read(_LASTING, day.isoformat())]

    def _day(self, day: date) -> Iterator[Recorded]:
        seen = 0
        while True:
            rows = self._read(_PIECE_OF_DAY, day.isoformat(), seen, _CHUNK)
            for row in rows:
                yield _recorded(row)
            if len(rows) < _CHUNK:
                return
            seen = rows[-1][0]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction that is on the disk when it is over. It takes the write lock at once."""
        raw = self._opened_in_place()
        try:
            self._wait_for_disk(raw, is_wanted=True)
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")
        except sqlite3.Error as e:
            raise unwritten(self._path, e) from e
        finally:
            if raw.in_transaction:
                with suppress(sqlite3.Error):  # then the next one cannot begin, and says so
                    raw.execute("ROLLBACK")

    def _read(self, query: str, *values: str | int) -> list[Any]:
        raw = self._opened()
        try:
            return raw.execute(query, values).fetchall()
        except sqlite3.Error as e:
            raise unreadable(self._path, e) from e

    def _wait_for_disk(self, raw: sqlite3.Connection, *, is_wanted: bool) -> None:
        """Say whether what is written next has to be on the disk. SQLite takes that between writes only."""
        if self._waits_for_disk is not is_wanted:
            raw.execute(f"PRAGMA synchronous = {'FULL' if is_wanted else 'NORMAL'}")
            self._waits_for_disk = is_wanted

    def _opened_in_place(self) -> sqlite3.Connection:
        """Return the connection, if what it writes to is still what the next start will read."""
        raw = self._opened()
        if _file_at(self._path) != self._file:
            raise moved(self._path)
        return raw

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalError(f"The journal {self._path} is closed; nothing was recorded or read.")
        return self._connection


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return which file a path leads to; None where it leads to none. SQLite itself does not look again."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _recorded(row: tuple[int, str, str, str]) -> Recorded:
    seq, at, kind, body = row
    return Recorded(seq, datetime.fromisoformat(at), decode(kind, body))
