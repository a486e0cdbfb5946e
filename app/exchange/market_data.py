"""What the market shows: quotes with depth, the day's open, high and low, candles, trigger ranges."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from app.exchange import errors
from app.exchange.candles import DaySoFar, candles
from app.exchange.clock import IST, SessionClock
from app.exchange.floor import Floor
from app.exchange.instruments import Catalogue, Instrument
from app.exchange.liquidity import DEPTH
from app.exchange.moment import Moment
from app.exchange.money import rupees
from app.exchange.noise import number_at, stream_of

Row = dict[str, Any]


class MarketData:
    """Answer the quote, candle and range requests from the floor, at the venue's moment."""

    def __init__(self, seed: int, clock: SessionClock, moment: Moment, floor: Floor) -> None:
        self._seed = seed
        self._clock = clock
        self._moment = moment
        self._floor = floor
        self._days: dict[str, DaySoFar] = {}
        self.catalogue = Catalogue(())

    def new_session(self) -> None:
        """Forget the day that ended."""
        self._days.clear()

    def before_price_is_set(self) -> None:
        """Take note of the extremes so far, which a price set by hand must not rewrite."""
        for day in self._days.values():
            day.look(self._moment.tick)

    def quote(self, keys: Iterable[str]) -> Row:
        """Return full quotes; unknown keys are simply absent."""
        return {one.key: self._quote(one) for one in self._known(keys)}

    def ohlc(self, keys: Iterable[str]) -> Row:
        """Return last price with open, high, low and yesterday's close."""
        return {
            one.key: {
                "instrument_token": one.instrument_token,
                "last_price": rupees(self._floor.last(one)),
                "ohlc": self._ohlc(one),
            }
            for one in self._known(keys)
        }

    def ltp(self, keys: Iterable[str]) -> Row:
        """Return last prices."""
        return {
            one.key: {"instrument_token": one.instrument_token, "last_price": rupees(self._floor.last(one))}
            for one in self._known(keys)
        }

    def trigger_range(self, transaction_type: str, keys: Iterable[str]) -> Row:
        """Return where the trigger of a cover order may lie: within 10 % on the losing side."""
        if transaction_type.upper() not in ("BUY", "SELL"):
            raise errors.invalid_field("transaction_type")
        is_buy = transaction_type.upper() == "BUY"
        ranges = {}
        for one in self._known(keys):
            last = self._floor.last(one)
            low, high = (last * 9 // 10, last) if is_buy else (last, last * 11 // 10)
            ranges[one.key] = {
                "instrument_token": one.instrument_token,
                "lower": rupees(low),
                "upper": rupees(high),
            }
        return ranges

    def historical(
        self, token: int, interval: str, frm: datetime, to: datetime, *, with_interest: bool
    ) -> Row:
        """Return candles between two moments (naive ones are IST), none of the future."""
        instrument = self.catalogue.by_token.get(token)
        if instrument is None:
            raise errors.invalid_field("instrument_token")
        frm, to = (
            one.replace(tzinfo=IST) if one.tzinfo is None else one.astimezone(IST) for one in (frm, to)
        )
        if frm > to:
            raise errors.input_error("Invalid `from` date. It should not be after the `to` date.")
        last = min(to, self._moment.now)
        rows = candles(self._floor.prices, self._clock, instrument, interval, frm, last)
        if with_interest:
            rows = [[*row, self._interest(instrument)] for row in rows]
        return {"candles": rows}

    def _known(self, keys: Iterable[str]) -> list[Instrument]:
        listed = self.catalogue.by_key
        return [listed[key] for key in dict.fromkeys(keys) if key in listed]

    def _quote(self, one: Instrument) -> Row:
        last = self._floor.last(one)
        depth = {"buy": self._depth(one, 1), "sell": self._depth(one, -1)}
        day = self._day(one)
        low, high = self._floor.circuit(one)
        interest = self._interest(one)
        number = number_at(stream_of(self._seed, f"last {one.key}"), self._moment.tick)
        return {
            "instrument_token": one.instrument_token,
            "timestamp": self._moment.stamp,
            "last_trade_time": self._moment.stamp,
            "last_price": rupees(last),
            "last_quantity": 0 if one.is_index else one.lot_size * (1 + number % 20),
            "buy_quantity": sum(level["quantity"] for level in depth["buy"]),
            "sell_quantity": sum(level["quantity"] for level in depth["sell"]),
            "volume": 0 if one.is_index else day.volume(self._moment.tick),
            "average_price": 0 if one.is_index else rupees(day.average),
            "oi": interest,
            "oi_day_high": interest,
            "oi_day_low": interest,
            "net_change": rupees(last - self._close(one)),
            "lower_circuit_limit": rupees(low),
            "upper_circuit_limit": rupees(high),
            "ohlc": self._ohlc(one),
            "depth": depth,
        }

    def _ohlc(self, one: Instrument) -> Row:
        day = self._day(one)
        return {
            "open": rupees(day.open),
            "high": rupees(day.high),
            "low": rupees(day.low),
            "close": rupees(self._close(one)),
        }

    def _day(self, one: Instrument) -> DaySoFar:
        day = self._days.get(one.key)
        if day is None:
            opening = datetime.combine(self._moment.now.date(), time(9, 15), IST)
            day = self._days[one.key] = DaySoFar(self._floor.prices, one, opening)
        day.look(self._moment.tick)
        return day

    def _close(self, one: Instrument) -> int:
        return self._floor.prices.close_before(one, self._moment.now.date())

    def _interest(self, one: Instrument) -> int:
        if not one.is_derivative:
            return 0
        number = number_at(stream_of(self._seed, f"interest {one.key}"), self._day_number())
        return one.lot_size * (1_000 + number % 90_000)

    def _day_number(self) -> int:
        return self._moment.now.toordinal()

    def _depth(self, one: Instrument, side: int) -> list[Row]:
        levels: dict[int, list[int]] = {}
        if not one.is_index:
            book = self._floor.book(one)
            for price, quantity, orders in book.ladder.offers(side):
                if quantity:
                    levels[price] = [quantity, orders]
            for order in book.resting(side):
                level = levels.setdefault(order.limit, [0, 0])
                level[0] += order.remaining
                level[1] += 1
        best = sorted(levels, reverse=side > 0)[:DEPTH]
        rows = [
            {"price": rupees(price), "quantity": levels[price][0], "orders": levels[price][1]}
            for price in best
        ]
        return rows + [{"price": 0, "quantity": 0, "orders": 0}] * (DEPTH - len(rows))
