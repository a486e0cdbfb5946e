"""The venue's clock: real time shifted into market hours, and what the day's hours are."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

IST = ZoneInfo("Asia/Kolkata")


class Phase(StrEnum):
    """What the market does with orders at a moment."""

    CLOSED = "closed"
    PRE_OPEN = "pre_open"
    OPEN = "open"
    AUCTION_BREAK = "auction_break"
    AUCTION = "auction"
    AUCTION_LIMIT_ONLY = "auction_limit_only"


class HoursGroup(StrEnum):
    """Which timetable an instrument follows (hours of late 2026; see hours.py)."""

    AUCTION_STOCK = "auction_stock"
    STOCK = "stock"
    DERIVATIVE = "derivative"


class SessionClock:
    """Tell the venue's time: the given ``now`` plus an offset, always aware and in IST.

    Every stamp a client sees comes from here. It never goes back: ``advance_to`` an earlier moment raises
    ValueError. Saturdays, Sundays and ``holidays`` have no session.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        offset: timedelta = timedelta(0),
        holidays: frozenset[date] = frozenset(),
    ) -> None:
        self._now = now
        self.offset = offset
        self.holidays = holidays

    @classmethod
    def opened_at(
        cls, now: Callable[[], datetime], at: time = time(9, 20), holidays: frozenset[date] = frozenset()
    ) -> "SessionClock":
        """Start on today's session, or the next trading day's when today has none, at the time ``at``."""
        clock = cls(now, timedelta(0), holidays)
        here = clock.now()
        day = here.date() if clock.is_trading_day(here.date()) else clock.next_trading_day(here.date())
        clock.offset = datetime.combine(day, at, IST) - here
        return clock

    def source_now(self) -> datetime:
        """Return the unshifted time from outside (order ids are made from it, so that none is used twice)."""
        return self._now().astimezone(IST)

    def now(self) -> datetime:
        """Return the venue's time."""
        return self._now().astimezone(IST) + self.offset

    def stamp(self) -> str:
        """Return the venue's time as Kite writes it: naive IST to the second."""
        return self.now().strftime("%Y-%m-%d %H:%M:%S")

    def advance_to(self, moment: datetime) -> None:
        """Make ``moment`` the present; raise ValueError when it lies in the past or is naive."""
        if moment.tzinfo is None:
            raise ValueError("the session clock takes aware datetimes only")
        here = self.now()
        if moment < here:
            raise ValueError(f"the session clock cannot go back from {here} to {moment}")
        self.offset += moment - here

    def is_trading_day(self, day: date) -> bool:
        """Say whether the market has a session on that date."""
        return day.weekday() < 5 and day not in self.holidays

    def next_trading_day(self, day: date) -> date:
        """Return the first trading day after ``day``."""
        day += timedelta(days=1)
        while not self.is_trading_day(day):
            day += timedelta(days=1)
        return day

    def previous_trading_day(self, day: date) -> date:
        """Return the last trading day before ``day``."""
        day -= timedelta(days=1)
        while not self.is_trading_day(day):
            day -= timedelta(days=1)
        return day
