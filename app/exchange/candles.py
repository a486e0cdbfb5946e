"""Prices over time: the day's extremes so far and historical candles, sampled from the price path."""

from datetime import date, datetime, time, timedelta
from typing import Any

from app.exchange import errors
from app.exchange.clock import IST, HoursGroup, SessionClock
from app.exchange.instruments import Instrument
from app.exchange.money import rupees
from app.exchange.noise import number_at, stream_of
from app.exchange.prices import TICKS_PER_SECOND, Prices, tick_number

_SAMPLE = 30 * TICKS_PER_SECOND
_MINUTES = {
    "minute": 1,
    "3minute": 3,
    "5minute": 5,
    "10minute": 10,
    "15minute": 15,
    "30minute": 30,
    "60minute": 60,
    "hour": 60,
    "day": 0,
}
# Kite's longest span per interval, in days.
_LONGEST = {"minute": 60, "3minute": 100, "5minute": 100, "10minute": 100, "15minute": 200, "30minute": 200}
_OPENS = time(9, 15)


class DaySoFar:
    """Open, high, low, average and volume of one instrument since the opening, from a sample each 30 s."""

    def __init__(self, prices: Prices, instrument: Instrument, opening: datetime) -> None:
        self._prices = prices
        self._instrument = instrument
        self._next = self._opening = tick_number(opening)
        self._samples = 0
        self._sum = 0
        self.open = self.high = self.low = prices.at(instrument, self._opening)

    def look(self, tick: int) -> None:
        """Take in everything up to a tick number."""
        while self._next <= tick:
            self._take(self._prices.at(self._instrument, self._next))
            self._next += _SAMPLE
        if tick >= self._opening:
            price = self._prices.at(self._instrument, tick)
            self.high, self.low = max(self.high, price), min(self.low, price)

    @property
    def average(self) -> float:
        """Return the average of the samples in paise."""
        return self._sum / self._samples if self._samples else self.open

    def volume(self, tick: int) -> int:
        """Return how much was traded since the opening: steady over the day, by the lot."""
        seconds = max(0, tick - self._opening) // TICKS_PER_SECOND
        return seconds * self._instrument.lot_size * (20 + self._instrument.exchange_token % 60)

    def _take(self, price: int) -> None:
        self._samples += 1
        self._sum += price
        self.high, self.low = max(self.high, price), min(self.low, price)


def candles(
    prices: Prices, clock: SessionClock, instrument: Instrument, interval: str, frm: datetime, to: datetime
) -> list[list[Any]]:
    """Return [stamp, open, high, low, close, volume] for each interval begun between two moments.

    Raises KiteError 400 for an unknown interval or a span longer than Kite serves.
    """
    if interval not in _MINUTES:
        raise errors.invalid_field("interval")
    longest = _LONGEST.get(interval, 400 if interval != "day" else 2000)
    if to - frm > timedelta(days=longest):
        raise errors.input_error(f"interval exceeds max limit: {longest} days")
    rows = []
    day = frm.date()
    while day <= to.date():
        if clock.is_trading_day(day):
            for start, end in _spans(instrument, day, _MINUTES[interval]):
                begins = max(start, datetime.combine(day, _OPENS, IST))
                if (frm <= start or interval == "day") and begins <= to:
                    rows.append(_candle(prices, instrument, start, (begins, min(end, to))))
        day += timedelta(days=1)
    return rows


def _spans(instrument: Instrument, day: date, minutes: int) -> list[tuple[datetime, datetime]]:
    closes = time(15, 40) if instrument.hours is HoursGroup.DERIVATIVE else time(15, 30)
    opening, closing = datetime.combine(day, _OPENS, IST), datetime.combine(day, closes, IST)
    if minutes == 0:
        return [(opening.replace(hour=0, minute=0), closing)]
    length = timedelta(minutes=minutes)
    spans = []
    while opening < closing:
        spans.append((opening, min(opening + length, closing)))
        opening += length
    return spans


def _candle(
    prices: Prices, instrument: Instrument, start: datetime, within: tuple[datetime, datetime]
) -> list[Any]:
    first = tick_number(within[0])
    last = max(first, tick_number(within[1]) - 1)
    apart = max(1, (last - first) // 60, min(15 * TICKS_PER_SECOND, (last - first) // 4))
    samples = [prices.at(instrument, tick) for tick in range(first, last, apart)]
    samples.append(prices.at(instrument, last))
    number = number_at(stream_of(0, instrument.key), first)
    volume = 0 if instrument.is_index else instrument.lot_size * (last - first + 1) * (1 + number % 20)
    return [
        start.strftime("%Y-%m-%dT%H:%M:%S%z"),
        rupees(samples[0]),
        rupees(max(samples)),
        rupees(min(samples)),
        rupees(samples[-1]),
        volume,
    ]
