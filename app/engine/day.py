"""The broker's clock and its trading day: when the day is over, and what of an order list is history."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from app.domain.ids import AccountId, moment_told_by
from app.domain.orders import Order
from app.domain.session import IST, trade_date
from app.ports.broker import OrderList
from app.ports.clock import Clock

SHOWN_FOR_S = 7 * 86_400.0
"""A number that tells of an earlier moment than any list goes back to tells nothing."""
SETTLES_S = 3.0
"""The servers of a broker need not agree to the second: so long the other day has to be shown."""


class BrokerDay:
    """The present on the broker's clock (docs/adr/0007), and the one day that a life of the engine is for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: tuple[datetime, float] | None = None
        self._told_s = 0.0
        self._over_since_s: float | None = None
        self._all_new: dict[AccountId, tuple[Order, ...]] = {}
        self._begin(trade_date(clock.now()))

    @property
    def is_told(self) -> bool:
        """True once the broker told its clock."""
        return self._told is not None

    @property
    def now(self) -> datetime:
        """The present on the broker's clock, whatever is done to the host's; on that until it was told."""
        if self._told is None:
            return self._clock.now()
        moment, told_at_s = self._told
        return moment + timedelta(seconds=self._clock.monotonic() - told_at_s)

    @property
    def today(self) -> date:
        """The day that this life of the engine is for."""
        return self._today

    @property
    def is_over(self) -> bool:
        """True while the broker shows another day: nothing is decided or sent then."""
        if self._told is None:
            return not self._began <= self.now < self._ends
        now_s = self._told_s + self._clock.monotonic()  # asked many times a second, so without datetimes
        return not self._began_s <= now_s < self._ends_s

    def learn(self, order_list: OrderList | None) -> None:
        """Take the broker's clock from one of its answers."""
        if order_list is not None and order_list.broker_time is not None:
            self._told = order_list.broker_time, self._clock.monotonic()
            self._told_s = self._told[0].timestamp() - self._told[1]

    def begin(self) -> date:
        """Let this life be for the day it is at the broker now."""
        self._begin(trade_date(self.now))
        return self._today

    def _begin(self, today: date) -> None:
        self._all_new.clear()
        self._today = today
        self._began = datetime.combine(today, time(), IST).astimezone(UTC)
        self._ends = self._began + timedelta(days=1)
        self._began_s, self._ends_s = self._began.timestamp(), self._ends.timestamp()

    def has_changed(self) -> bool:
        """Tell whether the broker has shown another day for long enough; to be asked again and again."""
        if not self.is_over:
            self._over_since_s = None
            return False
        now_s = self._clock.monotonic()
        if self._over_since_s is None:
            self._over_since_s = now_s
        return now_s - self._over_since_s >= SETTLES_S

    def of_today(self, account_id: AccountId, order_list: OrderList) -> OrderList:
        """Return a list without the orders of earlier days, which Kite shows until about six in the morning.

        A regular order is of the day it was placed on, whatever touches it later. One placed the evening
        before for the next morning (amo) is of the day it changed last.
        """
        if self._all_new.get(account_id) is order_list.orders:  # as most looks find it
            return order_list
        if not any(self._is_history(order) for order in order_list.orders):
            self._all_new[account_id] = order_list.orders
            return order_list
        orders = tuple(order for order in order_list.orders if not self._is_history(order))
        return replace(order_list, orders=orders)

    def _is_history(self, order: Order) -> bool:
        placed_at, updated_at = order.placed_at, order.updated_at
        moment = placed_at or updated_at if order.variety == "regular" else updated_at or placed_at
        if (
            moment is None
        ):  # a row without stamps; its number tells when it was placed, where it has 19 digits
            told_s = moment_told_by(order.order_id) if order.variety == "regular" else None
            return told_s is not None and self._began_s - SHOWN_FOR_S <= told_s < self._began_s
        return moment < self._began
