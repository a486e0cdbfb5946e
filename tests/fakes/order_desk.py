"""The orders of one fake account and what may happen to them, without any of the ways a call may fail."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.orders import ZERO, Order, OrderType
from app.domain.session import IST
from app.ports.clock import Clock

MARKET_PRICE = Decimal(100)
_STOPS = {OrderType.SL, OrderType.SL_M}


class OrderDesk:
    """Keeps orders and stamps their changes in whole IST seconds, as Kite does."""

    def __init__(self, account_id: AccountId, clock: Clock) -> None:
        self.orders: dict[OrderId, Order] = {}
        self.prices: dict[str, Decimal] = {}
        self.version = 0
        self._account_id = account_id
        self._clock = clock

    def take(self, order: LegOrder, tag: ClientOrderId | None, *, is_refused_later: bool = False) -> Order:
        """Put a new order on the desk; a MARKET order fills at once, at `prices` or 100."""
        is_protected = order.order_type in {OrderType.MARKET, OrderType.SL_M} and order.market_protection
        shown = Order(
            order_id=self._new_id(),
            account_id=self._account_id,
            exchange=order.exchange,
            tradingsymbol=order.tradingsymbol,
            side=order.side,
            # Kite shows a protected MARKET order as a LIMIT with a tag (Kite forum 52940).
            order_type="LIMIT" if is_protected and order.order_type == OrderType.MARKET else order.order_type,
            product=order.product,
            variety="regular",
            validity=order.validity,
            validity_ttl=order.validity_ttl,
            quantity=order.quantity,
            status="TRIGGER PENDING" if order.order_type in _STOPS else "OPEN",
            price=order.price,
            trigger_price=order.trigger_price,
            tags=((tag,) if tag else ()) + (("mktp", "mktp:2.00") if is_protected else ()),
            placed_by=self._account_id,
            placed_at=self._stamp(),
            updated_at=self._stamp(),
        )
        self.put(shown)
        if is_refused_later:
            return self.reject(shown.order_id)
        return self.fill(shown.order_id) if order.order_type == OrderType.MARKET else shown

    def put(self, order: Order) -> Order:
        """Show an order as it is."""
        self.orders[order.order_id] = order
        self.version += 1
        return order

    def update(self, order_id: str, **changes: Any) -> Order:
        """Change fields of an order, stamped now."""
        order = self.orders[OrderId(order_id)]
        return self.put(replace(order, **{"updated_at": self._stamp(), **changes}))

    def fill(self, order_id: str, quantity: int | None = None, price: Decimal | None = None) -> Order:
        """Fill so many units more, or all that is left."""
        order = self.orders[OrderId(order_id)]
        left = order.quantity - order.filled_quantity
        units = left if quantity is None else quantity
        if order.is_terminal or not 0 < units <= left:
            raise ValueError(f"{units} units cannot be filled of {order!r}")
        price = price or self.prices.get(order.instrument, MARKET_PRICE)
        filled = order.filled_quantity + units
        spent = order.average_price * order.filled_quantity + price * units
        return self.update(
            order_id,
            filled_quantity=filled,
            average_price=spent / filled,
            status="COMPLETE" if filled == order.quantity else "OPEN",
        )

    def trigger(self, order_id: str) -> Order:
        """Let a stop order become a plain one; an SL-M fills at once."""
        order = self.update(order_id, status="OPEN")
        return self.fill(order_id) if order.order_type == OrderType.SL_M else order

    def reject(self, order_id: str, message: str = "RMS:Margin Exceeds") -> Order:
        """Let the broker's risk check refuse an order that it had taken."""
        return self.update(order_id, status="REJECTED", status_message=message, status_message_raw=message)

    def cancel(self, order_id: str) -> Order:
        """Cancel what is left of an order."""
        order = self.orders[OrderId(order_id)]
        left = order.quantity - order.filled_quantity
        return self.update(order_id, status="CANCELLED", cancelled_quantity=left)

    def modify(self, order_id: str, change: Modification) -> Order:
        """Set the values that the change names; a LIMIT made a MARKET fills at once."""
        named = {
            "quantity": change.quantity,
            "price": change.price,
            "trigger_price": change.trigger_price,
            "order_type": change.order_type,
        }
        order = self.update(order_id, **{name: value for name, value in named.items() if value is not None})
        if order.order_type != OrderType.MARKET:
            return order
        self.update(order_id, order_type="LIMIT", price=ZERO, tags=(*order.tags, "mktp"))
        return self.fill(order_id)

    def _new_id(self) -> OrderId:
        """19 digits as Kite has them since 2025; different accounts never share one."""
        return OrderId(f"19{crc32(self._account_id.encode()):010d}{len(self.orders) + 1:07d}")

    def _stamp(self) -> datetime:
        return self._clock.now().astimezone(IST).replace(microsecond=0)
