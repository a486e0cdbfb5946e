"""After a lost journal: orders of ours that it does not know are recognised by their recomputed tags."""

from itertools import count, product

from app.domain import events as e
from app.domain.copies import LegOrder
from app.domain.ids import copy_id
from app.domain.orders import Order
from app.domain.sizing import MAX_SLICES
from app.engine.deciding import closing_of
from app.engine.lane import Lane
from app.engine.turn import Turn

GENERATIONS = 3


def recognise(turn: Turn, lane: Lane) -> None:
    """Give orders under tags that the journal does not know back to the copies they are of.

    A tag is derived from what it stands for (order protocol, rule 2), so the tags that today's primary
    orders would have are computed and compared, once for each new set of them.
    """
    compared = (len(turn.state.primary_orders), len(lane.strangers))
    if compared == lane.compared:
        return
    lane.compared = compared
    for known in list(turn.state.primary_orders.values()):
        copy = turn.state.copies.get(copy_id(known.order.order_id, lane.account_id))
        if copy is None or not copy.legs:  # held, or settled meanwhile without a look at what exists
            _recognise_copy(turn, lane, known.order)


def _recognise_copy(turn: Turn, lane: Lane, primary: Order) -> None:
    legs: list[e.LegPlanned] = []
    for first in count(step=MAX_SLICES):
        found = _legs_from(turn, lane, primary, first)
        legs += found
        if not found:
            break
    if not legs:
        return
    instrument = turn.instruments.find(primary.instrument)
    units = sum(leg.order.quantity for leg in legs)
    is_exit = closing_of(turn, primary).units > 0
    turn.record(
        e.CopyPlanned(
            copy_id=copy_id(primary.order_id, lane.account_id),
            primary_order_id=primary.order_id,
            account_id=lane.account_id,
            instrument=primary.instrument,
            side=primary.side,
            legs=tuple(legs),
            closing_units=units if is_exit else 0,
            opening_units=0 if is_exit else units,
            lot_size=instrument.lot_size if instrument else 1,
            basis_quantity=primary.quantity,
            requested_by="found at the broker",
        )
    )


def _legs_from(turn: Turn, lane: Lane, primary: Order, first: int) -> list[e.LegPlanned]:
    """Return the legs of ten numbers that are in the list; an exit may have more than ten (rule 14)."""
    places = product(range(GENERATIONS), range(first, first + MAX_SLICES))
    tags = {
        turn.tag(primary, lane.account_id, leg=number, generation=generation): (number, generation)
        for generation, number in places
    }
    return [
        e.LegPlanned(tag=tag, number=number, generation=generation, order=_as_sent(lane.strangers[tag].order))
        for tag, (number, generation) in tags.items()
        if tag in lane.strangers
    ]


def _as_sent(order: Order) -> LegOrder:
    return LegOrder(
        exchange=order.exchange,
        tradingsymbol=order.tradingsymbol,
        side=order.side,
        order_type=order.intended_type,
        product=order.product,
        validity=order.validity,
        validity_ttl=order.validity_ttl,
        quantity=order.quantity,
        price=order.price,
        trigger_price=order.trigger_price,
        market_protection=order.market_protection,
    )
