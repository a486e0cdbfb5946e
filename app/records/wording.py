"""The turns of phrase that sentences about orders are made of."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from app.domain.amending import Modification
from app.domain.copies import CopyState
from app.domain.events import LegPlanned
from app.domain.orders import Order, Phase
from app.domain.reasons import Reason

_SOON_S = 60.0
"""A fill that took longer rested: how long exactly says nothing about Tandem."""

_STANDS = {
    CopyState.SKIPPED: "is not copied",
    CopyState.NOT_SENT: "was not sent",
    CopyState.NEEDS_OPERATOR: "needs you",
    CopyState.FAILED: "failed",
}


def standing(order: Order, how_soon: str = "") -> str:
    """Say how an order stands at the broker."""
    done = f"{order.filled_quantity} of {order.quantity}"
    match order.phase:
        case Phase.FILLED:
            return f"filled at {price(order.average_price)}{how_soon}."
        case Phase.REJECTED:
            return f"rejected: {order.status_message or 'the broker gave no reason.'}"
        case Phase.CANCELLED:
            return f"cancelled, {done} filled."
        case Phase.OPEN if order.filled_quantity:
            return f"is open, {done} filled at {price(order.average_price)}."
        case Phase.OPEN:
            return "is open."
        case Phase.TRIGGER_PENDING:
            return f"waits for its trigger at {price(order.trigger_price)}."
        case Phase.WORKING:
            return f"is {order.status} at the broker."


def took(since: datetime | None, at: datetime) -> str:
    """Say how long after its plan something was heard, where that was soon."""
    took_s = (at - since).total_seconds() if since else -1.0
    return f" in {took_s * 1000:.0f} ms" if 0 <= took_s < _SOON_S else ""


def why(reason: Reason | None) -> str:
    """Add a reason to a sentence, or end it."""
    return f": {reason.text}" if reason is not None else "."


def stands(state: CopyState) -> str:
    """Say how a copy, or an order of one, stands."""
    return _STANDS.get(state, f"is {state.lower().replace('_', ' ')}")


def changes(change: Modification) -> str:
    """Say what a modification sets."""
    values = {
        "quantity": change.quantity,
        "price": change.price,
        "trigger price": change.trigger_price,
        "type": change.order_type,
    }
    return ", ".join(f"{name} {value}" for name, value in values.items() if value is not None)


def price(amount: Decimal) -> str:
    """Write a price with two decimals, or with all it has."""
    _, _, exponent = amount.normalize().as_tuple()
    return f"{amount:.{max(2, -exponent) if isinstance(exponent, int) else 2}f}"


def units(legs: Sequence[LegPlanned]) -> int:
    """Add up what legs are planned for."""
    return sum(leg.order.quantity for leg in legs)


def orders(count: int) -> str:
    """Write a number of orders."""
    return "1 order" if count == 1 else f"{count} orders"
