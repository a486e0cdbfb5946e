"""A journal that cannot be trusted is refused with what to do, and left exactly as it is."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from app.adapters.storage import opening, tables
from app.adapters.storage.journal import SqlJournal
from app.domain.events import AlertRaised
from app.ports.journal import JournalError
from tests.builders.facts import FRIDAY, planned
from tests.fakes.clock import FakeClock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with enough in it to fill several pages."""
    path = tmp_path / "journal.db"
    journal = SqlJournal(path, FakeClock())
    journal.append([planned(str(number)) for number in range(200)], day=FRIDAY)
    journal.close()
    return path


def assert_refused(path: Path, *words: str) -> None:
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if "-shm" not in file.name}
    with pytest.raises(JournalError) as caught:
        SqlJournal(path, FakeClock())
    for word in (str(path), *words):
        assert word in str(caught.value)
    after = {file.name: file.read_bytes() for file in path.parent.iterdir() if "-shm" not in file.name}
    assert {name: after.get(name) for name in before} == before


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(statement)


def test_a_new_journal_is_durable_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "journal.db.new").write_bytes(b"left by a crash")
    journal = SqlJournal(tmp_path / "journal.db", FakeClock())
    connection = journal._connection
    assert connection is not None
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"
    journal.note_look(FakeClock().now())
    assert connection.execute("PRAGMA synchronous").fetchone() == (1,), "a look does not wait for the disk"
    said: list[str] = []
    connection.set_trace_callback(said.append)
    journal.append([], day=FRIDAY)
    assert said[:2] == ["PRAGMA synchronous = FULL", "BEGIN IMMEDIATE"], "a look must not leave it weaker"
    connection.set_trace_callback(None)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.close()
    assert [file.name for file in tmp_path.iterdir()] == ["journal.db"]


def test_migrations_and_tables_agree(path: Path) -> None:
    SqlJournal(path, FakeClock()).close()
    engine = opening._engine(path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


@pytest.mark.parametrize("content", [b"", b"not a database, sorry" * 50], ids=["empty", "text"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    assert_refused(path, "is damaged", "not an SQLite file", "journal.db-wal", "restore the last backup")


@pytest.mark.parametrize("offset", [4096, 3 * 4096 + 2])
def test_damaged_pages_are_refused(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(b"\xff" * 600)
    assert_refused(path, "is damaged", "left as it is")


def test_a_damaged_leaf_that_only_the_check_finds_is_refused(path: Path) -> None:
    page = path.read_bytes().index(b'"primary_order_id":"150"') // 4096
    with path.open("r+b") as file:
        file.seek(page * 4096 + 8)
        file.write(bytes(40))
    assert_refused(path, "is damaged", "left as it is")


def test_a_cut_file_is_refused(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert_refused(path, "is damaged")


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    execute(path, "CREATE TABLE holiday (day TEXT)")
    assert_refused(path, "not a journal of Tandem")


def test_another_programs_alembic_database_is_refused(path: Path) -> None:
    execute(path, "PRAGMA application_id = 1")
    assert_refused(path, "not a journal of Tandem")


def test_a_newer_form_is_refused(path: Path) -> None:
    execute(path, "UPDATE alembic_version SET version_num = '9999'")
    assert_refused(path, "newer version of Tandem", "9999")


def test_an_older_form_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    present, older = opening._known_revisions()
    brought: list[Connection] = []
    monkeypatch.setattr(opening, "migrate", brought.append)
    SqlJournal(path, FakeClock()).close()
    assert brought == []
    monkeypatch.setattr(opening, "_known_revisions", lambda: ["the next form", present, older])
    SqlJournal(path, FakeClock()).close()
    assert len(brought) == 1


def test_a_journal_without_a_version_is_refused(path: Path) -> None:
    execute(path, "DELETE FROM alembic_version")
    assert_refused(path, "which version it has")


def test_a_lost_file_beside_its_write_ahead_log_is_refused(path: Path) -> None:
    path.with_name("journal.db-wal").write_bytes(b"facts not yet in the file")
    path.unlink()
    assert_refused(path, "it is missing, although journal.db-wal is there")


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.mkdir()
    with pytest.raises(JournalError, match="cannot be read"):
        SqlJournal(path, FakeClock())


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="Check that the folder exists"):
        SqlJournal(tmp_path / "nowhere" / "journal.db", FakeClock())


def test_a_full_disk_keeps_nothing_and_says_so(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    assert journal._connection is not None
    cursor = journal._connection.cursor()
    pages = cursor.execute("PRAGMA page_count").fetchone()[0]
    cursor.execute(f"PRAGMA max_page_count = {pages + 2}")
    before = list(journal.recover(FRIDAY))
    with pytest.raises(
        JournalError, match=r"the disk is full\. Free some space\. Nothing of this was recorded"
    ):
        journal.append([AlertRaised(text="x" * 1000) for _ in range(100)], day=FRIDAY)
    assert list(journal.recover(FRIDAY)) == before
    cursor.execute("PRAGMA max_page_count = 1000000")
    assert journal.append([AlertRaised(text="room again")], day=FRIDAY)[0].seq == len(before) + 1
    journal.close()


def test_a_journal_held_by_another_program_is_refused_and_later_written(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="another program holds it"):
            journal.append([AlertRaised(text="x")], day=FRIDAY)
        other.execute("ROLLBACK")
    assert journal.append([AlertRaised(text="x")], day=FRIDAY)[0].seq == 201
    journal.close()


def test_a_second_writer_is_noticed(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    execute(path, "INSERT INTO fact VALUES (201, 'at', 'day', 'kind', '{}', 'chain')")
    with pytest.raises(JournalError, match="another one writes to it"):
        journal.append([AlertRaised(text="x")], day=FRIDAY)
    journal.close()


def test_a_journal_taken_away_is_not_written_until_it_is_back(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    aside = path.replace(path.with_name("aside.db"))
    for _ in range(2):
        with pytest.raises(JournalError, match="moved, replaced or deleted while Tandem ran"):
            journal.append([AlertRaised(text="x")], day=FRIDAY)
        with pytest.raises(JournalError, match="moved, replaced or deleted while Tandem ran"):
            journal.note_look(FakeClock().now())
        path.write_bytes(aside.read_bytes())  # a copy is another file
    aside.replace(path)
    assert journal.append([AlertRaised(text="x")], day=FRIDAY)[0].seq == 201
    journal.close()


def test_damage_met_while_reading_is_named(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    execute(path, "UPDATE fact SET body = '{' WHERE seq = 150")
    with pytest.raises(JournalError, match="holds a CopyPlanned that cannot be read"):
        list(journal.recover(FRIDAY))
    journal.close()


def test_a_long_day_is_read_in_pieces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.adapters.storage.journal._CHUNK", 64)
    journal = SqlJournal(path, FakeClock())
    days = journal.recover(FRIDAY)
    assert next(days).seq == 1
    journal.append([AlertRaised(text="written while another reads")], day=FRIDAY)
    assert [recorded.seq for recorded in days] == list(range(2, 202))
    journal.close()
