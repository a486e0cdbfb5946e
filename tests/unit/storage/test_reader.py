"""The journal read beside its writer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.reader import SqlJournalReader
from app.domain.events import AlertRaised
from app.ports.journal import JournalError
from tests.builders.facts import FRIDAY, SATURDAY, planned, started, tag_of
from tests.fakes.clock import FakeClock


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqlJournal]:
    opened = SqlJournal(tmp_path / "journal.db", FakeClock())
    yield opened
    opened.close()


@pytest.fixture
def reader(tmp_path: Path) -> SqlJournalReader:
    return SqlJournalReader(tmp_path / "journal.db")


def alerts(first: int, last: int) -> list[AlertRaised]:
    return [AlertRaised(text=f"alert {number}") for number in range(first, last + 1)]


def test_a_journal_that_is_not_there_yet_is_empty(reader: SqlJournalReader) -> None:
    assert not reader.read_since(0, limit=10)
    assert not reader.days()
    assert reader.first_of(FRIDAY) == reader.last_of(FRIDAY) == 0


def test_what_the_writer_adds_is_seen_at_once(journal: SqlJournal, reader: SqlJournalReader) -> None:
    journal.append(alerts(1, 2), day=FRIDAY)
    assert [entry.recorded.seq for entry in reader.read_since(0, limit=10)] == [1, 2]
    journal.append(alerts(3, 3), day=SATURDAY)
    (entry,) = reader.read_since(2, limit=10)
    assert (entry.recorded.fact, entry.day) == (AlertRaised(text="alert 3"), SATURDAY)


def test_pages_follow_each_other(journal: SqlJournal, reader: SqlJournalReader) -> None:
    journal.append(alerts(1, 5), day=FRIDAY)
    assert [entry.recorded.seq for entry in reader.read_since(1, limit=2)] == [2, 3]


def test_pages_lead_back_as_well(journal: SqlJournal, reader: SqlJournalReader) -> None:
    assert not reader.read_before(10, limit=5)
    journal.append(alerts(1, 5), day=FRIDAY)
    assert [entry.recorded.seq for entry in reader.read_before(5, limit=2)] == [4, 3]
    assert [entry.recorded.seq for entry in reader.read_before(1 << 62, limit=9)] == [5, 4, 3, 2, 1]


def test_the_plans_of_tags_are_found_each_once(journal: SqlJournal, reader: SqlJournalReader) -> None:
    copy, other = planned(legs=3), planned("1002")
    journal.append([copy, other, started(copy)], day=FRIDAY)
    tags = {copy.legs[0].tag, copy.legs[2].tag, tag_of("9999", "SA0001", 0, 0)}
    assert [(plan.seq, plan.fact) for plan in reader.plans_of(tags)] == [(1, copy)]
    assert not reader.plans_of(())


def test_days_are_told_with_their_first_fact(journal: SqlJournal, reader: SqlJournalReader) -> None:
    journal.append(alerts(1, 2), day=FRIDAY)
    journal.append(alerts(3, 4), day=SATURDAY)
    assert list(reader.days()) == [FRIDAY, SATURDAY]
    assert (reader.first_of(FRIDAY), reader.first_of(SATURDAY)) == (1, 3)
    assert (reader.last_of(FRIDAY), reader.last_of(SATURDAY)) == (2, 4)


def test_it_can_change_nothing(journal: SqlJournal, reader: SqlJournalReader) -> None:
    journal.append(alerts(1, 1), day=FRIDAY)
    with reader._engine.connect() as connection, pytest.raises(OperationalError, match="readonly"):
        connection.exec_driver_sql("DELETE FROM fact")
    assert len(reader.read_since(0, limit=10)) == 1


def test_a_file_that_is_no_journal_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"nonsense" * 1000)
    with pytest.raises(JournalError, match="damaged"):
        SqlJournalReader(tmp_path / "journal.db").days()
