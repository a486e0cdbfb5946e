"""What an account holds intraday, read from the fills in its order list.

Exact for MIS: such a position cannot be carried over night, so a day's fills are all there is.
"""

from collections.abc import Iterable

from app.domain.orders import Order, Side


def held(orders: Iterable[Order], instrument: str, product: str) -> int:
    """Return the net position in units, negative when short, from every order the list shows."""
    return sum(order.signed_fill for order in orders if _is_of(order, instrument, product))


def held_before(orders: Iterable[Order], order: Order) -> int:
    """Return the net position of the same account from orders older than `order`."""
    older = (other for other in orders if other.seniority < order.seniority)
    return held(older, order.instrument, order.product)


def closing_quantity(order: Order, held_quantity: int) -> int:
    """Return how many of an order's units reduce a position of `held_quantity` (signed)."""
    return min(order.quantity, units_closed_by(order.side, held_quantity))


def units_closed_by(side: Side, held_quantity: int) -> int:
    """Return how many units of a signed position an order of that side can close."""
    return max(-side.sign * held_quantity, 0)


def _is_of(order: Order, instrument: str, product: str) -> bool:
    return order.instrument == instrument and order.product == product
