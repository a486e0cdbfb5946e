"""What becomes of a copy that rests although its primary order is filled: the account's own policy."""

from app.domain.accounts import RestPolicy
from app.domain.amending import Modification
from app.domain.copies import RESTING, Copy, Leg
from app.domain.orders import Order, OrderType, Phase
from app.domain.rules import why_account_skips
from app.engine.exposure import free_units
from app.engine.lane import Lane
from app.engine.turn import Turn


def policy_for(turn: Turn, leg: Leg) -> RestPolicy:
    """Return what the account wants done with a copy that rests too long.

    Left alone is what a person changed at the broker, and an entry that the account would not take any more.
    """
    copy = turn.state.copy_of(leg)
    account = turn.rulebook.account(copy.account_id)
    if account is None or leg.by_hand is not None:
        return RestPolicy.LEAVE
    is_exit = copy.closing_units > 0
    if why_account_skips(turn.primary_order_of(copy.copy_id), account, is_exit=is_exit) is not None:
        return RestPolicy.LEAVE
    return account.when_primary_filled


def is_overdue(turn: Turn, leg: Leg) -> bool:
    """Tell whether a copy rests longer behind its filled primary order than its account lets it.

    Both ages are measured on the broker's clock, which nobody sets back: that of the fill, and that of the
    copy, which must have had as long to fill.
    """
    copy = turn.state.copy_of(leg)
    primary, account = turn.primary_order_of(copy.copy_id), turn.rulebook.account(copy.account_id)
    if account is None or primary.phase is not Phase.FILLED or primary.updated_at is None:
        return False
    shown = turn.lanes[copy.account_id].orders.get(leg.order_id) if leg.order_id else None
    placed_at = shown.placed_at if shown is not None else None
    since = max(primary.updated_at, placed_at or primary.updated_at)
    return (turn.broker_now - since).total_seconds() >= account.rest_limit_s


def behind_filled_primary(
    turn: Turn, lane: Lane, leg: Leg, shown: Order, change: Modification | None
) -> Modification | None:
    """Return how to amend a copy whose primary order is filled; `change` is what following alone would do.

    Under the policy `market` an overdue one is made a MARKET order, and again whenever it has rested as
    long anew: what did not fill within the market protection rests as a limit at the edge of that band.
    A copy that was made MARKET is never given its old price back.
    """
    primary = turn.primary_order_of(leg.copy_id)
    if policy_for(turn, leg) is RestPolicy.MARKET and is_overdue(turn, leg):
        return _chase(turn, lane, leg, shown)
    is_chased = shown.intended_type == OrderType.MARKET != primary.intended_type
    return None if is_chased else change


def is_covered(turn: Turn, lane: Lane, leg: Leg, left: int) -> bool:
    """Tell whether what is left of a copy may trade at any price without opening what it should close."""
    copy = turn.state.copy_of(leg)
    if copy.closing_units == 0 and copy.withdrawn is None:
        return True
    rivals = sum(
        other.quantity - other.filled_quantity
        for other in turn.state.alive_legs(copy.account_id)
        if other.copy_id != copy.copy_id and _is_exit_at_any_price(turn, other, copy)
    )
    opening_units = copy.opening_units if copy.withdrawn is None else 0
    return left <= max(free_units(turn, lane, copy, leg) - rivals, 0) + opening_units


def _chase(turn: Turn, lane: Lane, leg: Leg, shown: Order) -> Modification | None:
    account = turn.rulebook.account(lane.account_id)
    left = shown.quantity - shown.filled_quantity
    if account is None or not is_covered(turn, lane, leg, left):
        return None
    if _was_amended_lately(turn, lane, leg, account.rest_limit_s):
        return None
    return Modification(order_type=OrderType.MARKET, market_protection=turn.rulebook.rules.market_protection)


def _was_amended_lately(turn: Turn, lane: Lane, leg: Leg, limit_s: float) -> bool:
    """Tell whether a copy was changed so lately that it is to rest first; over restarts, by the stamp of it.

    A stamp that is still to come was given by a clock that was set back since, and tells nothing.
    """
    if leg.tag in lane.amended_at_s:
        return turn.now_s - lane.amended_at_s[leg.tag] < limit_s
    return leg.amended_at is not None and 0 <= (turn.now - leg.amended_at).total_seconds() < limit_s


def _is_exit_at_any_price(turn: Turn, other: Leg, copy: Copy) -> bool:
    return (
        other.state in RESTING
        and other.order.side is copy.side
        and turn.state.copy_of(other).instrument == copy.instrument
        and OrderType.MARKET in other.asked.order_types
    )
