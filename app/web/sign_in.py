"""One-time sign-in tokens: files named by a token's hash, so that a token is spent by one unlink."""

import hashlib
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

VALID_S = 600.0
"""An unused token expires after ten minutes."""


def issue(folder: Path) -> str:
    """Make a token, remember only its hash, and return it. Also clears away expired ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for old in folder.iterdir():
        if not _is_fresh(old):
            old.unlink(missing_ok=True)
    token = secrets.token_urlsafe(32)
    os.close(os.open(_file(folder, token), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    return token


def claim(folder: Path, token: str) -> bool:
    """Spend a token. True for exactly one caller per token, and only before it expires."""
    file = _file(folder, token)
    is_fresh = _is_fresh(file)
    with suppress(FileNotFoundError):
        file.unlink()
        return is_fresh
    return False


def _file(folder: Path, token: str) -> Path:
    return folder / hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _is_fresh(file: Path) -> bool:
    """Tell by the file's own time: the process that issues a token and the one that takes it differ."""
    try:
        age_s = time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return False
    return -VALID_S < age_s < VALID_S
