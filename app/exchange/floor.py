"""The trading floor: every instrument's book, its price now, its daily range, and what is halted."""

from datetime import datetime

from app.exchange.clock import HoursGroup, Phase, SessionClock
from app.exchange.hours import phase_of
from app.exchange.instruments import Instrument
from app.exchange.liquidity import Ladder
from app.exchange.matching import Book
from app.exchange.moment import Moment
from app.exchange.noise import stream_of
from app.exchange.prices import Prices


class Floor:
    """Hold the books and answer what the market is like at the venue's moment."""

    def __init__(self, seed: int, clock: SessionClock, moment: Moment, prices: Prices) -> None:
        self._seed = seed
        self._clock = clock
        self._moment = moment
        self.prices = prices
        self._books: dict[str, Book] = {}
        self._ranges: dict[str, tuple[int, int]] = {}
        # Keys in the order they were halted; a dict, since sets have no order.
        self.halted: dict[str, bool] = {}

    def new_session(self) -> None:
        """Forget yesterday's books and ranges."""
        self._books.clear()
        self._ranges.clear()

    def last(self, instrument: Instrument) -> int:
        """Return the last traded price in paise."""
        return self.prices.at(instrument, self._moment.tick)

    def book(self, instrument: Instrument) -> Book:
        """Return the instrument's book with the ladder standing where the price is."""
        book = self._books.get(instrument.key)
        if book is None:
            ladder = Ladder(stream_of(self._seed, f"ladder {instrument.key}"), instrument)
            book = self._books[instrument.key] = Book(ladder)
        book.ladder.refresh(self._moment.tick, self.last(instrument))
        return book

    def phase(self, instrument: Instrument) -> Phase:
        """Return what the market does with orders in this instrument now."""
        return self.phase_at(instrument.hours, self._moment.now)

    def phase_at(self, group: HoursGroup, moment: datetime) -> Phase:
        """Return the phase of a group of instruments, closed on days without a session."""
        return phase_of(group, moment) if self._clock.is_trading_day(moment.date()) else Phase.CLOSED

    def is_trading(self, instrument: Instrument) -> bool:
        """Say whether orders in this instrument match now."""
        return instrument.key not in self.halted and self.phase(instrument) is Phase.OPEN

    def circuit(self, instrument: Instrument) -> tuple[int, int]:
        """Return the day's lowest and highest price; a price set by hand beyond it moves the range along."""
        low, high = self._ranges.get(instrument.key) or self._daily_range(
            instrument, self.prices.close_before(instrument, self._moment.now.date())
        )
        last = self.last(instrument)
        if not low < last < high:
            low, high = self._daily_range(instrument, last)
        return low, high

    def waiting(self) -> list[str]:
        """Return the keys of all books in which a client order waits."""
        return [key for key, book in self._books.items() if not book.is_empty]

    def _daily_range(self, instrument: Instrument, centre: int) -> tuple[int, int]:
        tick = instrument.tick_size
        if instrument.is_option:
            low, high = tick, centre * 2 + instrument.strike // 10
        else:
            if instrument.is_mis_blocked:
                percent = 5
            else:
                percent = 20 if instrument.hours is HoursGroup.STOCK and not instrument.is_index else 10
            low, high = centre * (100 - percent) // 100, centre * (100 + percent) // 100
        self._ranges[instrument.key] = low, high = max(tick, -(-low // tick) * tick), high // tick * tick
        return low, high
