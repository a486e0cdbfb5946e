"""Backups, restoring, verifying and forgetting: nothing is lost silently, nothing false passes for whole."""

import sqlite3
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.storage.backup import back_up, backups_in, made_at, thin_out
from app.adapters.storage.install_key import install_key
from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.reader import SqlJournalReader
from app.adapters.storage.restoring import restore
from app.adapters.storage.verifying import verify
from app.domain.accounts import CopyMode
from app.domain.events import AlertRaised, CopyingStopped, CopyModeChanged
from app.ports.journal import JournalError
from tests.builders.facts import FRIDAY, SATURDAY, planned, started
from tests.fakes.clock import FakeClock

MONDAY = date(2026, 11, 23)


def written(folder: Path) -> Path:
    """Return a closed journal with two days in it, its key beside it."""
    install_key(folder)
    path = folder / "journal.db"
    journal = SqlJournal(path, FakeClock())
    copy = planned("1001", legs=2)
    journal.append([CopyModeChanged(mode=CopyMode.AUTO, by="operator"), copy], day=FRIDAY)
    journal.append([started(copy)], day=FRIDAY)
    journal.append([planned("1002", day=SATURDAY), AlertRaised(text="look")], day=SATURDAY)
    journal.close()
    return path


def execute(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute(statement)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path)


def test_what_was_written_is_whole(path: Path) -> None:
    assert verify(path).problems == ()
    assert (verify(path).facts, verify(path).days) == (5, 2)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        ("UPDATE fact SET body = replace(body, 'look', 'hook') WHERE seq = 5", "Fact 5 (AlertRaised"),
        ("UPDATE fact SET at = 'later' WHERE seq = 2", "Fact 2 (CopyPlanned"),
        ("UPDATE fact SET trade_date = '2026-11-19' WHERE seq = 1", "Fact 1 (CopyModeChanged"),
        ("DELETE FROM fact WHERE seq = 4", "Facts 4 to 4 are missing"),
        ("DELETE FROM intent WHERE leg = 1", "2 rows for 3 planned orders"),
        ("DELETE FROM attempt", "0 rows for 1 attempts"),
    ],
)
def test_an_edit_behind_our_back_is_found(path: Path, edit: str, told: str) -> None:
    execute(path, edit)
    assert any(told in problem for problem in verify(path).problems), verify(path).problems


