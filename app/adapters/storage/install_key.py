"""The secret that client order ids are derived from, made once per data folder and never changed."""

import os
from pathlib import Path
from secrets import token_bytes

from app.adapters.storage.backup import KEY_FILE
from app.adapters.storage.opening import JOURNAL_FILE
from app.ports.journal import JournalError

KEY_BYTES = 32


def install_key(folder: Path) -> bytes:
    """Return the folder's key, made (mode 0600) where folder and journal are new.

    A damaged key, or none beside an existing journal, is a JournalError: another key would give today's
    copies other tags, and what was sent before could no longer be found and would be sent again.
    """
    path = folder / KEY_FILE
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return _make(folder, path)
    except OSError as e:
        raise JournalError(f"The install key {path} cannot be read ({e.strerror}). Nothing is sent.") from e
    if len(key) != KEY_BYTES:
        raise JournalError(
            f"The install key {path} is damaged: {len(key)} bytes instead of {KEY_BYTES}. It was left as it "
            "is, and nothing is sent. Restore it from a backup."
        )
    return key


def known_install_key(folder: Path) -> bytes | None:
    """Return the folder's key, None where it is not made yet or cannot be read; makes nothing."""
    try:
        key = (folder / KEY_FILE).read_bytes()
    except OSError:
        return None
    return key if len(key) == KEY_BYTES else None


def _make(folder: Path, path: Path) -> bytes:
    if (folder / JOURNAL_FILE).exists():
        raise JournalError(
            f"The install key {path} is missing although there is a journal beside it. Nothing is sent, for "
            "a new key could not recognise the copies sent before. Restore it from a backup, or, once no "
            f"order of today is open, move {JOURNAL_FILE} away as well."
        )
    key = token_bytes(KEY_BYTES)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as e:
        raise JournalError(f"The install key {path} cannot be written ({e.strerror}).") from e
    return key
