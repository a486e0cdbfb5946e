"""The trading day: which phase each group of instruments is in, and what happens at which minute.

Hours, square-off times and AMO windows as NSE and Zerodha publish them since August 2026.
"""

from bisect import bisect_right
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from app.exchange.clock import HoursGroup, Phase

NEW_DAY = time(6, 0)
OPENING = time(9, 15)
LAST_MINUTE = time(15, 41)


class Happening(StrEnum):
    """What the venue does by itself at a fixed minute."""

    OPEN_PRE_MARKET = "open_pre_market"
    OPEN = "open"
    SQUARE_OFF = "square_off"
    END_CONTINUOUS = "end_continuous"
    UNCROSS = "uncross"
    CLOSE = "close"


class Appointment(NamedTuple):
    """One entry of the day's timetable."""

    at: time
    happening: Happening
    group: HoursGroup


TIMETABLE: tuple[Appointment, ...] = (
    Appointment(time(9, 0), Happening.OPEN_PRE_MARKET, HoursGroup.AUCTION_STOCK),
    Appointment(time(9, 0), Happening.OPEN_PRE_MARKET, HoursGroup.STOCK),
    Appointment(OPENING, Happening.OPEN, HoursGroup.AUCTION_STOCK),
    Appointment(OPENING, Happening.OPEN, HoursGroup.STOCK),
    Appointment(OPENING, Happening.OPEN, HoursGroup.DERIVATIVE),
    Appointment(time(15, 12), Happening.SQUARE_OFF, HoursGroup.AUCTION_STOCK),
    Appointment(time(15, 15), Happening.END_CONTINUOUS, HoursGroup.AUCTION_STOCK),
    Appointment(time(15, 25), Happening.SQUARE_OFF, HoursGroup.STOCK),
    Appointment(time(15, 26), Happening.SQUARE_OFF, HoursGroup.DERIVATIVE),
    Appointment(time(15, 30), Happening.CLOSE, HoursGroup.STOCK),
    Appointment(time(15, 30), Happening.UNCROSS, HoursGroup.AUCTION_STOCK),
    Appointment(time(15, 35), Happening.CLOSE, HoursGroup.AUCTION_STOCK),
    Appointment(time(15, 40), Happening.CLOSE, HoursGroup.DERIVATIVE),
)

_PHASES: dict[HoursGroup, tuple[tuple[time, Phase], ...]] = {
    HoursGroup.AUCTION_STOCK: (
        (time(0), Phase.CLOSED),
        (time(9, 0), Phase.PRE_OPEN),
        (OPENING, Phase.OPEN),
        (time(15, 15), Phase.AUCTION_BREAK),
        (time(15, 20), Phase.AUCTION),
        (time(15, 25), Phase.AUCTION_LIMIT_ONLY),
        (time(15, 30), Phase.CLOSED),
    ),
    HoursGroup.STOCK: (
        (time(0), Phase.CLOSED),
        (time(9, 0), Phase.PRE_OPEN),
        (OPENING, Phase.OPEN),
        (time(15, 30), Phase.CLOSED),
    ),
    HoursGroup.DERIVATIVE: (
        (time(0), Phase.CLOSED),
        (OPENING, Phase.OPEN),
        (time(15, 40), Phase.CLOSED),
    ),
}
_STARTS = {group: [start for start, _ in rows] for group, rows in _PHASES.items()}
_SQUARE_OFFS = {row.group: row.at for row in TIMETABLE if row.happening is Happening.SQUARE_OFF}


def phase_of(group: HoursGroup, moment: datetime) -> Phase:
    """Return the phase of a group at a moment of a trading day."""
    return _PHASES[group][bisect_right(_STARTS[group], moment.time()) - 1][1]


def is_past_square_off(group: HoursGroup, moment: datetime) -> bool:
    """Say whether new intraday (MIS) positions are refused for the rest of that day."""
    return moment.time() >= _SQUARE_OFFS[group]


def may_queue_amo(group: HoursGroup, moment: datetime) -> bool:
    """Say whether an after-market order may be placed at that moment of a trading day."""
    opens, closes = (
        (time(15, 45), time(9, 10)) if group is HoursGroup.DERIVATIVE else (time(16, 0), time(8, 58))
    )
    return moment.time() >= opens or moment.time() < closes
