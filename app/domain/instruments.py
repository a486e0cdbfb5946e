"""What can be traded, as far as sizing needs to know it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One tradable row of the broker's instrument dump.

    `lot_size` in the units that an order's quantity uses. `freeze_quantity` is the most that one order
    may carry, or None where there is no such limit; Kite's dump does not carry it.
    """

    exchange: str
    tradingsymbol: str
    name: str
    lot_size: int
    tick_size: Decimal
    freeze_quantity: int | None = None

    @property
    def key(self) -> str:
        """`EXCHANGE:SYMBOL`."""
        return f"{self.exchange}:{self.tradingsymbol}"
