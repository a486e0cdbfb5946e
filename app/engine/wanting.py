"""How many units each leg of a copy should be for now: its primary order may have changed since the plan."""

from dataclasses import dataclass

from app.domain.accounts import Account
from app.domain.copies import ALIVE, CAME_TO_NOTHING, Copy, CopyState, Leg
from app.domain.ids import ClientOrderId
from app.domain.instruments import Instrument
from app.domain.reasons import ReasonCode
from app.domain.sizing import sized_quantity, slices, slices_of_exit
from app.engine.deciding import closing_of, effective_quantity
from app.engine.exposure import units_copied_against
from app.engine.turn import Turn


@dataclass(frozen=True, slots=True)
class Allotment:
    """What each current leg of a copy is for, and what of the whole none of them can carry."""

    units: dict[ClientOrderId, int]
    missing: int


def wanted_quantity(turn: Turn, copy: Copy, leg: Leg) -> int:
    """Return how many units a leg should have, now that the primary order may be for another quantity.

    A retry keeps its own quantity: what is left of the leg it replaces. Of a withdrawn copy only what was
    left of it is wanted, in the order of its slices.
    """
    wanted = _by_primary(turn, copy, leg)
    if copy.most_units is None:
        return wanted
    older = (other for other in copy.current_legs if other.number < leg.number)
    taken = sum(_by_primary(turn, copy, other) for other in older)
    return min(wanted, max(copy.most_units - taken, 0))


def allotment(turn: Turn, copy: Copy, account: Account, instrument: Instrument) -> Allotment:
    """Divide the units that a copy is for now among its legs, in the order of their numbers.

    First comes what cannot change any more: fills of legs that have ended, and retries. A leg that was ended
    by others, or came to nothing, keeps what it was for: that is not sent again by itself.
    """
    legs = copy.current_legs
    units = {leg.tag: fixed for leg in legs if (fixed := _fixed_units(turn, copy, leg)) is not None}
    left = max(units_wanted(turn, copy, account, instrument) - sum(units.values()), 0)
    is_divided = any(leg.is_remainder for leg in copy.legs)
    last = max((leg.number for leg in legs if leg.state in ALIVE and leg.tag not in units), default=-1)
    for leg in legs:
        if leg.tag in units:
            continue
        if leg.state not in ALIVE and not _is_left_by_hand(turn, leg):
            most = leg.quantity
        elif is_divided and leg.number != last:
            most = max(leg.share, leg.order.quantity)  # divided while it was enlarged, its share tells less
        else:
            most = left
        units[leg.tag] = next(iter(slices(min(most, left), instrument)), 0)
        left -= units[leg.tag]
    return Allotment(units, left)


def units_wanted(turn: Turn, copy: Copy, account: Account, instrument: Instrument) -> int:
    """Return the units of a whole copy for what its primary order is for now.

    An entry that grows stops at what the account may take at once. An exit that grows is for no less than
    it was planned for and, where it takes the primary flat by now, for all that is copied (docs/adr/0010).
    """
    primary = turn.primary_order_of(copy.copy_id)
    quantity, planned = effective_quantity(primary), copy.closing_units + copy.opening_units
    if quantity == copy.basis_quantity:
        return planned
    total = sized_quantity(quantity, account.multiplier, copy.lot_size)
    if copy.closing_units == 0 and account.max_quantity is not None:
        return min(total, account.max_quantity // copy.lot_size * copy.lot_size)
    if copy.closing_units == 0 or quantity < copy.basis_quantity:
        return total
    held_units = units_copied_against(turn.state, account.account_id, primary)
    total = max(total, planned, held_units if closing_of(turn, primary).is_all else 0)
    return sum(slices_of_exit(total, instrument, held_units=held_units))


def _by_primary(turn: Turn, copy: Copy, leg: Leg) -> int:
    if leg.generation:
        return leg.order.quantity
    is_as_planned = effective_quantity(turn.primary_order_of(copy.copy_id)) == copy.basis_quantity
    has_grown = any(other.is_added and not other.is_remainder for other in copy.legs)
    if is_as_planned and leg.share > 0 and not has_grown:
        return leg.share
    account = turn.rulebook.account(copy.account_id)
    instrument = turn.instruments.find(copy.instrument)
    if account is None or instrument is None:
        return leg.quantity
    return allotment(turn, copy, account, instrument).units.get(leg.tag, 0)


def _fixed_units(turn: Turn, copy: Copy, leg: Leg) -> int | None:
    """Return what a leg stands for, whatever its primary order does; None where it may still follow that.

    What we ended ourselves, as the primary order had been reduced, stands for no more than it filled.
    """
    if leg.generation and (leg.state in ALIVE or leg.state in CAME_TO_NOTHING):
        return leg.order.quantity + _filled_before(copy, leg)
    is_reduced = leg.reason is not None and leg.reason.code is ReasonCode.QUANTITY_SUB_LOT
    if leg.state is CopyState.NOT_SENT and is_reduced:
        return 0
    is_whole = leg.state is CopyState.FILLED and not _is_left_by_hand(turn, leg)
    return leg.filled_quantity + _filled_before(copy, leg) if is_whole or is_cut_by_us(leg) else None


def is_cut_by_us(leg: Leg) -> bool:
    """Tell whether we cancelled a leg; after a lost journal nobody knows who did."""
    return leg.state is CopyState.CANCELLED and leg.is_cancel_asked and leg.attempts > 0


def _is_left_by_hand(turn: Turn, leg: Leg) -> bool:
    """Tell whether a person changed a leg before it filled, and the primary order has not changed since."""
    is_filled = leg.state is CopyState.FILLED
    return is_filled and leg.by_hand is not None and leg.by_hand.holds(turn.primary_order_of(leg.copy_id))


def _filled_before(copy: Copy, leg: Leg) -> int:
    """Return what other generations of a leg have filled."""
    return sum(
        other.filled_quantity for other in copy.legs if other.number == leg.number and other.tag != leg.tag
    )
