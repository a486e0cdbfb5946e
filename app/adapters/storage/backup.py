"""Copies of the journal and its install key, made while it is written, and how many are kept."""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.adapters.storage.faults import unreadable
from app.ports.journal import JournalError

BACKUPS = "backups"
KEY_FILE = "install.key"
KEPT = 30
_STEP_PAGES = 256
"""One megabyte at a time."""
_STAMP = "%Y%m%dT%H%M%SZ"


def back_up(journal: Path, folder: Path, *, reason: str, now: datetime | None = None) -> Path:
    """Copy a journal into `folder`, its install key beside it, and return the copy. JournalError.

    The copy is of one moment and whole. The writer neither waits nor is disturbed: the copy is made from
    a snapshot (SQLite docs, online backup; write-ahead log). What is there already is never written over.
    """
    stamp = (now or datetime.now(UTC)).strftime(_STAMP)
    target = folder / f"journal-{stamp}-{reason}.db"
    draft = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if target.exists():
            return target
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(journal, draft)
        key = journal.with_name(KEY_FILE)
        if key.exists():
            _copy_private(key, target.with_suffix(".key"))
        draft.replace(target)
    except sqlite3.Error as e:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise unreadable(journal, e) from e
    except OSError as e:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise JournalError(f"No backup of {journal} was made in {folder}: {e.strerror}.") from e
    return target


def backups_in(folder: Path) -> list[Path]:
    """Return the backups in a folder, oldest first."""
    return sorted(folder.glob("journal-*.db"))


def made_at(backup: Path) -> datetime | None:
    """Return when a backup was made, by its name; None for a file that has another name."""
    try:
        return datetime.strptime(backup.name.split("-")[1], _STAMP).replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return None


def thin_out(folder: Path, *, keep: int = KEPT) -> list[Path]:
    """Delete all but the newest daily backups and return what was deleted; others stay."""
    daily = [backup for backup in backups_in(folder) if backup.stem.endswith("-daily")]
    old = daily[:-keep] if keep else daily
    for backup in old:
        backup.unlink(missing_ok=True)
        backup.with_suffix(".key").unlink(missing_ok=True)
    return old


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
        closing(sqlite3.connect(target)) as writing,
    ):
        # One read transaction holds one moment; without it the copy would begin anew with every commit.
        reading.isolation_level = None
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        reading.backup(writing, pages=_STEP_PAGES, progress=lambda *_: _to_disk(target), sleep=0)
        writing.execute("PRAGMA journal_mode = DELETE")  # one file, without a write-ahead log beside it
    _to_disk(target)


def _to_disk(path: Path) -> None:
    """Let the disk take what is written so far: all of it at once would make the journal's writes wait."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _copy_private(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
    target.chmod(0o600)
