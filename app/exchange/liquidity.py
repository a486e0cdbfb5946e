"""The rest of the market: five synthetic offers on each side of the walk, new every tick of time."""

from app.exchange.instruments import Instrument
from app.exchange.noise import number_at

DEPTH = 5
_STOCK_LEVEL_PAISE = 40_000_000


class Ladder:
    """Offers around the last price of one instrument; what clients take is gone until the next tick of time.

    Bid and ask stand one price tick apart and one of them is the last price. Sizes depend on seed, name and
    time only: a few lakh rupees per level in stocks, 2 to 41 lots in derivatives.
    """

    def __init__(self, stream: int, instrument: Instrument) -> None:
        self._stream = stream
        self._instrument = instrument
        self._tick = self._last_price = -1
        self._best_bid = 0
        self._sides: dict[int, list[list[int]]] = {}

    def refresh(self, tick: int, last_price: int) -> None:
        """Stand around ``last_price`` at a tick number; does nothing while both are as they were."""
        if tick == self._tick and last_price == self._last_price:
            return
        self._tick, self._last_price = tick, last_price
        lower = number_at(self._stream, tick) & 1
        self._best_bid = last_price - lower * self._instrument.tick_size
        self._sides.clear()

    def offers(self, side: int) -> list[list[int]]:
        """Return [price, quantity, orders] of those who buy (+1) or sell (-1), the best first."""
        levels = self._sides.get(side)
        if levels is None:
            levels = self._sides[side] = self._build(side)
        return levels

    def best(self, side: int) -> list[int] | None:
        """Return the best offer on a side that has anything left; None when all is taken."""
        for level in self.offers(side):
            if level[1] > 0:
                return level
        return None

    def _build(self, side: int) -> list[list[int]]:
        size = self._instrument.tick_size
        start = self._best_bid if side > 0 else self._best_bid + size
        levels = []
        for depth in range(DEPTH):
            price = start - side * depth * size
            if price <= 0:
                break
            number = number_at(self._stream, self._tick, side * (depth + 1))
            levels.append([price, self._size(price, number), 1 + number % 9])
        return levels

    def _size(self, price: int, number: int) -> int:
        if self._instrument.is_derivative:
            return self._instrument.lot_size * (2 + number % 40)
        share = 20 + (number >> 8) % 100
        return max(1, _STOCK_LEVEL_PAISE * share // (100 * price))
