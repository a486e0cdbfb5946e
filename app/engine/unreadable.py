"""What a list says that makes no sense: told in measure, taken for nothing, and never for an absence."""

from app.domain import events as e
from app.domain.copies import ALIVE, AT_BROKER, RESTING, Copy, Leg
from app.domain.ids import OrderId
from app.domain.orders import Order
from app.domain.reasons import Reason, ReasonCode
from app.engine.lane import Lane
from app.engine.turn import Turn
from app.ports.broker import UnreadableRow

_ENDED = AT_BROKER - RESTING
MOST_TOLD = 20
"""So many rows of one account are told one by one, then only that there are more."""


def tell_of_unreadable(turn: Turn, lane: Lane, meaning: str = "") -> None:
    """Tell once of each row that could not be read, and which copies wait for it to be readable."""
    for row in lane.unreadable:
        if lane.report_once(row.text):
            _tell(turn, lane, f"{row.text}{meaning}", row.order_id)
    for tag, row in lane.hidden.items():
        leg = turn.state.leg(tag)
        if leg is not None and leg.state in ALIVE and lane.report_once(f"hidden {tag}"):
            text = (
                f"{_name(row)} is a copy of {turn.state.copy_of(leg).primary_order_id} and cannot be read. "
                "Until it can, that copy is neither changed, cancelled nor sent again: look at it in Kite."
            )
            turn.alert(text, account_id=lane.account_id, order_id=row.order_id)
    _note_hidden(turn, lane)


def _note_hidden(turn: Turn, lane: Lane) -> None:
    """Let a resting leg say while its row cannot be read that what is shown of it may be old."""
    for leg in turn.state.alive_legs(lane.account_id):
        is_noted = leg.reason is not None and leg.reason.code is ReasonCode.ORDER_LIST_UNREADABLE
        if leg.state not in RESTING or is_noted is _is_hidden(lane, leg):
            continue
        text = (
            "Its row in the order list cannot be read, so what is shown here may be old. Look at it in Kite: "
            "Tandem neither changes nor cancels it until the row can be read."
        )
        reason = None if is_noted else Reason(ReasonCode.ORDER_LIST_UNREADABLE, text)
        turn.record(e.LegMoved(tag=leg.tag, state=leg.state, reason=reason))


def _is_hidden(lane: Lane, leg: Leg) -> bool:
    """Tell whether the newest list has a leg's order, but not so that it can be read."""
    return leg.order_id not in lane.listed and any(
        row.order_id == leg.order_id or leg.tag in row.our_tags for row in lane.unreadable
    )


def tell_of_foreign(turn: Turn, lane: Lane, leg: Leg, order: Order) -> None:
    """Tell once of an order that has a copy's number or tag and is another order; it proves no absence."""
    text = (
        f"Order {order.order_id} is named as a copy of {turn.state.copy_of(leg).primary_order_id}, but is an "
        "order for something else. It was left alone, and that copy too; look at both in Kite."
    )
    if leg.tag in order.our_tags and leg.tag not in lane.hidden:
        row = UnreadableRow(text=text, order_id=order.order_id, our_tags=(leg.tag,))
        lane.hide(leg.tag, row)
    if lane.report_once(f"foreign {leg.tag}"):
        turn.alert(text, account_id=lane.account_id, order_id=order.order_id)


def tell_of_status(turn: Turn, lane: Lane, order: Order) -> None:
    """Tell once of each status word that Kite never documented."""
    if not order.has_known_status and lane.report_once(f"status {order.status}"):
        text = (
            f"Order {order.order_id} is shown as {order.status!r}, which is no status that Kite documents. "
            "Orders shown so count as neither filled nor ended and are not copied; look at them in Kite."
        )
        _tell(turn, lane, text, order.order_id)


def why_hidden(lane: Lane, copy: Copy, leg: Leg) -> str | None:
    """Return why a leg must not be sent: an attempt of it is at the broker, though it cannot be read."""
    attempts = (other for other in copy.legs if other.number == leg.number)
    row = next((lane.hidden[other.tag] for other in attempts if other.tag in lane.hidden), None)
    if row is None:
        return None
    return (
        f"{_name(row)} at the broker carries the tag of this copy, though it cannot be read. Look at it in "
        "Kite: sent again, the copy could trade twice."
    )


def hidden_units(turn: Turn, lane: Lane, copy: Copy) -> int:
    """Count what other exits of ours may have closed already, though the newest list cannot show it."""
    if not lane.hidden and not lane.unreadable:
        return 0
    seconds = sum(leg.order.quantity for leg in _seconds(turn, lane) if _is_exit_like(turn, leg, copy))
    known = (turn.state.leg(tag) for tag in lane.hidden)
    shown_before = (leg for leg in turn.state.alive_legs(lane.account_id) if lane.hides(leg.order_id))
    legs = {leg.tag: leg for leg in (*known, *shown_before) if leg is not None}
    return seconds + sum(
        leg.order.quantity - leg.filled_quantity
        for leg in legs.values()
        if leg.state not in _ENDED and _is_exit_like(turn, leg, copy)
    )


def _is_exit_like(turn: Turn, leg: Leg, copy: Copy) -> bool:
    """Tell whether a leg of another copy trades the same instrument the same way."""
    is_other = leg.copy_id != copy.copy_id and leg.order.side is copy.side
    return is_other and turn.state.copy_of(leg).instrument == copy.instrument


def _seconds(turn: Turn, lane: Lane) -> list[Leg]:
    """Return the legs whose order can be read while another row, which cannot, carries their tag.

    The broker made two orders of one request, and only one of them counts in what the account holds.
    """
    legs = [(row, turn.state.leg(tag)) for row in lane.unreadable for tag in row.our_tags]
    return [
        leg
        for row, leg in legs
        if leg is not None and leg.order_id in lane.listed and row.order_id != leg.order_id
    ]


def _name(row: UnreadableRow) -> str:
    return f"Order {row.order_id}" if row.order_id else "An order"


def _tell(turn: Turn, lane: Lane, text: str, order_id: OrderId | None) -> None:
    lane.rows_told += 1
    if lane.rows_told <= MOST_TOLD:
        turn.alert(text, account_id=lane.account_id, order_id=order_id)
    elif lane.report_once("more unreadable"):
        text = "More rows of its order list make no sense; they are not told one by one. Look at it in Kite."
        turn.alert(text, account_id=lane.account_id)
