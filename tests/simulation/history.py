"""What happened in one run, in order, as text: for its digest, and for the reader of a failure."""

import asyncio
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

from app.domain.events import Fact

_LONGEST_LINE = 400


class Event(NamedTuple):
    """One thing that happened; `keys` are the accounts, orders, copies and tags that it is about."""

    at_s: float
    what: str
    keys: tuple[str, ...]
    detail: object


_LASTING = {"clock jumps", "journal lost"}
"""What a new day still has to do with."""


class History:
    """The events of one run; `earlier` are those of the day before, where a world lives through a night."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._start_s = loop.time()
        self.events: list[Event] = []
        self.earlier: list[Event] = []

    def turn_page(self) -> None:
        """Begin a new day."""
        self.earlier += self.events
        self.events = [event for event in self.events if event.what in _LASTING]

    @property
    def now_s(self) -> float:
        """Seconds since the run began."""
        return self._loop.time() - self._start_s

    def note(self, what: str, *keys: str | None, detail: object = "") -> None:
        """Write one thing down."""
        self.events.append(Event(self.now_s, what, tuple(k for k in keys if k), detail))

    def _all(self) -> list[Event]:
        return self.earlier + self.events if self.earlier else self.events

    @property
    def digest(self) -> str:
        """Return the same text for the same run, whatever the hash seed."""
        whole = blake2b(digest_size=16)
        for event in self._all():
            whole.update(repr(event).encode())
        return whole.hexdigest()

    def about(self, keys: Iterable[str], most: int = 150) -> str:
        """Return what concerns any of the keys, and what concerns everybody, readable."""
        wanted = set(keys)
        lines: list[str] = []
        looks = 0
        for event in self._all():
            if event.keys and not wanted.intersection(event.keys):
                continue
            if event.what == "looks":
                looks += 1
                continue
            if looks:
                lines.append(f"{'':11}looks {looks} time(s)")
                looks = 0
            text = f"{event.at_s:9.3f}  {event.what:<18} {' '.join(event.keys)} {event.detail}"
            lines.append(text[:_LONGEST_LINE])
        left_out = [f"… {len(lines) - most} earlier lines left out"] if len(lines) > most else []
        return "\n".join([*left_out, *lines[-most:]])


def keys_of(fact: Fact) -> tuple[str | None, ...]:
    """Return the account, copy, orders and tags that a fact is about."""
    order = getattr(fact, "order", None)
    return (
        getattr(fact, "account_id", None),
        getattr(fact, "copy_id", None),
        getattr(fact, "primary_order_id", None),
        getattr(fact, "tag", None),
        getattr(fact, "order_id", None) or getattr(order, "order_id", None),
        *(leg.tag for leg in getattr(fact, "legs", ())),
    )
