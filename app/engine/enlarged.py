"""Which primary orders are for more units than they once were, by the facts."""

from collections.abc import Iterator

from app.domain.ids import OrderId
from app.domain.orders import Order
from app.domain.reasons import Reason


class Enlarged:
    """Follows the quantities of primary orders since their copies were decided."""

    def __init__(self) -> None:
        self._least: dict[OrderId, int] = {}
        self._late: dict[OrderId, Reason | None] = {}

    def __iter__(self) -> Iterator[OrderId]:
        """Go through the orders that are enlarged now, those that were enlarged first before the others."""
        return iter(self._late)

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._late

    def why_late(self, order_id: OrderId) -> Reason | None:
        """Return why the newest growth of an order came too late to open anything by itself."""
        return self._late.get(order_id)

    def note(self, order: Order, before: Order | None, late: Reason | None) -> bool:
        """Take in what an order is now, and was `before` if it was decided; tell whether it has grown.

        `late` is what was said of this sight of it.
        """
        order_id, quantity = order.order_id, order.quantity
        has_grown = before is not None and quantity > before.quantity
        least = quantity if before is None else min(self._least[order_id], quantity)
        self._least[order_id] = least
        if quantity == least:
            self._late.pop(order_id, None)
        elif has_grown:
            self._late[order_id] = late
        return has_grown
