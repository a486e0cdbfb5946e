"""What an account holds and could afford, and what instruments cost: for the operator's eyes only."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.domain.copies import LegOrder
from app.domain.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The net position in one instrument and product. `quantity` is negative when short, `pnl` the day's."""

    exchange: str
    tradingsymbol: str
    product: str
    quantity: int
    average_price: Decimal
    last_price: Decimal
    pnl: Decimal

    @property
    def instrument(self) -> str:
        """The instrument as `EXCHANGE:SYMBOL`."""
        return f"{self.exchange}:{self.tradingsymbol}"


@dataclass(frozen=True, slots=True)
class Funds:
    """Rupees that may be used for new orders, and those that are blocked or spent."""

    free: Decimal
    used: Decimal


class AccountReader(Protocol):
    """Reads one account beside the order path: never over the connections that orders need.

    Every method raises BrokerUnavailableError where there is no clean answer, SessionExpiredError where the
    session's token is dead (both of app/ports/broker.py). Nothing here decides about any order.
    """

    account_id: AccountId

    async def positions(self) -> tuple[Position, ...]:
        """Return the day's net positions, those closed today included."""
        ...

    async def funds(self) -> Funds:
        """Return what is free and what is used, of the equity segment."""
        ...

    async def last_prices(self, instruments: Sequence[str]) -> dict[str, Decimal]:
        """Return last traded prices by `EXCHANGE:SYMBOL`; the unknown are left out."""
        ...

    async def order_margin(self, orders: Sequence[LegOrder]) -> Decimal:
        """Return the rupees that these orders together would block."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
