"""The journal read beside its writer, through a connection of its own that can change nothing."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Row, Select, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.functions import Function

from app.adapters.storage import tables
from app.adapters.storage.codec import decode
from app.adapters.storage.faults import unreadable
from app.domain.events import Recorded
from app.domain.ids import ClientOrderId
from app.ports.journal_reader import Entry

_DAYS = text(
    """
    WITH RECURSIVE known(day) AS (
        SELECT min(trade_date) FROM fact
        UNION ALL
        SELECT (SELECT min(trade_date) FROM fact WHERE trade_date > day) FROM known WHERE day IS NOT NULL
    )
    SELECT day FROM known WHERE day IS NOT NULL
    """
)
"""From day to day by the index: SELECT DISTINCT would read every fact, and the page asks every 5 s."""

_FACTS = select(*(tables.fact.c[name] for name in ("seq", "at", "trade_date", "kind", "body")))


class SqlJournalReader:
    """JournalReader on the journal's file. Each call opens and closes it, so nothing is held in between.

    A reader in WAL mode neither waits for the writer nor makes it wait (SQLite docs, write-ahead log).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        url = URL.create(
            "sqlite+pysqlite",
            database=path.absolute().as_uri(),
            query={"mode": "ro", "uri": "true"},
        )
        self._engine = create_engine(url, poolclass=NullPool)

    def read_since(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return at most `limit` facts with numbers above `seq`, in order. JournalError if unreadable."""
        newer = _FACTS.where(tables.fact.c.seq > seq).order_by(tables.fact.c.seq).limit(limit)
        return [_entry(row) for row in self._rows(newer)]

    def read_before(self, seq: int, *, limit: int) -> Sequence[Entry]:
        """Return at most `limit` facts with numbers below `seq`, newest first. JournalError if unreadable."""
        older = _FACTS.where(tables.fact.c.seq < seq).order_by(tables.fact.c.seq.desc()).limit(limit)
        return [_entry(row) for row in self._rows(older)]

    def plans_of(self, tags: Collection[ClientOrderId]) -> Sequence[Recorded]:
        """Return the facts that planned the legs of these tags, each once. JournalError if unreadable."""
        numbers = select(tables.intent.c.seq).where(tables.intent.c.tag.in_(tags))
        found = self._rows(_FACTS.where(tables.fact.c.seq.in_(numbers)).order_by(tables.fact.c.seq))
        return [_entry(row).recorded for row in found]

    def first_of(self, day: date) -> int:
        """Return the number of a day's first fact, 0 where it has none. JournalError if unreadable."""
        return self._number(func.min(tables.fact.c.seq), day)

    def last_of(self, day: date) -> int:
        """Return the number of a day's last fact, 0 where it has none. JournalError if unreadable."""
        return self._number(func.max(tables.fact.c.seq), day)

    def days(self) -> Sequence[date]:
        """Return the days that have facts, oldest first. JournalError if unreadable."""
        with self._reading() as connection:
            if connection is None:
                return []
            found = connection.scalars(_DAYS).all()
        return [date.fromisoformat(day) for day in found]

    def _number(self, which: Function[int], day: date) -> int:
        wanted = select(which).where(tables.fact.c.trade_date == day.isoformat())
        with self._reading() as connection:
            return 0 if connection is None else connection.scalar(wanted) or 0

    def _rows(self, wanted: Select[Any]) -> Sequence[Row[Any]]:
        with self._reading() as connection:
            return [] if connection is None else connection.execute(wanted).all()

    @contextmanager
    def _reading(self) -> Iterator[Connection | None]:
        """Yield a connection, None where there is no journal yet."""
        if not self._path.exists():
            yield None
            return
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as e:
            raise unreadable(self._path, e.orig) from e


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        Recorded(row.seq, datetime.fromisoformat(row.at), decode(row.kind, row.body)),
        date.fromisoformat(row.trade_date),
    )
