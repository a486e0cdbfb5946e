"""Bugs in how a lost answer is settled and reports of one order are merged (rules 5, 9)."""

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

from app.domain import orders
from app.domain.copies import MOVES, CopyState, Leg
from app.domain.events import LegMoved
from app.domain.orders import Order
from app.engine import deciding, lane, matching, state
from app.engine.lane import Lane
from app.engine.turn import Turn
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import (
    DOUBLED,
    LARGE,
    LOST_ANSWERS,
    NEVER_TAKEN,
    OLD_AND_LARGE,
    OLD_LISTS,
    VERY_LATE,
)


@plant(matching, "is_absent", 5, stage=LOST_ANSWERS, alone="I1")
def one_look_as_proof(original: Any, age_s: float, clean_looks: int) -> bool:
    """One look that misses an order is taken for its absence."""
    return clean_looks >= 1


@bug(5, stage=NEVER_TAKEN, alone="I8")
def doubt_is_never_closed() -> Iterable[Patch]:
    """An order that was never placed is looked for to the end of the day."""
    return [patch.object(matching, name, lambda *_: False) for name in ("is_absent", "is_undecidable")]


@bug(5, stage=VERY_LATE)
def resend_after_absence() -> Iterable[Patch]:
    """What is absent is sent again without asking."""
    return [
        instead(matching, "_count_absences", _resend),
        patch.dict(MOVES, {CopyState.NEEDS_OPERATOR: MOVES[CopyState.NEEDS_OPERATOR] | {CopyState.PENDING}}),
    ]


def _resend(original: Any, turn: Turn, mine: Lane, began_at_s: float) -> None:
    asked = [leg.tag for leg in turn.state.alive_legs(mine.account_id) if leg.state is CopyState.IN_DOUBT]
    original(turn, mine, began_at_s)
    for tag in asked:
        if turn.state.leg_of(tag).state is CopyState.NEEDS_OPERATOR:
            turn.record(LegMoved(tag=tag, state=CopyState.PENDING))


@plant(matching, "adopt", 5, stage=VERY_LATE)
def late_find_ignored(original: Any, turn: Turn, mine: Lane, leg: Leg, order: Order) -> None:
    """What was given up is not looked at any more."""
    if leg.state is not CopyState.NEEDS_OPERATOR:
        original(turn, mine, leg, order)


@bug(9, stage=LARGE, alone="I4")
def price_of_the_first_fill() -> Iterable[Patch]:
    """Later fills do not change the average price."""
    return [instead(state, "matched_fields", _first_price), instead(matching, "matched_fields", _first_price)]


def _first_price(original: Any, leg: Leg, order: Order) -> dict[str, object]:
    fields: dict[str, object] = original(leg, order)
    return fields | ({"average_price": leg.average_price} if leg.filled_quantity else {})


@plant(orders, "_is_news", 9, stage=OLD_LISTS, alone="I15")
def terminal_regresses(original: Any, *_: Any, **__: Any) -> bool:
    """The newest report wins, whatever was known."""
    return True


@bug(9, stage=OLD_AND_LARGE, alone="I15")
def filled_shrinks() -> Iterable[Patch]:
    """Of two reports the one with the newer stamp wins; of one second, the one that came last."""
    return [patch.object(module, "merge", _newer) for module in (deciding, lane)]


def _newer(known: Order, seen: Order, *, is_poll: bool) -> Order:
    is_old = known.updated_at and seen.updated_at and seen.updated_at < known.updated_at
    return known if is_old or known.is_terminal else seen


@plant(matching, "_report_duplicates", 5, stage=DOUBLED, alone="double")
def second_order_not_told_of(original: Any, *_: Any) -> None:
    """Two orders under one tag are taken for one."""
