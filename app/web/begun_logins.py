"""Logins at the broker that were begun here: whose they are, each good for one answer."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from app.web.sessions import Session

VALID_FOR = timedelta(minutes=10)
_MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A login under way. `host` is the name by which its browser called us, `mark` what its cookie holds."""

    account_id: str
    session: Session
    host: str
    ends_at: datetime
    mark: str


class BegunLogins:
    """Remember logins by their state. A restart forgets them: whoever was under way begins again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._by_state: dict[str, Begun] = {}
        self._lock = threading.Lock()

    def begin(self, account_id: str, session: Session, host: str) -> tuple[str, str]:
        """Begin a login and return its state, for the broker to hand back, and its mark, for the browser."""
        state, mark = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        begun = Begun(
            account_id=account_id,
            session=session,
            host=host,
            ends_at=self._now() + VALID_FOR,
            mark=mark,
        )
        with self._lock:
            for old in [key for key, one in self._by_state.items() if one.ends_at <= self._now()]:
                del self._by_state[old]
            if len(self._by_state) >= _MOST:
                del self._by_state[next(iter(self._by_state))]
            self._by_state[_key(state)] = begun
        return state, mark

    def find(self, state: str) -> Begun | None:
        """Return the login of a state, None where there is none that is still good."""
        begun = self._by_state.get(_key(state))
        return begun if begun is not None and self._now() < begun.ends_at else None

    def claim(self, state: str, mark: str) -> bool:
        """Take a login's one answer: True once, and only for the browser that began it."""
        with self._lock:
            begun = self.find(state)
            if begun is None or not compare_digest(begun.mark.encode(), mark.encode(errors="replace")):
                return False
            del self._by_state[_key(state)]
            return True


def name_of(state: str) -> str:
    """Return a short name of a state that does not give it away."""
    return _key(state)[:16]


def _key(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
