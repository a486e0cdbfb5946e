"""What a broker's report of an order makes of the leg that it belongs to."""

from app.domain.copies import CopyState, Leg, state_of
from app.domain.hands import terms_of
from app.domain.orders import Order, Phase
from app.domain.reasons import Reason, ReasonCode


def matched_fields(leg: Leg, order: Order) -> dict[str, object]:
    """Return what a broker's report of a leg's order makes of it.

    While the broker works on a change of a resting order, the leg stays what it was.
    """
    state = state_of(order)
    if order.phase is Phase.WORKING and leg.state in {CopyState.OPEN, CopyState.TRIGGER_PENDING}:
        state = leg.state if not order.filled_quantity else state
    reason = leg.reason if state is leg.state else None
    if not order.has_known_status:
        text = f"The broker shows it as {order.status!r}, which is no status that Kite documents."
        reason = Reason(ReasonCode.STATUS_UNKNOWN, text, order.status)
    elif reason is not None and reason.code is ReasonCode.STATUS_UNKNOWN:
        reason = None
    if order.phase is Phase.REJECTED:
        text = order.status_message or "The broker rejected the order without giving a reason."
        reason = Reason(ReasonCode.BROKER_REJECTED, text, order.status_message_raw)
    return {
        "state": state,
        "order_id": order.order_id,
        "shown_quantity": order.quantity,
        "filled_quantity": order.filled_quantity,
        "average_price": order.average_price,
        "reason": reason,
    }


def first_sight_fields(leg: Leg, order: Order) -> dict[str, object]:
    """Return what the first sight of an order tells that Tandem placed before its journal was lost.

    Nobody knows any more what was asked for then, nor by whom it was cancelled: what shows is taken as ours.
    """
    if leg.attempts or leg.order_id is not None:
        return {}
    return {
        "asked": leg.asked.plus(leg.order).plus(terms_of(order)),
        "is_cancel_asked": order.phase is Phase.CANCELLED,
    }
