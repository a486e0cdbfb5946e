"""The life of an order: from request received through the book to its end, with every state on record."""

from collections.abc import Callable
from datetime import timedelta
from heapq import heappop, heappush
from typing import Any

from app.exchange import orders as states
from app.exchange import risk
from app.exchange.accounts import Account, Accounts
from app.exchange.floor import Floor
from app.exchange.instruments import Instrument
from app.exchange.matching import Fill
from app.exchange.moment import Moment
from app.exchange.numbering import Counters
from app.exchange.orders import OrderRecord
from app.exchange.postings import post_fills
from app.exchange.protection import protect
from app.exchange.refusals import late_refusal
from app.exchange.state_log import StateLog

Row = dict[str, Any]
_Due = tuple[Any, int, Callable[[OrderRecord], None], OrderRecord]


class OrderDesk:
    """Carry orders through their states; whoever enters them has checked them before.

    What takes time (validation, a modification, a cancellation) is put on the agenda and happens when ``run``
    reaches its moment. ``followers`` see every order that reached a final state: legs and cover orders.
    """

    def __init__(
        self, moment: Moment, floor: Floor, accounts: Accounts, counters: Counters, log: StateLog
    ) -> None:
        self.moment = moment
        self.floor = floor
        self.accounts = accounts
        self.counters = counters
        self.latency = timedelta(milliseconds=2)
        self.listeners: list[Callable[[Account, Row], None]] = []
        self.followers: list[Callable[[Account, OrderRecord], None]] = []
        self._log = log
        self._agenda: list[_Due] = []

    # What clients ask for

    def submit(self, account: Account, order: OrderRecord) -> None:
        """Take an order in: it is on the list at once and reaches the exchange after the latency."""
        account.orders[order.order_id] = order
        order.note(states.RECEIVED, self.moment.stamp)
        self._log.order(order)
        self._due(self._arrive, order)

    def queue(self, account: Account, order: OrderRecord) -> None:
        """Keep an after-market order until its market opens."""
        account.orders[order.order_id] = order
        order.note(states.AMO_RECEIVED, self.moment.stamp)
        self._log.order(order)

    def release(self, order: OrderRecord) -> None:
        """Send a kept after-market order on its way."""
        if order.status == states.AMO_RECEIVED:
            self._due(self._arrive, order)

    def ask_to_modify(self, order: OrderRecord, change: dict[str, Any]) -> None:
        """Take a modification in; an order that waits for the opening changes at once."""
        order.modifications += 1
        order.order_timestamp = self.moment.stamp
        order.pending_change = change
        if order.status == states.AMO_RECEIVED:
            self._apply(order)
            self._tell(order, states.AMO_RECEIVED)
            return
        order.note(states.MODIFY_VALIDATING, self.moment.stamp)
        self._log.order(order)
        self._due(self._modify, order)

    def ask_to_cancel(self, order: OrderRecord) -> None:
        """Take a cancellation in; an order that waits for the opening is gone at once."""
        order.order_timestamp = self.moment.stamp
        if order.status == states.AMO_RECEIVED:
            self.cancel_now(order)
            return
        order.note(states.CANCEL_PENDING, self.moment.stamp)
        self._log.order(order)
        self._due(self.cancel_now, order)

    # What happens by itself

    def run(self) -> None:
        """Do what is due up to the moment set by the caller; ``next_due`` tells him which moments to set."""
        while self._agenda and self._agenda[0][0] <= self.moment.now:
            _, _, action, order = heappop(self._agenda)
            action(order)

    @property
    def next_due(self) -> Any:
        """Return when the next thing is due; None when nothing is."""
        return self._agenda[0][0] if self._agenda else None

    def resume(self, order: OrderRecord) -> None:
        """Put a restored order back where it was: on the agenda, in its book, or nowhere.

        The minutes of a TTL order count anew from here.
        """
        if order.is_final or order.status == states.AMO_RECEIVED:
            return
        if order.exchange_order_id is None:
            self._due(self._arrive, order)
            return
        self._place_in_book(order)
        if order.validity == "TTL" and not order.is_stop:
            self._due(self.cancel_now, order, timedelta(minutes=order.validity_ttl))
        if order.status == states.CANCEL_PENDING:
            self._due(self.cancel_now, order)
        elif order.pending_change is not None:
            self._due(self._modify, order)

    def cancel_now(self, order: OrderRecord) -> None:
        """End an order as cancelled, whatever it waits for; a final one stays as it is."""
        if order.is_final:
            return
        self.floor.book(order.instrument).withdraw(order)
        order.cancelled = order.remaining
        self._end(order, states.CANCELLED)

    def reject_now(self, order: OrderRecord, message: str, raw: str | None = None) -> None:
        """End an order as rejected, with what the client reads and what the risk system said."""
        order.status_message, order.status_message_raw = message, raw or message
        self._end(order, states.REJECTED)

    def sweep(self, instrument: Instrument) -> None:
        """Let the price at this moment meet the orders that wait: fills first, then triggers."""
        if not self.floor.is_trading(instrument):
            return
        book = self.floor.book(instrument)
        self.settle(book.sweep())
        for order in book.take_triggered(self.floor.last(instrument)):
            self._trigger(order)

    def settle(self, fills: list[Fill]) -> None:
        """Post fills to orders, trades and positions, then tell of each order once."""
        if not fills:
            return
        for order in post_fills(fills, self.accounts, self.counters, self.moment.stamp, self._log):
            if order.remaining == 0:
                self._end(order, states.COMPLETE)
            else:
                still = order.status if order.status not in states.CHANGEABLE else states.OPEN
                self._tell(order, still)

    # Steps

    def _arrive(self, order: OrderRecord) -> None:
        if order.status not in (states.RECEIVED, states.AMO_RECEIVED):
            return
        order.note(states.VALIDATING, self.moment.stamp)
        account = self.accounts.get(order.user_id)
        refusal = late_refusal(account, order)
        if refusal is not None:
            self.reject_now(order, *refusal)
            return
        risk.reserve(account, order, order.quantity - order.reserved)
        order.note(states.OPENING, self.moment.stamp)
        order.exchange_order_id = self.counters.exchange_order_id()
        self._enter(order)

    def _enter(self, order: OrderRecord) -> None:
        """Bring an accepted order to the market: to wait for its trigger, to match, to rest."""
        order.exchange_timestamp = self.moment.stamp
        if order.priority == 0:
            order.priority = self.counters.arrival()
        if order.is_stop:
            self._place_in_book(order)
            self._tell(order, states.TRIGGER_PENDING)
            return
        self._price(order)
        self._tell(order, states.OPEN)
        self._trade(order)

    def _trade(self, order: OrderRecord) -> None:
        if order.auction_number is None and self.floor.is_trading(order.instrument):
            self.sweep(order.instrument)
            fills, has_met_itself = self.floor.book(order.instrument).match(order)
            self.settle(fills)
            if has_met_itself:
                order.status_message = "Cancelled by the exchange: it would have traded with your own order."
                self.cancel_now(order)
        if order.is_final:
            return
        if order.validity == "IOC":
            self.cancel_now(order)
            return
        self._place_in_book(order)
        if order.validity == "TTL":
            self._due(self.cancel_now, order, timedelta(minutes=order.validity_ttl))

    def _trigger(self, order: OrderRecord) -> None:
        order.is_triggered = True
        order.priority = self.counters.arrival()
        self._price(order)
        still = order.status if order.status not in states.CHANGEABLE else states.OPEN
        self._tell(order, still)
        self._trade(order)

    def _price(self, order: OrderRecord) -> None:
        """Fix the worst price the order may trade at."""
        if order.order_type in ("MARKET", "SL-M"):
            if order.market_protection:
                protect(order, self.floor.last(order.instrument))
            else:
                low, high = self.floor.circuit(order.instrument)
                order.limit = high if order.side > 0 else low
        else:
            order.limit = order.price

    def _place_in_book(self, order: OrderRecord) -> None:
        book = self.floor.book(order.instrument)
        if order.is_stop:
            book.watch(order)
        elif order.auction_number is None:
            book.rest(order)

    def _modify(self, order: OrderRecord) -> None:
        if order.is_final:
            return
        order.note(states.MODIFY_PENDING, self.moment.stamp)
        self.floor.book(order.instrument).withdraw(order)
        self._apply(order)
        order.modified = True
        order.exchange_timestamp = self.moment.stamp
        order.note(states.MODIFIED, self.moment.stamp)
        if order.remaining == 0:
            self._end(order, states.COMPLETE)
            return
        self._enter(order)

    def _apply(self, order: OrderRecord) -> None:
        """Make the pending change true; only a smaller quantity alone keeps the place in the queue."""
        change = order.pending_change or {}
        account = self.accounts.get(order.user_id)
        held = order.reserved
        risk.reserve(account, order, -held)
        if set(change) - {"quantity", "margin_price"} or change.get("quantity", 0) > order.quantity:
            order.priority = 0
        change["quantity"] = max(change.get("quantity", order.quantity), order.filled)
        for name, value in change.items():
            setattr(order, name, value)
        order.pending_change = None
        if order.status != states.AMO_RECEIVED:
            risk.reserve(account, order, order.remaining)

    def _end(self, order: OrderRecord, status: str) -> None:
        account = self.accounts.get(order.user_id)
        risk.reserve(account, order, -order.reserved)
        order.pending_change = None
        self._tell(order, status)
        for follow in self.followers:
            follow(account, order)

    def _tell(self, order: OrderRecord, status: str) -> None:
        order.note(status, self.moment.stamp)
        self._log.order(order)
        if self.listeners:
            account, row = self.accounts.get(order.user_id), order.to_kite()
            for listener in self.listeners:
                listener(account, row)

    def _due(
        self, action: Callable[[OrderRecord], None], order: OrderRecord, after: timedelta | None = None
    ) -> None:
        when = self.moment.now + (self.latency if after is None else after)
        heappush(self._agenda, (when, self.counters.arrival(), action, order))
