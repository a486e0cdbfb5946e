"""What orders bring about when they end: the next leg of an iceberg, the stop of a cover order."""

from app.exchange import orders as states
from app.exchange.accounts import Account
from app.exchange.desk import OrderDesk
from app.exchange.orders import OrderRecord
from app.exchange.protection import AUTOMATIC


class Followers:
    """Place the orders that follow from others; registered with the desk."""

    def __init__(self, desk: OrderDesk) -> None:
        self._desk = desk
        desk.followers.append(self.follow)

    def follow(self, account: Account, order: OrderRecord) -> None:
        """Look at an order that reached its final state and place what follows."""
        if order.variety == "iceberg" and order.status == states.COMPLETE:
            self._next_leg(account, order)
        elif order.variety == "co" and order.parent_order_id is None and order.filled:
            self._cover(account, order)

    def _next_leg(self, account: Account, done: OrderRecord) -> None:
        iceberg = done.meta["iceberg"]
        left = iceberg["remaining_quantity"]
        if not left:
            return
        order = self._sibling(done)
        order.order_type, order.market_protection = done.asked_type, done.asked_protection
        order.price = 0 if done.asked_type == "MARKET" else done.price
        order.quantity = min(iceberg["leg_quantity"], left)
        order.tag = done.tag
        order.tags = [done.tag] if done.tag else []
        order.meta = {
            "iceberg": iceberg
            | {
                "leg": iceberg["leg"] + 1,
                "remaining_quantity": left - order.quantity,
            }
        }
        self._desk.submit(account, order)

    def _cover(self, account: Account, entry: OrderRecord) -> None:
        order = self._sibling(entry)
        order.side = -entry.side
        order.order_type, order.market_protection = "SL-M", AUTOMATIC
        order.price, order.trigger_price = 0, entry.trigger_price
        order.quantity = entry.filled
        order.parent_order_id = entry.order_id
        self._desk.submit(account, order)

    def _sibling(self, order: OrderRecord) -> OrderRecord:
        return OrderRecord(
            order_id=self._desk.counters.new_order_id(),
            user_id=order.user_id,
            placed_by=order.placed_by,
            instrument=order.instrument,
            variety=order.variety,
            side=order.side,
            order_type=order.order_type,
            product=order.product,
            validity=order.validity,
            validity_ttl=order.validity_ttl,
            quantity=order.quantity,
            disclosed_quantity=order.disclosed_quantity,
            price=order.price,
            trigger_price=order.trigger_price,
            order_timestamp=self._desk.moment.stamp,
            margin_price=order.margin_price,
            asked_type=order.asked_type,
            asked_protection=order.asked_protection,
        )
