"""What an account holds by our copies, and what they may still come to hold or to close."""

from app.domain.copies import ALIVE, RESTING, Copy, CopyState, Leg
from app.domain.ids import AccountId
from app.domain.orders import Order, Phase, Side
from app.domain.positions import units_closed_by
from app.domain.squaring import is_square_off
from app.engine.lane import Lane
from app.engine.state import EngineState
from app.engine.turn import Turn
from app.engine.unreadable import hidden_units

_MAY_FILL = RESTING | {CopyState.SENDING}
_ON_ITS_WAY = _MAY_FILL | {CopyState.IN_DOUBT}


def units_copied_against(state: EngineState, account_id: AccountId, order: Order) -> int:
    """Return how many units of our copies in an account an order of the primary would close.

    What the copies of older orders will hold once they have caught up with what the primary has traded: an
    entry that still rests counts as far as the primary's is filled, and so does another exit.
    """
    net = 0
    for copy in state.copies_in(account_id, order.instrument):
        primary = state.primary_orders[copy.primary_order_id].order
        if primary.product == order.product and primary.seniority < order.seniority:
            net += copy.side.sign * _caught_up(copy, primary)
    return units_closed_by(order.side, net)


def free_units(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> int:
    """Return how many of the units an account holds a leg of an exit may close.

    Neither those that a square-off or other legs of its copy are about to close, nor those that hidden exits
    may have closed, nor those that copies of younger primary orders opened: an exit that had to wait would
    otherwise close what the primary has entered since. Reckoned anew only when a copy or what the broker
    shows has changed.
    """
    as_of = (turn.state.edition, lane.edition)
    known = lane.free.get(leg.tag)
    if known is None or known[0] != as_of:
        known = lane.free[leg.tag] = (as_of, _free_units(turn, lane, copy, leg))
    return known[1]


def _free_units(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> int:
    mine = turn.primary_order_of(copy.copy_id)
    held_units = units_closed_by(copy.side, lane.held(copy.instrument, mine.product))
    on_its_way = sum(
        other.quantity - other.filled_quantity
        for other in copy.current_legs
        if other.tag != leg.tag and other.state in _ON_ITS_WAY
    )
    younger, seniority = 0, mine.seniority
    for other in turn.state.copies_in(copy.account_id, copy.instrument):
        primary = turn.primary_order_of(other.copy_id)
        if other.copy_id != copy.copy_id and is_square_off(primary) and primary.product == mine.product:
            on_its_way += _still_to_close(other, copy.side)
        filled = other.filled_quantity
        if not filled:
            continue
        if primary.product == mine.product and primary.seniority > seniority:
            younger += other.side.sign * filled
    hidden = hidden_units(turn, lane, copy)
    return max(held_units - on_its_way - hidden - units_closed_by(copy.side, younger), 0)


def _still_to_close(square_off: Copy, side: Side) -> int:
    rests = (leg.quantity - leg.filled_quantity for leg in square_off.legs if leg.state in ALIVE)
    return sum(rests) if square_off.side is side else 0


def entry_at_rest(turn: Turn, copy: Copy) -> Leg | None:
    """Return the older order of the other side that an exit waits for: filled at the primary, resting here.

    Mostly its entry. But an older exit counts as well: where the primary turned its position round, what
    there is to close shows only once the exit from the old position has filled.
    """
    mine = turn.primary_order_of(copy.copy_id)
    for leg in turn.state.alive_legs(copy.account_id):
        other = turn.state.copy_of(leg)
        if leg.state not in _MAY_FILL or leg.filled_quantity >= leg.quantity:
            continue
        if other.instrument != copy.instrument or other.side is copy.side:
            continue
        primary = turn.primary_order_of(other.copy_id)
        is_filled = primary.filled_quantity and primary.product == mine.product
        if is_filled and primary.seniority < mine.seniority:
            return leg
    return None


def could_close(turn: Turn, lane: Lane, copy: Copy) -> int:
    """Return how many units a resting copy could close by filling, whatever it was planned as.

    Of what the account holds, and of what other copies may still trade whose primary orders filled before;
    not of a parked exit, which only waits for this one. Reckoned anew as `free_units` is.
    """
    as_of = (turn.state.edition, lane.edition)
    known = lane.closable.get(copy.copy_id)
    if known is None or known[0] != as_of:
        known = lane.closable[copy.copy_id] = (as_of, _could_close(turn, lane, copy))
    return known[1]


def _could_close(turn: Turn, lane: Lane, copy: Copy) -> int:
    mine = turn.primary_order_of(copy.copy_id)
    net, moment = lane.held(copy.instrument, mine.product), _moment(mine)
    for leg in turn.state.alive_legs(copy.account_id):
        other = turn.state.copy_of(leg)
        if other.instrument != copy.instrument or other.side is copy.side or leg.is_parked:
            continue
        primary = turn.primary_order_of(other.copy_id)
        if primary.product == mine.product and primary.filled_quantity and _moment(primary) < moment:
            net += other.side.sign * (leg.quantity - leg.filled_quantity)
    return units_closed_by(copy.side, net)


def _caught_up(copy: Copy, primary: Order) -> int:
    """Return the units a copy will have filled when it is as far as its primary order is now."""
    rest = sum(leg.quantity - leg.filled_quantity for leg in copy.legs if leg.state in ALIVE)
    total = copy.filled_quantity + rest
    if primary.phase is not Phase.FILLED:
        total = total * primary.filled_quantity // primary.quantity // copy.lot_size * copy.lot_size
    return max(copy.filled_quantity, total)


def _moment(order: Order) -> tuple[float, tuple[float, int, str]]:
    """Return when an order changed last, which for a filled one is its fill; seniority breaks ties."""
    return (order.updated_at.timestamp() if order.updated_at else 0.0, order.seniority)
