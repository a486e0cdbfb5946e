"""What SQLite complains about, said so that the operator knows what to do."""

import sqlite3
from pathlib import Path

from app.ports.journal import JournalError

_ADVICE = {
    "SQLITE_FULL": "the disk is full. Free some space",
    "SQLITE_READONLY": "it is read-only. Give the file and its folder write permission",
    "SQLITE_CANTOPEN": "it cannot be opened. Check that the folder exists and may be written",
    "SQLITE_BUSY": "another program holds it. Close that program",
    "SQLITE_LOCKED": "another program holds it. Close that program",
    "SQLITE_IOERR": "the disk reports an error. Check the disk",
}
_DAMAGE = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_PASSING = {"SQLITE_FULL", "SQLITE_IOERR"}


class DiskError(JournalError):
    """The disk is full or fails: nothing is known to be wrong with the journal, and it may be usable soon."""


def unwritten(path: Path, error: BaseException | None) -> JournalError:
    """Return the error for facts that are not durable."""
    return _kind(error)(
        f"The journal {path} could not be written: {_cause(error)}. Nothing of this was recorded and nothing "
        "is sent on its strength."
    )


def unreadable(path: Path, error: BaseException | None) -> JournalError:
    """Return the error for a journal that could not be read."""
    if _name(error) in _DAMAGE:
        return damaged(path, str(error))
    return _kind(error)(f"The journal {path} could not be read: {_cause(error)}.")


def damaged(path: Path, finding: str) -> JournalError:
    """Return the error for a file that is not the journal it should be."""
    return JournalError(
        f"The journal {path} is damaged: {finding}. It was left as it is, and nothing is sent. Stop Tandem "
        f"and move {path.name} away together with {path.name}-wal and {path.name}-shm; then restore the "
        "last backup, or start without one: today's copies are then found by their tags in the order lists."
    )


def moved(path: Path) -> JournalError:
    """Return the error for a file that was taken away under us: what is written to it, nobody finds again."""
    return JournalError(
        f"The journal {path} was moved, replaced or deleted while Tandem ran. Nothing is recorded, and "
        "nothing is sent. Put it back; or end Tandem and start it again: it begins a new journal then, and "
        "finds today's copies by their tags in the order lists. A stop in force would be forgotten."
    )


def _kind(error: BaseException | None) -> type[JournalError]:
    return DiskError if _name(error) in _PASSING else JournalError


def _name(error: BaseException | None) -> str:
    """Return the primary result code: SQLite's extended ones add a word, as in SQLITE_IOERR_FSYNC."""
    full = getattr(error, "sqlite_errorname", "") if isinstance(error, sqlite3.Error) else ""
    return "_".join(full.split("_")[:2])


def _cause(error: BaseException | None) -> str:
    return _ADVICE.get(_name(error), str(error))
