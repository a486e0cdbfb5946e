"""Putting a backup in the journal's place. What was there is moved aside, never deleted."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.adapters.storage.backup import KEY_FILE
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.verifying import Findings, verify
from app.ports.journal import JournalError


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where that lies which it replaced (None: there was nothing)."""

    findings: Findings
    replaced: Path | None


def restore(backup: Path, home: Path) -> Restored:
    """Put a backup, and the install key beside it, into a data folder that nobody uses.

    JournalError where the backup is not whole or cannot be put there; then nothing was changed. Copies made
    after the backup are not in it; today's are found again by their tags.
    """
    findings = verify(backup)
    if findings.problems:
        raise JournalError(f"{backup} is not whole, so it was not restored: {findings.problems[0]}")
    try:
        draft = _copied(backup, home / f"{JOURNAL_FILE}.restoring")
        key = backup.with_suffix(".key")
        fresh_key = _copied(key, home / f"{KEY_FILE}.restoring") if key.exists() else None
        replaced = _moved_aside(home, is_key_new=fresh_key is not None)
        if fresh_key is not None:
            fresh_key.replace(home / KEY_FILE)
        draft.replace(home / JOURNAL_FILE)
    except OSError as e:
        raise JournalError(f"{backup} could not be restored to {home}: {e.strerror}.") from e
    return Restored(findings, replaced)


def _copied(source: Path, target: Path) -> Path:
    """Copy a file whole and onto the disk, readable by its owner only."""
    target.unlink(missing_ok=True)
    with (
        source.open("rb") as reading,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing,
    ):
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())
    return target


def _moved_aside(home: Path, *, is_key_new: bool) -> Path | None:
    names = [JOURNAL_FILE, f"{JOURNAL_FILE}-wal", f"{JOURNAL_FILE}-shm", *([KEY_FILE] if is_key_new else [])]
    there = [home / name for name in names if (home / name).exists()]
    if not there:
        return None
    aside = home / f"replaced-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S%fZ')}"
    aside.mkdir(mode=0o700)
    for path in there:
        path.replace(aside / path.name)
    return aside
