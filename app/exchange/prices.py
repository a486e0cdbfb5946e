"""Where prices are at any moment: a seeded walk that can be read at any time without living through it.

The walk of a day is a Brownian bridge by Levy's construction: tents of halving width, each with a height that
depends on seed, name, day and place only. So a price depends on the time, not on who asked before, and a
venue started again shows the same path.
"""

from bisect import bisect_right
from datetime import date, datetime, time
from math import erf, exp, log, sqrt

from app.exchange.clock import IST, SessionClock
from app.exchange.instruments import Catalogue, Instrument
from app.exchange.noise import signed_unit_at, stream_of

TICKS_PER_SECOND = 2
_IST_SHIFT = int(5.5 * 3600) * TICKS_PER_SECOND
_DAY = 86_400 * TICKS_PER_SECOND
_OPENS = 9 * 3600 * TICKS_PER_SECOND
_SPAN = (15 * 3600 + 40 * 60) * TICKS_PER_SECOND - _OPENS
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DEPTH = 15
_YEAR = 365.0 * _DAY
_RATE = 0.065


def tick_number(moment: datetime) -> int:
    """Return which half second since 1970 a moment falls in: the grain of all prices."""
    return int(moment.timestamp() * TICKS_PER_SECOND)


class Walk:
    """One name's path as a factor around 1, continuous over nights and weekends, bounded to a few percent."""

    def __init__(self, stream: int, day_swing: float, clock: SessionClock) -> None:
        self._stream = stream
        self._clock = clock
        self._swing = day_swing
        self._tents: list[tuple[int, float]] = [(-1, 0.0)] * _DEPTH
        self._day = -1
        self._ends = (0.0, 0.0)
        self._is_session = False

    def factor(self, tick: int) -> float:
        """Return the factor at a tick number."""
        day, place = divmod(tick + _IST_SHIFT, _DAY)
        if day != self._day:
            self._enter(day)
        start, end = self._ends
        if not self._is_session or place <= _OPENS:
            return 1.0 + start
        x = (place - _OPENS) / _SPAN
        if x >= 1.0:
            return 1.0 + end
        return 1.0 + start + (end - start) * x + self._bridge(x)

    def _enter(self, day: int) -> None:
        today = date.fromordinal(day + _EPOCH_ORDINAL)
        self._is_session = self._clock.is_trading_day(today)
        following = self._clock.next_trading_day(today)
        self._day = day
        self._tents = [(-1, 0.0)] * _DEPTH
        first = today if self._is_session else following
        self._ends = (self._level(first), self._level(following))

    def _level(self, day: date) -> float:
        return self._swing * 1.5 * signed_unit_at(self._stream, day.toordinal())

    def _bridge(self, x: float) -> float:
        total, height = 0.0, self._swing * 0.6
        for depth in range(_DEPTH):
            scaled = x * (1 << depth)
            place = int(scaled)
            seen, tent = self._tents[depth]
            if seen != place:
                tent = signed_unit_at(self._stream, self._day << 16 | 1 << depth, place + 1)
                self._tents[depth] = (place, tent)
            total += height * tent * (1.0 - abs(2.0 * (scaled - place) - 1.0))
            height *= 0.7071
        return total


