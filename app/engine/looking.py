"""When each account's order list was read last, or why and since when it cannot be read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.ids import AccountId

SHOWN_EVERY = timedelta(seconds=5)
"""A look that brings no news redraws its account's row no more often than this."""


@dataclass(slots=True)
class Looking:
    """The last good look at one account, and what is wrong with reading it now, if anything is."""

    looked_at: datetime | None = None
    fails: str | None = None
    fails_since: datetime | None = None
    shown_at: datetime | None = None


class Looks:
    """Keeps one `Looking` for each account and says when its row is worth drawing again."""

    def __init__(self) -> None:
        self._looking: dict[AccountId, Looking] = {}

    def of(self, account_id: AccountId) -> Looking:
        """Return what is known of looking at an account; nothing for one that was never tried."""
        return self._looking.setdefault(account_id, Looking())

    def succeeded(self, account_id: AccountId, now: datetime, *, is_asked: bool) -> bool:
        """Note a good look; True where the row is to be drawn. `is_asked`: the operator waits for it."""
        looking = self.of(account_id)
        is_news = looking.fails is not None or looking.shown_at is None
        looking.looked_at = now
        looking.fails = looking.fails_since = None
        if not (is_news or is_asked or abs(now - (looking.shown_at or now)) >= SHOWN_EVERY):
            return False
        looking.shown_at = now
        return True

    def failed(self, account_id: AccountId, why: str, now: datetime) -> bool:
        """Note a read that failed; True where that is news."""
        looking = self.of(account_id)
        if looking.fails == why:
            return False
        looking.fails = why
        looking.fails_since = looking.fails_since or now
        return True
