"""The order book of one instrument: who trades with whom, by price and then by time."""

from bisect import insort
from typing import NamedTuple

from app.exchange.liquidity import Ladder
from app.exchange.orders import OrderRecord

# A book key: the better price first, then the earlier.
_Entry = tuple[int, int, OrderRecord]


class Fill(NamedTuple):
    """One trade of one client order, in paise. A trade of two clients is two fills."""

    order: OrderRecord
    quantity: int
    price: int


class Book:
    """Resting client orders of one instrument and the matching against each other and the ladder.

    The book takes an order out once its fills use it up. It never changes a record: each call returns all its
    fills and whoever called posts them before he calls again.
    """

    def __init__(self, ladder: Ladder) -> None:
        self.ladder = ladder
        self._sides: dict[int, list[_Entry]] = {1: [], -1: []}
        self._stops: list[OrderRecord] = []

    @property
    def is_empty(self) -> bool:
        """Say whether no client order waits here."""
        return not (self._sides[1] or self._sides[-1] or self._stops)

    def resting(self, side: int) -> list[OrderRecord]:
        """Return the waiting limit orders of a side, the best first."""
        return [entry[2] for entry in self._sides[side]]

    def rest(self, order: OrderRecord) -> None:
        """Let a limit order wait at its price, behind those that came earlier."""
        insort(self._sides[order.side], (-order.side * order.limit, order.priority, order))

    def watch(self, order: OrderRecord) -> None:
        """Let a stop order wait for its trigger price."""
        self._stops.append(order)

    def withdraw(self, order: OrderRecord) -> None:
        """Take an order out, wherever it waits; does nothing when it does not."""
        side = self._sides[order.side]
        for place, entry in enumerate(side):
            if entry[2] is order:
                del side[place]
                return
        if order in self._stops:
            self._stops.remove(order)

    def take_triggered(self, last_price: int) -> list[OrderRecord]:
        """Take out and return the stops whose trigger the last price has reached, the earliest first."""
        hit = [one for one in self._stops if one.side * (last_price - one.trigger_price) >= 0]
        if hit:
            self._stops = [one for one in self._stops if one not in hit]
        return hit

    def match(self, order: OrderRecord) -> tuple[list[Fill], bool]:
        """Trade an arriving limit order as far as its price allows; return the fills and if it met itself.

        An order never trades with one of its own account: matching stops there (self-trade prevention). What
        remains is not put to rest: that is the caller's decision.
        """
        fills: list[Fill] = []
        remaining = order.remaining
        against = self._sides[-order.side]
        while remaining:
            offer = self.ladder.best(-order.side)
            resting = against[0][2] if against else None
            if resting is not None and (offer is None or order.side * (offer[0] - resting.limit) >= 0):
                if order.side * (order.limit - resting.limit) < 0:
                    break
                if resting.user_id == order.user_id:
                    return fills, True
                quantity = self._trade_with(order, resting, remaining, fills)
            elif offer is not None and order.side * (order.limit - offer[0]) >= 0:
                quantity = min(remaining, offer[1])
                offer[1] -= quantity
                fills.append(Fill(order, quantity, offer[0]))
            else:
                break
            remaining -= quantity
        return fills, False

    def sweep(self) -> list[Fill]:
        """Fill resting orders that the ladder has come to meet, at their own prices, the best first."""
        fills: list[Fill] = []
        for side in (1, -1):
            entries = self._sides[side]
            while entries:
                order = entries[0][2]
                remaining = order.remaining
                while remaining:
                    offer = self.ladder.best(-side)
                    if offer is None or side * (order.limit - offer[0]) < 0:
                        break
                    quantity = min(remaining, offer[1])
                    offer[1] -= quantity
                    remaining -= quantity
                    fills.append(Fill(order, quantity, order.price or offer[0]))
                if remaining:
                    break
                del entries[0]
        return fills

    def uncross(self, price: int) -> list[Fill]:
        """Fill every resting order that accepts ``price`` at that price, as a closing auction does."""
        fills: list[Fill] = []
        for side in (1, -1):
            takers = [entry for entry in self._sides[side] if side * (entry[2].limit - price) >= 0]
            fills += [Fill(order, order.remaining, price) for _, _, order in takers]
            self._sides[side] = self._sides[side][len(takers) :]
        return fills

    def _trade_with(self, order: OrderRecord, resting: OrderRecord, remaining: int, fills: list[Fill]) -> int:
        # The resting record is posted to only after this match; it is met at most once in it.
        left = resting.remaining
        quantity = min(remaining, left)
        fills.append(Fill(resting, quantity, resting.limit))
        fills.append(Fill(order, quantity, resting.limit))
        if quantity == left:
            del self._sides[resting.side][0]
        return quantity
