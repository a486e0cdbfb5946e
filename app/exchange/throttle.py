"""Kite's rate limits, counted per calendar second, minute and day.

Sources: kite.trade/docs/connect/v3/exceptions (limits), NSE/INVG/67858 section B.2 (calendar second, not a
sliding window). Pure: the caller says what time it is.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Bucket(StrEnum):
    """The group of calls that share a limit."""

    QUOTE = "quote"
    HISTORICAL = "historical"
    OTHER = "other"
    PLACE = "place"
    CHANGE = "change"  # modify and cancel: they share the second and minute with placing, not the day
    FREE = "free"  # login pages and the instrument list, which Kite serves without a token


class Limits(NamedTuple):
    """Kite's limits, in force since 1 April 2026; None as a day cap would mean none."""

    quote_per_s: int = 1
    historical_per_s: int = 3
    other_per_s: int = 10
    orders_per_s: int = 10
    orders_per_min: int = 400
    orders_per_day: int = 5000


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    TOO_MANY = "too_many"
    DAY_USED_UP = "day_used_up"


class Throttle:
    """Count calls and say which are one too many.

    Reads count per api key, orders per client account. A call refused here uses nothing up; an order that
    gets through counts for the day even if the exchange's rules then refuse it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.is_on = True
        self._windows: dict[tuple[str, str], tuple[int, int]] = {}
        self._days: dict[str, tuple[date, int]] = {}

    def check(
        self,
        bucket: Bucket,
        *,
        api_key: str,
        account: str,
        wall_s: float,
        trade_date: date,
        orders: int = 1,
    ) -> Verdict:
        """Count one call at `wall_s` (seconds since the epoch) and return whether it may pass.

        `orders` is how many orders it stands for in the day's count: each leg of an iceberg order is one.
        """
        if not self.is_on or bucket is Bucket.FREE:
            return Verdict.PASS
        second = int(wall_s)
        if bucket in (Bucket.PLACE, Bucket.CHANGE):
            return self._check_order(bucket, account, second, trade_date, orders)
        limit = {
            Bucket.QUOTE: self.limits.quote_per_s,
            Bucket.HISTORICAL: self.limits.historical_per_s,
            Bucket.OTHER: self.limits.other_per_s,
        }[bucket]
        if self._used(bucket, api_key, second) >= limit:
            return Verdict.TOO_MANY
        self._count(bucket, api_key, second)
        return Verdict.PASS

    def _check_order(
        self, bucket: Bucket, account: str, second: int, trade_date: date, orders: int
    ) -> Verdict:
        minute = second // 60
        if (
            self._used("orders_s", account, second) >= self.limits.orders_per_s
            or self._used("orders_min", account, minute) >= self.limits.orders_per_min
        ):
            return Verdict.TOO_MANY
        if bucket is Bucket.PLACE:
            day, used = self._days.get(account, (trade_date, 0))
            used = used if day == trade_date else 0
            if used + orders > self.limits.orders_per_day:
                return Verdict.DAY_USED_UP
            self._days[account] = (trade_date, used + orders)
        self._count("orders_s", account, second)
        self._count("orders_min", account, minute)
        return Verdict.PASS

    def _used(self, name: str, who: str, window: int) -> int:
        at, used = self._windows.get((name, who), (window, 0))
        return used if at == window else 0

    def _count(self, name: str, who: str, window: int) -> None:
        self._windows[name, who] = (window, self._used(name, who, window) + 1)
