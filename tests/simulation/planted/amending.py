"""Bugs in how copies follow what becomes of their primary orders (rule 8)."""

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

from app.domain.amending import Cancellation
from app.domain.copies import ALIVE, Copy, Leg
from app.domain.orders import Order
from app.engine import following, growing, releasing
from app.engine.deciding import effective_quantity
from app.engine.lane import Lane
from app.engine.turn import Turn
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import CANCELLING, ENLARGING, FIDDLING, LOST_CHANGES, STEADY


@plant(following, "_may_amend", 8, stage=LOST_CHANGES, alone="I9", starts_at=4)
def edge_triggered_amend(original: Any, turn: Turn, lane: Lane, leg: Leg, shown: Order) -> bool:
    """A change is sent once; whether it arrived is not looked at."""
    primary = turn.primary_order_of(leg.copy_id)
    key = f"sent {leg.tag} {primary.price} {primary.quantity} {primary.trigger_price} {primary.phase}"
    return bool(original(turn, lane, leg, shown)) and lane.report_once(key)


@plant(following, "_follow", 8, stage=STEADY)
def nothing_follows(original: Any, *_: Any) -> None:
    """Copies do not follow their primary orders."""


@plant(growing, "_may_grow", 8, stage=ENLARGING, alone="I2")
def filled_copy_does_not_grow(original: Any, copy: Copy) -> bool:
    """What had filled before its primary order was enlarged gets nothing more."""
    return bool(original(copy)) and any(leg.state in ALIVE for leg in copy.legs)


@plant(following, "amendment", 8, stage=STEADY, alone="I9")
def cancellation_does_not_follow(original: Any, *orders: Any) -> Any:
    """A cancelled primary order leaves its copies resting."""
    change = original(*orders)
    return None if isinstance(change, Cancellation) else change


@bug(8, stage=FIDDLING, alone="I9", starts_at=4)
def amendment_limit_ignored() -> Iterable[Patch]:
    """A copy is changed as often as its primary order."""
    return [patch.object(following, "MAX_AMENDMENTS", 1000)]


@bug(8, stage=CANCELLING, alone="I9")
def cancelled_before_sent_still_leaves() -> Iterable[Patch]:
    """What its primary order becomes while a copy waits is not looked at."""
    return [
        instead(releasing, "_is_over", _is_over_but_for_its_order),
        instead(releasing, "wanted_quantity", lambda _original, _turn, _copy, leg: leg.order.quantity),
    ]


def _is_over_but_for_its_order(original: Any, turn: Turn, copy: Copy, leg: Leg) -> bool:
    order = turn.primary_order_of(copy.copy_id)
    is_gone = order.is_terminal and effective_quantity(order) == 0
    return False if is_gone else bool(original(turn, copy, leg))
