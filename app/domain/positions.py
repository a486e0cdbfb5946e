"""What an account holds intraday, read from the fills in its order list.

Exact for MIS: such a position cannot be carried over night, so a day's fills are all there is.
"""

from collections.abc import Iterable

from app.domain.orders import Order


def held(orders: Iterable[Order], instrument: str, product: str) -> int:
    """Return the net position in units, negative when short, from every order the list shows."""
    return sum(order.signed_fill for order in orders if _is_of(order, instrument, product))


def held_before(orders: Iterable[Order], order: Order) -> int:
    """Return the net position of the same account from orders older than `order`."""
    older = (other for other in orders if other.seniority < order.seniority)
    return held(older, order.instrument, order.product)


def closing_quantity(order: Order, held_quantity: int) -> int:
    """Return how many of an order's units reduce a position of `held_quantity` (signed)."""
    if order.side.sign * held_quantity >= 0:
        return 0
    return min(order.quantity, abs(held_quantity))


def _is_of(order: Order, instrument: str, product: str) -> bool:
    return order.instrument == instrument and order.product == product