class Prices:
    """The last traded price of every instrument at every moment, in paise, with the operator's hand on it.

    Futures and options follow their underlying; a price set by hand shifts the path from that moment on.
    """

    def __init__(self, seed: int, clock: SessionClock) -> None:
        self._seed = seed
        self._clock = clock
        self._walks: dict[str, Walk] = {}
        self._recent: dict[str, tuple[int, int]] = {}
        # key -> [(from tick, shift, frozen price or None)], oldest first
        self._hands: dict[str, list[tuple[int, int, int | None]]] = {}
        self.catalogue = Catalogue(())

    def at(self, instrument: Instrument, tick: int) -> int:
        """Return the last traded price at a tick number, a multiple of the instrument's tick."""
        recent = self._recent.get(instrument.key)
        if recent is not None and recent[0] == tick:
            return recent[1]
        hand = self._hand(instrument.key, tick)
        if hand is not None and hand[2] is not None:
            price = hand[2]
        else:
            size = instrument.tick_size
            raw = self._raw(instrument, tick) + (hand[1] if hand else 0)
            price = max(size, round(raw / size) * size)
        self._recent[instrument.key] = (tick, price)
        return price

    def close_before(self, instrument: Instrument, day: date) -> int:
        """Return the closing price of the session before ``day``."""
        return self.at(instrument, self.closing_tick(self._clock.previous_trading_day(day)))

    @staticmethod
    def closing_tick(day: date) -> int:
        """Return the tick number at which a session's closing prices are read."""
        return tick_number(datetime.combine(day, time(15, 45), IST))

    def set(self, instrument: Instrument, price: int, tick: int) -> None:
        """Let the path pass through ``price`` from this tick on; a frozen price stays frozen there."""
        hand = self._hand(instrument.key, tick)
        is_frozen = hand is not None and hand[2] is not None
        self._lay(instrument, tick, price, is_frozen=is_frozen)

    def freeze(self, instrument: Instrument, tick: int, *, is_frozen: bool) -> None:
        """Hold the price where it is, or let it walk on from there."""
        self._lay(instrument, tick, self.at(instrument, tick), is_frozen=is_frozen)

    def hands(self) -> dict[str, list[tuple[int, int, int | None]]]:
        """Return what was set by hand, for the state log."""
        return self._hands

    def restore_hand(self, key: str, tick: int, shift: int, frozen: int | None) -> None:
        """Put one intervention back from the state log."""
        self._hands.setdefault(key, []).append((tick, shift, frozen))

    def _lay(self, instrument: Instrument, tick: int, price: int, *, is_frozen: bool) -> None:
        shift = price - round(self._raw(instrument, tick))
        self._hands.setdefault(instrument.key, []).append((tick, shift, price if is_frozen else None))
        self._recent.clear()

    def _hand(self, key: str, tick: int) -> tuple[int, int, int | None] | None:
        hands = self._hands.get(key)
        if hands is None:
            return None
        place = bisect_right(hands, tick, key=lambda hand: hand[0])
        return hands[place - 1] if place else None

    def _raw(self, instrument: Instrument, tick: int) -> float:
        underlying = self.catalogue.by_key.get(instrument.underlying)
        if underlying is None:
            return instrument.base_price * self._walk(instrument).factor(tick)
        spot = self.at(underlying, tick)
        if instrument.expiry is None:
            return spot
        left = max(_expiry_tick(instrument.expiry) - tick, TICKS_PER_SECOND * 60) / _YEAR
        if not instrument.is_option:
            return spot * exp(_RATE * left)
        volatility = 0.13 if underlying.is_index else 0.24
        return option_value(
            spot, instrument.strike, left, volatility, is_call=instrument.instrument_type == "CE"
        )

    def _walk(self, instrument: Instrument) -> Walk:
        walk = self._walks.get(instrument.key)
        if walk is None:
            swing = 0.007 if instrument.is_index else 0.012
            walk = Walk(stream_of(self._seed, f"walk {instrument.key}"), swing, self._clock)
            self._walks[instrument.key] = walk
        return walk


def option_value(spot: float, strike: float, years: float, volatility: float, *, is_call: bool) -> float:
    """Return an option's value by the formula of Black and Scholes."""
    spread = volatility * sqrt(years)
    d1 = (log(spot / strike) + (_RATE + volatility * volatility / 2) * years) / spread
    discounted = strike * exp(-_RATE * years)
    call = spot * _normal(d1) - discounted * _normal(d1 - spread)
    return call if is_call else call - spot + discounted


def _normal(x: float) -> float:
    return 0.5 * (1.0 + erf(x / sqrt(2.0)))


def _expiry_tick(expiry: date) -> int:
    return (
        (expiry.toordinal() - _EPOCH_ORDINAL) * _DAY - _IST_SHIFT + (15 * 3600 + 30 * 60) * TICKS_PER_SECOND
    )
