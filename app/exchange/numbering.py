"""Numbers nobody else has: order ids, exchange order ids and trade ids."""

from collections.abc import Callable

from app.exchange.clock import SessionClock

_EPOCH_MS = 1_288_834_974_657
_SEQUENCE_BITS = 22
_FIRST_EXCHANGE_ORDER = 1_100_000_000_000_000


class OrderNumbers:
    """Issue 19-digit order ids that rise with real time and never repeat, also across restarts.

    The upper bits are milliseconds of the time from outside, so a venue started again goes on above all it
    ever issued (as long as it issues fewer than four million a millisecond).
    """

    def __init__(self, clock: SessionClock) -> None:
        self._clock = clock
        self.last = 0

    def __call__(self) -> str:
        """Return the next order id."""
        now_ms = int(self._clock.source_now().timestamp() * 1000)
        self.last = max(self.last + 1, (now_ms - _EPOCH_MS) << _SEQUENCE_BITS)
        return str(self.last)

    def seen(self, order_id: str) -> None:
        """Never issue this number or a lower one again."""
        if order_id.isdecimal():
            self.last = max(self.last, int(order_id))


class Counters:
    """Count the day's exchange order ids, trades and arrivals; saved with the state."""

    def __init__(self, new_order_id: Callable[[], str]) -> None:
        self.new_order_id = new_order_id
        self.exchange_orders = 0
        self.trades = 0
        self.arrivals = 0

    def exchange_order_id(self) -> str:
        """Return the exchange's own number for an order."""
        self.exchange_orders += 1
        return str(_FIRST_EXCHANGE_ORDER + self.exchange_orders)

    def has_used(self, exchange_order_id: str) -> None:
        """Never issue this exchange order id or a lower one again."""
        self.exchange_orders = max(self.exchange_orders, int(exchange_order_id) - _FIRST_EXCHANGE_ORDER)

    def trade_id(self) -> str:
        """Return the number of a trade."""
        self.trades += 1
        return str(10_000_000 + self.trades)

    def arrival(self) -> int:
        """Return a place in the queue behind all earlier ones."""
        self.arrivals += 1
        return self.arrivals
