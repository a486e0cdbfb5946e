"""Everything that one stand-in holds: spreadsheets, the token desk, the quota, the faults, what was asked."""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.google.errors import not_found, not_shared
from app.google.faults import FaultPlan
from app.google.quota import Quota
from app.google.spreadsheet import Spreadsheet
from app.google.tokens import TokenDesk

REQUESTS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when (seconds since 1970), its group, its method and path, how it was answered."""

    at_s: float
    group: str
    what: str
    answer: str


@dataclass(slots=True)
class Service:
    """The state behind the sockets. `version` counts the changes worth keeping."""

    now: Callable[[], float]
    desk: TokenDesk
    plan: FaultPlan
    quota: Quota = field(default_factory=Quota)
    spreadsheets: dict[str, Spreadsheet] = field(default_factory=dict)
    asked: deque[Asked] = field(default_factory=lambda: deque(maxlen=REQUESTS_KEPT))
    version: int = 0

    @classmethod
    def build(cls, now: Callable[[], float], seed: int) -> "Service":
        """Make an empty stand-in; `seed` decides which requests probable faults befall."""
        desk = TokenDesk(now, lambda: f"paper.{secrets.token_urlsafe(24)}")
        return cls(now, desk, FaultPlan(Random(seed)))  # noqa: S311 - repeatable on purpose

    def create(self, title: str, spreadsheet_id: str | None = None) -> Spreadsheet:
        """Make a spreadsheet, or return the one that has that id."""
        key = spreadsheet_id or secrets.token_urlsafe(32)
        if key not in self.spreadsheets:
            self.spreadsheets[key] = Spreadsheet(key, title)
            self.changed()
        return self.spreadsheets[key]

    def open_for(self, spreadsheet_id: str, email: str) -> Spreadsheet:
        """Return a spreadsheet that is shared with an address; GoogleError 404 or 403 otherwise."""
        found = self.spreadsheets.get(spreadsheet_id)
        if found is None:
            raise not_found()
        if email not in found.editors:
            raise not_shared()
        return found

    def changed(self) -> None:
        """Note that there is something new to keep."""
        self.version += 1

    def note(self, group: str, what: str, answer: object) -> None:
        """Remember what was asked."""
        self.asked.append(Asked(self.now(), group, what, str(answer)))


Json = dict[str, Any]
