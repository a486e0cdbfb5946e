"""An account to read that a test fills, with scripted failures."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.domain.copies import LegOrder
from app.domain.ids import AccountId
from app.ports.account_reader import Funds, Position


class FakeAccountReader:
    """An `AccountReader` in memory. Trades block a fifth of what they open, as intraday shares do.

    `fails` are raised by the next reads, one each. `reads` names the reads so far.
    """

    def __init__(self, account_id: str, *, cash: str = "100000") -> None:
        self.account_id = AccountId(account_id)
        self.cash = Decimal(cash)
        self.prices: dict[str, Decimal] = {}
        self.fails: deque[Exception] = deque()
        self.reads: list[str] = []
        self.is_closed = False
        self._positions: dict[tuple[str, str], Position] = {}

    def hold(self, instrument: str, quantity: int, *, price: str = "100", product: str = "MIS") -> None:
        """Set a position to this net quantity at this price, which is the last price as well."""
        exchange, _, symbol = instrument.partition(":")
        self.prices.setdefault(instrument, Decimal(price))
        self._positions[instrument, product] = Position(
            exchange=exchange,
            tradingsymbol=symbol,
            product=product,
            quantity=quantity,
            average_price=Decimal(price) if quantity else Decimal(0),
            last_price=self.prices[instrument],
            pnl=Decimal("0.00"),
        )

    def earn(self, instrument: str, pnl: str, *, product: str = "MIS") -> None:
        """Set the day's profit of a position."""
        key = instrument, product
        self._positions[key] = replace(self._positions[key], pnl=Decimal(pnl))

    def forget(self, instrument: str, *, product: str = "MIS") -> None:
        """Show a position no more."""
        del self._positions[instrument, product]

    async def positions(self) -> tuple[Position, ...]:
        """Return what it was told to hold."""
        self._note("positions")
        return tuple(self._positions.values())

    async def funds(self) -> Funds:
        """Return cash less what is blocked."""
        self._note("funds")
        used = sum((self._blocked(held.quantity, held) for held in self._positions.values()), Decimal(0))
        return Funds(free=self.cash - used, used=used)

    async def last_prices(self, instruments: Sequence[str]) -> dict[str, Decimal]:
        """Return the prices it knows of those asked for."""
        self._note("last_prices")
        return {key: self.prices[key] for key in instruments if key in self.prices}

    async def order_margin(self, orders: Sequence[LegOrder]) -> Decimal:
        """Return what the orders would block on top of what is blocked, at the last prices."""
        self._note("order_margin")
        quantities = {key: held.quantity for key, held in self._positions.items()}
        before = self._all_blocked(quantities)
        for order in orders:
            key = f"{order.exchange}:{order.tradingsymbol}", order.product
            quantities[key] = quantities.get(key, 0) + order.side.sign * order.quantity
        return max(self._all_blocked(quantities) - before, Decimal(0))

    async def close(self) -> None:
        """Note it."""
        self.is_closed = True

    def _all_blocked(self, quantities: dict[tuple[str, str], int]) -> Decimal:
        return sum(
            (abs(quantity) * self.prices[key] / 5 for (key, _), quantity in quantities.items()), Decimal(0)
        )

    def _blocked(self, quantity: int, held: Position) -> Decimal:
        return abs(quantity) * held.last_price / 5

    def _note(self, read: str) -> None:
        self.reads.append(read)
        if self.fails:
            raise self.fails.popleft()
