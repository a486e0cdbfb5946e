"""The durable journal: facts in SQLite, each batch one transaction."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from heapq import merge
from operator import attrgetter
from pathlib import Path

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import DBAPIError

from app.adapters.storage import tables
from app.adapters.storage.codec import decode
from app.adapters.storage.faults import unreadable, unwritten
from app.adapters.storage.forgetting import forget
from app.adapters.storage.opening import connect
from app.adapters.storage.rows import INSERTS, UPSERT_SETTING, Last, Rows, refusal, rows_of
from app.domain.events import Fact, Recorded
from app.ports.clock import Clock
from app.ports.journal import CommandAnswer, JournalError

_CHUNK = 1_000
_LAST_LOOK = "last_look"


class SqlJournal:
    """Journal on one SQLite file. One writer, one thread; every method is synchronous."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open the file, made where there is none. JournalError where it cannot be trusted."""
        self._path = path
        self._clock = clock
        self._connection: Connection | None = connect(path)
        self._last = self._read_last()

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
        days = select(func.max(tables.fact.c.trade_date)).where(tables.fact.c.trade_date < before.isoformat())
        with self._reading() as connection:
            found = connection.scalar(days)
        return None if found is None else date.fromisoformat(found)

    def answer_of(self, command_id: str) -> CommandAnswer | None:
        """Return what a command was answered before, or None."""
        table = tables.command
        with self._reading() as connection:
            row = connection.execute(select(table).where(table.c.id == command_id)).one_or_none()
        return None if row is None else CommandAnswer(row.id, row.fingerprint, row.answer)

    def note_look(self, at: datetime) -> None:
        """Remember a good look without waiting for the disk: a crash may lose the newest ones.

        Losing one makes the gap at the next start look longer, which holds orders and copies none.
        """
        values = (_LAST_LOOK, at.astimezone(UTC).isoformat())
        with self._synchronous("NORMAL"), self._writing() as raw:
            raw.execute(UPSERT_SETTING, values)

    def last_look(self) -> datetime | None:
        """Return the moment of the last good look, or None before the first."""
        table = tables.setting
        with self._reading() as connection:
            value = connection.scalar(select(table.c.value).where(table.c.name == _LAST_LOOK))
        return None if value is None else datetime.fromisoformat(value)

    def forget(self, before: date) -> int:
        """Take the days before one out of the journal and return how many facts went; see forgetting.py."""
        with self._writing() as connection:
            return forget(connection, before)

    def close(self) -> None:
        """Release the file; everything but another `close` is a JournalError from then on."""
        if self._connection is not None:
            engine = self._connection.engine
            self._connection.close()
            engine.dispose()
            self._connection = None

    def _write(self, rows: Rows) -> None:
        with self._writing() as raw:
            for table, values in rows:
                try:
                    raw.executemany(INSERTS[table], values)
                except sqlite3.IntegrityError as e:
                    raise refusal(table, values, e) from e

    def _lasting(self, day: date) -> list[Recorded]:
        fact, lasting = tables.fact, tables.lasting
        others = lasting.c.trade_date != day.isoformat()
        newest = select(func.max(lasting.c.seq)).where(others).group_by(lasting.c.kind)
        with self._reading() as connection:
            rows = connection.execute(select(fact).where(fact.c.seq.in_(newest)).order_by(fact.c.seq)).all()
        return [_recorded(row) for row in rows]

    def _day(self, day: date) -> Iterator[Recorded]:
        fact = tables.fact
        seen = 0
        while True:
            piece = select(fact).where(fact.c.trade_date == day.isoformat(), fact.c.seq > seen)
            with self._reading() as connection:
                rows = connection.execute(piece.order_by(fact.c.seq).limit(_CHUNK)).all()
            for row in rows:
                yield _recorded(row)
            if len(rows) < _CHUNK:
                return
            seen = rows[-1].seq

    def _read_last(self) -> Last:
        fact = tables.fact
        newest = select(fact.c.seq, fact.c.chain).order_by(fact.c.seq.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(newest).one_or_none()
            return Last() if row is None else Last(row.seq, row.chain)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, past SQLAlchemy: it took as long as all else between look and order."""
        raw = self._raw()
        try:
            raw.execute("BEGIN IMMEDIATE")
            yield raw
            raw.execute("COMMIT")
        except sqlite3.Error as e:
            raise unwritten(self._path, e) from e
        finally:
            if raw.in_transaction:
                with suppress(sqlite3.Error):  # then the next one cannot begin, and says so
                    raw.execute("ROLLBACK")

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        connection = self._opened()
        try:
            with connection.begin():
                yield connection
        except DBAPIError as e:
            raise unreadable(self._path, e.orig) from e

    @contextmanager
    def _synchronous(self, level: str) -> Iterator[None]:
        raw = self._raw()
        raw.execute(f"PRAGMA synchronous = {level}")
        try:
            yield
        finally:
            raw.execute("PRAGMA synchronous = FULL")

    def _raw(self) -> sqlite3.Connection:
        raw = self._opened().connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - narrows the type of any driver's
        return raw

    def _opened(self) -> Connection:
        if self._connection is None:
            raise JournalError(f"The journal {self._path} is closed; nothing was recorded or read.")
        return self._connection


def _recorded(row: Row[tuple[int, str, str, str, str, str]]) -> Recorded:
    return Recorded(row.seq, datetime.fromisoformat(row.at), decode(row.kind, row.body))
