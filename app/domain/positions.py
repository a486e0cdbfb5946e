"""What an account holds intraday, read from the fills in its order list.

Exact for MIS: such a position cannot be carried over night, so a day's fills are all there is.
"""

from bisect import bisect_left
from collections.abc import Iterable

from app.domain.ids import OrderId
from app.domain.orders import Order, Side


def held(orders: Iterable[Order], instrument: str, product: str) -> int:
    """Return the net position in units, negative when short, from every order the list shows."""
    return sum(order.signed_fill for order in orders if _is_of(order, instrument, product))


class Fills:
    """The fills of one account in one instrument and product, by the seniority of their orders.

    Kept sorted: a day may have thousands of orders in one instrument, and each asks what was held before.
    """

    def __init__(self) -> None:
        self._seniorities: list[tuple[float, int, str]] = []
        self._fills: list[int] = []
        self._noted: dict[OrderId, tuple[float, int, str]] = {}
        self.net = 0
        """What all of them together hold."""

    def note(self, order: Order) -> None:
        """Take over what is known of an order now."""
        old = self._noted.get(order.order_id)
        if old is not None:
            place = bisect_left(self._seniorities, old)
            self.net -= self._fills.pop(place)
            del self._seniorities[place]
        seniority = self._noted[order.order_id] = order.seniority
        place = bisect_left(self._seniorities, seniority)
        self._seniorities.insert(place, seniority)
        self._fills.insert(place, order.signed_fill)
        self.net += order.signed_fill

    def held_before(self, order: Order) -> int:
        """Return the net position in units that the orders older than `order` made."""
        return sum(self._fills[: bisect_left(self._seniorities, order.seniority)])


def closing_quantity(order: Order, held_quantity: int) -> int:
    """Return how many of an order's units reduce a position of `held_quantity` (signed)."""
    return min(order.quantity, units_closed_by(order.side, held_quantity))


def units_closed_by(side: Side, held_quantity: int) -> int:
    """Return how many units of a signed position an order of that side can close."""
    return max(-side.sign * held_quantity, 0)


def _is_of(order: Order, instrument: str, product: str) -> bool:
    return order.instrument == instrument and order.product == product
