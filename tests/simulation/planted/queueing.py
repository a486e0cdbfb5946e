"""Bugs in which copy leaves when: the queue of each symbol, and exits (rules 7, 14)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from app.domain import orders
from app.domain.accounts import AccountMode
from app.domain.copies import UNRESOLVED, Copy, CopyState, Leg
from app.domain.orders import Order
from app.domain.planning import NoCopy
from app.domain.reasons import Reason, ReasonCode
from app.engine import copy_engine, deciding, releasing, state
from app.engine.lane import Lane
from app.engine.turn import Turn
from tests.simulation.planted.registry import Patch, bug, plant
from tests.simulation.planted.stages import (
    AWAY,
    HALF_REFUSED,
    LIMITED,
    LOST_ANSWERS,
    NEVER_TAKEN,
    PAUSED,
    STEADY,
)


@bug(7, alone="I12")
def no_queue_per_symbol() -> Iterable[Patch]:
    """Copies of one symbol do not wait for each other."""
    return [patch.object(releasing, "UNRESOLVED", frozenset())]


@plant(copy_engine, "release", 7, stage=LOST_ANSWERS, alone="I12")
def exit_overtakes_its_entry(original: Any, turn: Turn, lane: Lane) -> None:
    """Exits go first, whatever is still unsent or in doubt."""
    for tag in list(turn.state.unresolved.get(lane.account_id, ())):
        leg = turn.state.leg_of(tag)
        copy = turn.state.copy_of(leg)
        if copy.is_exit and leg.state is CopyState.PENDING and not releasing._is_over(turn, copy, leg):
            releasing._try(turn, lane, copy, leg)
    original(turn, lane)


@bug(7, stage=NEVER_TAKEN)
def exit_waits_for_the_operator() -> Iterable[Patch]:
    """An exit waits behind an entry that needs the operator."""
    waits_for = UNRESOLVED | {CopyState.NEEDS_OPERATOR}
    return [patch.object(releasing, "UNRESOLVED", waits_for), patch.object(state, "UNRESOLVED", waits_for)]


@plant(orders, "_seniority", 7, stage=AWAY, alone="I3", starts_at=4)
def moved_stamps_tell_the_age(original: Any, order_id: Any, placed_at: Any) -> tuple[float, int, str]:
    """Which order is older is told by stamps alone, which move whenever an order is changed."""
    return (placed_at.timestamp() if placed_at else 0.0, len(order_id), order_id)


@plant(releasing, "_is_too_old", 14, alone="exit")
def exit_blocked_by_age(original: Any, turn: Turn, copy: Copy, leg: Leg, order: Order) -> bool:
    """An exit grows stale in the queue as an entry does."""
    return bool(original(turn, replace(copy, closing_units=0), leg, order))


@plant(deciding, "plan_copy", 14, stage=LIMITED, alone="exit")
def exit_blocked_by_limit(original: Any, order: Order, account: Any, *more: Any, **named: Any) -> Any:
    """The limit on an account's quantity holds for exits too."""
    plan = original(order, account, *more, **named)
    if isinstance(plan, NoCopy) or account.max_quantity is None:
        return plan
    if sum(leg.quantity for leg in plan.orders) <= account.max_quantity:
        return plan
    return NoCopy(CopyState.DENIED, Reason(ReasonCode.QUANTITY_ABOVE_LIMIT, "Too many units."))


@plant(releasing, "clamp_exit", 14, alone="exit")
def exit_is_not_clamped(original: Any, wanted: int, *_: int) -> int:
    """An exit leaves in full, whatever is held."""
    return wanted


@plant(releasing, "_allowed_by_holdings", 14, stage=LOST_ANSWERS)
def exit_clamped_to_the_primary(
    original: Any, turn: Turn, lane: Any, copy: Copy, leg: Leg, wanted: int
) -> Any:
    """An exit is clamped to what the primary holds."""
    primary = turn.rulebook.primary.account_id
    orders = {known.order.order_id: known.order for known in turn.state.primary_orders.values()}
    theirs = replace(turn.lanes[primary], orders=orders, looked_at_s=lane.looked_at_s)
    return original(turn, theirs, copy, leg, wanted)


@plant(releasing, "_allowed_by_holdings", 14, stage=HALF_REFUSED, alone="exit", starts_at=4)
def exit_goes_by_an_old_look(original: Any, turn: Turn, lane: Lane, copy: Copy, leg: Leg, wanted: int) -> Any:
    """What an exit closes is read from the last look, however old it is."""
    touched, lane.touched_at_s = lane.touched_at_s, {}
    try:
        return original(turn, lane, copy, leg, wanted)
    finally:
        lane.touched_at_s = touched


@plant(deciding, "plan_for", 14, stage=PAUSED, alone="exit")
def exit_blocked_by_pause(original: Any, turn: Turn, order: Order, account: Any, closing: Any) -> Any:
    """An account that takes exits only takes nothing."""
    if account.mode is AccountMode.CLOSE_ONLY:
        return NoCopy(CopyState.SKIPPED, Reason(ReasonCode.ACCOUNT_CLOSE_ONLY, "It takes exits only."))
    return original(turn, order, account, closing)


@plant(releasing, "_try", 14, stage=STEADY, alone="rule 14")
def exit_waits_to_be_sure(original: Any, turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> Any:
    """An exit leaves a while after it was planned, in case the trader changes their mind."""
    planned_at = leg.planned_at or turn.now
    if not copy.is_exit or (turn.now - planned_at).total_seconds() > 6.0:
        original(turn, lane, copy, leg)
