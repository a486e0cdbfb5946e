"""Who is signed in: random references, kept hashed in files, so that they outlive a killed web process."""

import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

VALID_FOR = timedelta(hours=12)
"""From the sign-in on, whatever happens in between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A sign-in that holds. `key` is the reference's hash: it names the session, it does not open it."""

    key: str
    expires_at: datetime


class Sessions:
    """Begin, find and end sessions in a folder that only this user may read."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._folder = folder
        self._now = now
        for file in folder.iterdir():
            if self._read(file.name) is None:
                file.unlink(missing_ok=True)

    def begin(self) -> str:
        """Begin a session and return its reference, which is kept nowhere else."""
        reference = secrets.token_urlsafe(32)
        key = _key(reference)
        draft = self._folder / f".{key}"
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write((self._now() + VALID_FOR).isoformat())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / key)
        return reference

    def find(self, reference: str | None) -> Session | None:
        """Return the session of a reference, or None where there is none or it has expired."""
        return self._read(_key(reference)) if reference else None

    def holds(self, session: Session) -> bool:
        """Tell whether a session found earlier is still good."""
        return self._read(session.key) is not None

    def end(self, session: Session) -> None:
        """End a session at once. Its open sockets are the live stream's to cut."""
        (self._folder / session.key).unlink(missing_ok=True)

    def _read(self, key: str) -> Session | None:
        try:
            expires_at = datetime.fromisoformat((self._folder / key).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None
        if expires_at.tzinfo is None or expires_at <= self._now():
            return None
        return Session(key=key, expires_at=expires_at)


def _key(reference: str) -> str:
    return hashlib.sha256(reference.encode(errors="replace")).hexdigest()
