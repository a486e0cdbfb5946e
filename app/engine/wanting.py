"""How many units each leg of a copy should be for now: its primary order may have changed since the plan."""

from app.domain import events as e
from app.domain.accounts import Account
from app.domain.copies import ALIVE, Copy, CopyState, Leg
from app.domain.ids import OrderId, copy_id
from app.domain.instruments import Instrument
from app.domain.orders import Order, Phase, Side
from app.domain.planning import leg_order
from app.domain.positions import units_closed_by
from app.domain.reasons import ReasonCode
from app.domain.rules import why_account_skips
from app.domain.sizing import MAX_SLICES, sized_quantity, slices, slices_of_exit
from app.engine.deciding import effective_quantity
from app.engine.exposure import units_copied_against
from app.engine.turn import Turn


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


def add_slices(turn: Turn, order_id: OrderId) -> None:
    """Plan more legs where a primary order was enlarged beyond what the planned slices may carry."""
    primary = turn.state.primary_orders[order_id].order
    if primary.phase in {Phase.CANCELLED, Phase.REJECTED}:
        return
    for account in turn.rulebook.secondaries:
        copy = turn.state.copies.get(copy_id(order_id, account.account_id))
        if copy is None or not _is_outgrown(copy, primary, account):
            continue
        if any(leg.state in ALIVE for leg in copy.current_legs):
            _add(turn, copy, primary, account)
        _tell_of_outgrown(turn, copy, primary, account)


def _by_primary(turn: Turn, copy: Copy, leg: Leg) -> int:
    if leg.generation:
        return leg.order.quantity
    quantity = effective_quantity(turn.primary_order_of(copy.copy_id))
    if quantity == copy.basis_quantity:
        return leg.share
    account = turn.rulebook.account(copy.account_id)
    instrument = turn.instruments.find(copy.instrument)
    if account is None or instrument is None:
        return leg.quantity
    total = _total(copy, account, quantity)
    if any(other.is_remainder for other in copy.legs):
        return _in_turn(copy, leg, total, instrument)
    cut = slices(total, instrument)
    return cut[leg.number] if leg.number < len(cut) else 0


def _in_turn(copy: Copy, leg: Leg, total: int, instrument: Instrument) -> int:
    """Let each leg of a divided exit take its share, and the last one all that is left then."""
    first = [other for other in copy.legs if other.generation == 0]
    left = max(total - sum(other.share for other in first if other.number < leg.number), 0)
    if any(other.number > leg.number for other in first):
        return min(leg.share, left)
    return next(iter(slices(left, instrument)), 0)


def _total(copy: Copy, account: Account, quantity: int) -> int:
    """Return the units of a whole copy; an entry that grows stops at what the account may take at once."""
    total = sized_quantity(quantity, account.multiplier, copy.lot_size)
    if copy.closing_units == 0 and account.max_quantity is not None:
        total = min(total, account.max_quantity // copy.lot_size * copy.lot_size)
    return total


def _is_outgrown(copy: Copy, primary: Order, account: Account) -> bool:
    """Tell whether a copy is to grow: not one that was withdrawn, or divides its own exit.

    Only what still trades can: one that has ended stays as it is.
    """
    return (
        copy.withdrawn is None
        and primary.quantity > copy.basis_quantity
        and not any(leg.is_remainder for leg in copy.legs)
        and why_account_skips(primary, account, is_exit=copy.closing_units > 0) is None
    )


def _add(turn: Turn, copy: Copy, primary: Order, account: Account) -> None:
    instrument = turn.instruments.find(copy.instrument)
    if instrument is None:
        return
    total = _total(copy, account, primary.quantity)
    cut = slices(total, instrument)
    wanted = sized_quantity(primary.quantity, account.multiplier, copy.lot_size)
    if copy.closing_units > 0:
        held_units = units_copied_against(turn.state, account.account_id, primary)
        cut = slices_of_exit(total, instrument, held_units=held_units)
    else:
        cut = cut[:MAX_SLICES]
    followed = sum(cut)
    if followed < wanted and turn.lanes[account.account_id].report_once(f"grown {copy.copy_id} {wanted}"):
        text = (
            f"The primary order {primary.order_id} was enlarged: its copy would be {wanted} units of "
            f"{copy.instrument}, it is {followed} ({ReasonCode.QUANTITY_ABOVE_LIMIT}: max_quantity, or "
            f"{MAX_SLICES} orders for one copy). Place the rest in Kite if you want it."
        )
        turn.alert(text, account_id=account.account_id, order_id=primary.order_id)
    numbers = range(max(leg.number for leg in copy.legs) + 1, len(cut))
    legs = tuple(
        e.LegPlanned(
            tag=turn.tag(primary, account.account_id, leg=number, generation=0),
            number=number,
            generation=0,
            order=leg_order(primary, turn.rulebook.rules, cut[number]),
        )
        for number in numbers
    )
    if legs:
        turn.record(
            e.LegsAdded(
                copy_id=copy.copy_id,
                primary_order_id=primary.order_id,
                account_id=account.account_id,
                legs=legs,
            )
        )


def _tell_of_outgrown(turn: Turn, copy: Copy, primary: Order, account: Account) -> None:
    """Tell once how many units an account lacks because an order had filled before the primary's grew.

    Of an exit, no more than the account holds still.
    A filled order cannot be enlarged, and no other is sent for it: its price was the market's of then.
    """
    instrument = turn.instruments.find(copy.instrument)
    filled = [leg for leg in copy.current_legs if leg.state is CopyState.FILLED and leg.generation == 0]
    if instrument is None or not filled:
        return
    missing = sum(max(_by_primary(turn, copy, leg) - leg.filled_quantity, 0) for leg in filled)
    if not any(leg.state in ALIVE for leg in copy.current_legs):
        last = max(leg.number for leg in copy.legs)
        missing += sum(slices(_total(copy, account, primary.quantity), instrument)[last + 1 :])
    lane = turn.lanes[account.account_id]
    if copy.closing_units > 0:
        missing = min(missing, units_closed_by(copy.side, lane.held(copy.instrument, primary.product)))
    if missing > 0 and lane.report_once(f"outgrown {copy.copy_id} {missing}"):
        verb = "closed" if copy.is_exit else ("bought" if copy.side is Side.BUY else "sold")
        text = (
            f"The primary order {primary.order_id} was enlarged to {primary.quantity} after its copy had "
            f"filled, and a filled order cannot grow: {account.name} has {verb} {missing} units of "
            f"{copy.instrument} less than its share. Nothing more was sent. Place the rest in "
            "Kite if you want it."
        )
        turn.alert(text, account_id=account.account_id, order_id=primary.order_id)
