"""When the Indian exchanges trade, as far as the clock and the calendar's weekdays tell."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from app.domain.session import IST


class MarketPhase(StrEnum):
    """What the market does as a whole."""

    PRE_OPEN = "pre_open"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Market:
    """A phase, and the moment at which the next one begins."""

    phase: MarketPhase
    until: datetime


_PHASES = (
    (time(9, 0), MarketPhase.PRE_OPEN),
    (time(9, 15), MarketPhase.OPEN),
    (time(15, 40), MarketPhase.CLOSED),
)
"""From which time of a trading day. Derivatives trade until 15:40 since August 2026, cash stocks until 15:30
at the latest: it is open while anything is that Tandem copies (NSE and Zerodha, market timings)."""
_SATURDAY = 5


def market_at(moment: datetime) -> Market:
    """Return the phase at an aware moment, by the broker's clock.

    For the operator's eyes only: no order is held or sent because of it. Weekends are closed. Holidays and
    special sessions are not known: Kite has no request that tells them, and a list of ours would be wrong
    one day. On such a day the phases are those of any other.
    """
    here = moment.astimezone(IST)
    phase = MarketPhase.CLOSED
    if here.weekday() < _SATURDAY:
        for start, begins in _PHASES:
            if here.time() < start:
                return Market(phase, datetime.combine(here.date(), start, IST))
            phase = begins
    day = here.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return Market(phase, datetime.combine(day, _PHASES[0][0], IST))
