"""Bugs in what becomes of one day's orders and copies on the next."""

from dataclasses import replace
from typing import Any

from app.adapters.storage.journal import SqlJournal
from app.domain.copies import CopyState
from app.engine import copy_engine, day, leftovers
from app.engine.day import BrokerDay
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import OVER_NIGHT, TWO_DAYS


@plant(SqlJournal, "recover", 2, 10, stage=OVER_NIGHT)
def yesterdays_copies_live_on(original: Any, journal: Any, today: Any) -> Any:
    """A start takes up what the day before left, as if it were the same day."""
    before = journal.last_day(before=today)
    facts = [*(original(journal, before) if before else ()), *original(journal, today)]
    yield from {recorded.seq: recorded for recorded in facts}.values()


@plant(BrokerDay, "of_today", 10, 14, stage=OVER_NIGHT)
def held_units_survive_midnight(_original: Any, _day: Any, _account: Any, order_list: Any) -> Any:
    """What the broker still shows of yesterday counts as today's."""
    return order_list


@plant(day, "moment_told_by", 10, stage=TWO_DAYS, starts_at=25)
def an_order_without_stamps_is_new(_original: Any, _order_id: Any) -> None:
    """An order of yesterday that is shown without stamps passes for one of today."""


@plant(BrokerDay, "has_changed", 2, 10, stage=OVER_NIGHT, starts_at=10)
def the_day_never_ends(_original: Any, _day: Any) -> bool:
    """An engine goes on over midnight, and notes the new day under the old one."""
    return False


@plant(copy_engine, "close_day_before", 5, stage=OVER_NIGHT, alone="day")
def open_ends_stay_open(_original: Any, *_arguments: Any) -> None:
    """What a day left open stays as it was, and nobody is told."""


@plant(leftovers, "_unanswered", 5, stage=OVER_NIGHT, alone="day")
def what_stayed_in_doubt_counts_as_failed(original: Any, leg: Any) -> Any:
    """At the end of the day what never got an answer is called proven absent."""
    return replace(original(leg), state=CopyState.FAILED)
