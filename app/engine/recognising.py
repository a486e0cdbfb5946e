"""After a lost journal: orders of ours that it does not know are recognised by their recomputed tags."""

from dataclasses import replace
from itertools import count, product

from app.domain import events as e
from app.domain.copies import LegOrder
from app.domain.ids import copy_id
from app.domain.orders import Order, Side
from app.domain.sizing import MAX_SLICES
from app.domain.squaring import SquareOff, closing_order, origin_of
from app.engine.deciding import closing_of
from app.engine.lane import Lane
from app.engine.turn import Turn

GENERATIONS = 3
SQUARE_OFFS = 20
"""So many of one position's square-offs of a day are known again."""
FOUND = "found at the broker"


def recognise(turn: Turn, lane: Lane) -> None:
    """Give orders under tags that the journal does not know back to the copies they are of.

    A tag is derived from what it stands for (order protocol, rule 2), so the tags that copies of today's
    primary orders would have, and square-offs of the positions that the unknown orders are in, are computed
    and compared, once for each new set of them.
    """
    compared = (len(turn.state.primary_orders), len(lane.strangers))
    if compared == lane.compared:
        return
    lane.compared = compared
    for known in list(turn.state.primary_orders.values()):
        copy = turn.state.copies.get(copy_id(known.order.order_id, lane.account_id))
        if copy is None or not copy.legs:  # held, or settled meanwhile without a look at what exists
            _recognise_copy(turn, lane, known.order)
    for instrument in dict.fromkeys(stranger.order.instrument for stranger in lane.strangers.values()):
        for number in range(SQUARE_OFFS):
            _recognise_square_off(turn, lane, instrument, number)


def _recognise_copy(turn: Turn, lane: Lane, primary: Order) -> None:
    legs = _legs_of(turn, lane, primary)
    if legs:
        _plan(turn, lane, primary, legs, is_exit=closing_of(turn, primary).units > 0)


def _recognise_square_off(turn: Turn, lane: Lane, instrument: str, number: int) -> None:
    origin = origin_of(turn.day, lane.account_id, instrument, number)
    if origin in turn.state.primary_orders:
        return
    square_off = SquareOff(
        origin=origin,
        account_id=lane.account_id,
        instrument=instrument,
        requested_by=FOUND,
        asked_at=turn.now,
    )
    guess = closing_order(square_off, side=Side.SELL, quantity=0, placed_at=turn.broker_now)
    legs = _legs_of(turn, lane, guess)
    if not legs:
        return
    found = [lane.strangers[leg.tag].order for leg in legs]
    placed_at = min((order.placed_at for order in found if order.placed_at), default=turn.broker_now)
    units = sum(leg.order.quantity for leg in legs)
    order = replace(guess, side=legs[0].order.side, quantity=units, placed_at=placed_at, updated_at=placed_at)
    turn.record(e.SquareOffDecided(origin=origin, account_id=lane.account_id, order=order))
    _plan(turn, lane, order, legs, is_exit=True)
    ids = ", ".join(one.order_id for one in found)
    text = (
        f"Tandem squared off {instrument} by {ids} before its journal was lost. It knows that again, but not "
        "what else was asked for: look at what this account still holds."
    )
    turn.alert(text, account_id=lane.account_id, order_id=found[0].order_id)


def _plan(turn: Turn, lane: Lane, order: Order, legs: list[e.LegPlanned], *, is_exit: bool) -> None:
    instrument = turn.instruments.find(order.instrument)
    units = sum(leg.order.quantity for leg in legs)
    turn.record(
        e.CopyPlanned(
            copy_id=copy_id(order.order_id, lane.account_id),
            primary_order_id=order.order_id,
            account_id=lane.account_id,
            instrument=order.instrument,
            side=order.side,
            legs=tuple(legs),
            closing_units=units if is_exit else 0,
            opening_units=0 if is_exit else units,
            lot_size=instrument.lot_size if instrument else 1,
            basis_quantity=order.quantity,
            requested_by=FOUND,
        )
    )


def _legs_of(turn: Turn, lane: Lane, order: Order) -> list[e.LegPlanned]:
    """Return the legs of a copy that are in the list; an exit may have more than ten (rule 14)."""
    legs: list[e.LegPlanned] = []
    for first in count(step=MAX_SLICES):
        found = _legs_from(turn, lane, order, first)
        legs += found
        if not found:
            break
    return legs


def _legs_from(turn: Turn, lane: Lane, primary: Order, first: int) -> list[e.LegPlanned]:
    """Return the legs of ten numbers that are in the list."""
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