def test_the_chain_goes_on_over_restarts(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    journal.append([AlertRaised(text="again")], day=SATURDAY)
    journal.close()
    assert verify(path).problems == ()


def take_back_to_the_first_form(path: Path) -> None:
    execute(path, "ALTER TABLE fact DROP COLUMN chain")
    execute(path, "UPDATE alembic_version SET version_num = '0001'")


def test_a_journal_of_the_first_form_is_verified_read_backed_up_and_restored(
    path: Path, tmp_path: Path
) -> None:
    take_back_to_the_first_form(path)
    assert (verify(path).facts, verify(path).problems) == (5, ())
    assert len(SqlJournalReader(path).read_since(0, limit=10)) == 5
    backup = back_up(path, tmp_path / "backups", reason="before-migration")
    assert restore(backup, tmp_path).findings.facts == 5
    SqlJournal(path, FakeClock()).close()
    assert verify(path).problems == ()


def test_a_journal_of_the_first_form_has_its_counts_checked(path: Path) -> None:
    take_back_to_the_first_form(path)
    execute(path, "DELETE FROM attempt")
    execute(path, "DELETE FROM fact WHERE seq = 5")
    execute(path, "DELETE FROM fact WHERE seq = 1")
    assert verify(path).problems == (
        "Facts 1 to 1 are missing.",
        "There are 0 rows for 1 attempts to send in the facts.",
    )


def test_what_is_not_committed_yet_is_no_problem(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("BEGIN IMMEDIATE")
        raw.execute("DELETE FROM fact WHERE seq = 3")
        assert verify(path).problems == ()
        assert verify(back_up(path, path.parent / "backups", reason="asked")).facts == 5


def test_a_journal_of_the_first_form_is_backed_up_and_linked(path: Path) -> None:
    take_back_to_the_first_form(path)
    SqlJournal(path, FakeClock()).close()
    assert verify(path).problems == ()
    (kept,) = backups_in(path.parent / "backups")
    assert kept.stem.endswith("-before-migration")


def test_a_backup_is_whole_private_and_has_its_key(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backups", reason="asked")
    assert verify(backup).facts == 5
    assert backup.with_suffix(".key").read_bytes() == (tmp_path / "install.key").read_bytes()
    assert backup.stat().st_mode & 0o077 == 0
    assert made_at(backup) is not None
    assert made_at(Path("other.db")) is None


def test_a_backup_is_made_while_the_journal_is_written(path: Path, tmp_path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    over = threading.Event()
    made: list[Path] = []

    def keep_copying() -> None:
        number = 0
        while not over.is_set():
            number += 1
            moment = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=number)
            made.append(back_up(path, tmp_path / "backups", reason="asked", now=moment))

    copier = threading.Thread(target=keep_copying)
    copier.start()
    for number in range(200):
        journal.append([AlertRaised(text=f"{number}")], day=SATURDAY)
    over.set()
    copier.join()
    journal.close()
    assert made
    assert all(verify(backup).problems == () for backup in made)


def test_only_daily_backups_are_thinned_out(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    for day in range(5):
        moment = datetime(2026, 11, 1 + day, tzinfo=UTC)
        back_up(path, folder, reason="daily", now=moment)
        back_up(path, folder, reason="asked", now=moment)
    thin_out(folder, keep=2)
    names = [backup.stem for backup in backups_in(folder)]
    assert [name for name in names if name.endswith("daily")] == [
        "journal-20261104T000000Z-daily",
        "journal-20261105T000000Z-daily",
    ]
    assert len(names) == 7
    assert len(list(folder.glob("*.key"))) == 7


def test_a_backup_is_restored_and_what_was_there_is_kept(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backups", reason="asked")
    journal = SqlJournal(path, FakeClock())
    journal.append([AlertRaised(text="after the backup")], day=SATURDAY)
    journal.close()
    restored = restore(backup, tmp_path)
    assert verify(path).facts == 5
    assert restored.replaced is not None
    assert verify(restored.replaced / "journal.db").facts == 6
    SqlJournal(path, FakeClock()).close()


def test_a_backup_is_restored_into_an_empty_folder(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backups", reason="asked")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert restore(backup, fresh).replaced is None
    assert (fresh / "install.key").read_bytes() == (tmp_path / "install.key").read_bytes()


def test_a_spoilt_backup_changes_nothing(path: Path, tmp_path: Path) -> None:
    backup = back_up(path, tmp_path / "backups", reason="asked")
    execute(backup, "DELETE FROM fact WHERE seq = 3")
    before = path.read_bytes()
    with pytest.raises(JournalError, match="not whole, so it was not restored"):
        restore(backup, tmp_path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_no_half_backup(path: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("not a folder")
    with pytest.raises(JournalError, match="No backup"):
        back_up(path, tmp_path / "backups", reason="asked")


def test_old_days_are_forgotten_and_what_holds_still_is_not(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    journal.append([CopyingStopped(by="operator")], day=SATURDAY)
    journal.append([AlertRaised(text="new day")], day=MONDAY)
    assert journal.forget(FRIDAY) == 0
    assert journal.forget(MONDAY) == 4
    kinds = [type(recorded.fact).__name__ for recorded in journal.recover(MONDAY)]
    assert kinds == ["CopyModeChanged", "CopyingStopped", "AlertRaised"]
    journal.append([AlertRaised(text="and on")], day=MONDAY)
    journal.close()
    assert verify(path).problems == ()
    assert verify(path).facts == 2


def test_a_day_that_goes_on_after_a_kept_one_is_forgotten_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = SqlJournal(path, FakeClock())
    for day in (FRIDAY - timedelta(days=1), FRIDAY, SATURDAY, MONDAY, SATURDAY, FRIDAY, MONDAY):
        journal.append([AlertRaised(text=f"{day}")], day=day)
    assert journal.forget(MONDAY) == 1
    assert [len(list(journal.recover(day))) for day in (FRIDAY, SATURDAY, MONDAY)] == [2, 2, 2]
    journal.close()
    assert verify(path).problems == ()


def test_the_newest_fact_stays_so_that_numbers_go_on(path: Path) -> None:
    journal = SqlJournal(path, FakeClock())
    journal.forget(MONDAY)
    (recorded,) = journal.append([AlertRaised(text="next")], day=MONDAY)
    assert recorded.seq == 6
    journal.close()
    assert verify(path).problems == ()
