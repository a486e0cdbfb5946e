"""Square-offs: positions that the operator wants closed, without a primary order behind it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from app.domain.ids import AccountId, OrderId
from app.domain.orders import Order, OrderType, Side
from app.domain.session import IST

SQUARE_OFF = "square_off"
"""The variety of the order that stands behind a square-off; no broker knows it."""
INTRADAY = "MIS"
"""Only such positions are squared off: a day's fills are all there is to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SquareOff:
    """One position that is to be closed. `origin` names it in place of a primary order's id."""

    origin: OrderId
    account_id: AccountId
    instrument: str
    requested_by: str
    asked_at: datetime


def origin_of(day: date, account_id: AccountId, instrument: str, number: int) -> OrderId:
    """Name one of the square-offs of a position on a day, which are counted from 0.

    What follows from nothing but that can be worked out again when the journal is lost.
    """
    spelt = "".join(f"{len(part)}:{part}" for part in (day.isoformat(), account_id, instrument, str(number)))
    return OrderId(f"SQ{blake2b(spelt.encode(), digest_size=8).hexdigest()}")


def is_square_off(order: Order) -> bool:
    """Tell whether an order is none of the primary's, but what stands behind a square-off."""
    return order.variety == SQUARE_OFF


def closing_order(square_off: SquareOff, *, side: Side, quantity: int, placed_at: datetime) -> Order:
    """Write the order that stands behind a square-off, in place of a primary order.

    It never fills itself, so that it counts for nothing in the primary's positions.
    """
    exchange, _, tradingsymbol = square_off.instrument.partition(":")
    return Order(
        order_id=square_off.origin,
        account_id=square_off.account_id,
        exchange=exchange,
        tradingsymbol=tradingsymbol,
        side=side,
        order_type=OrderType.MARKET,
        product=INTRADAY,
        variety=SQUARE_OFF,
        validity="DAY",
        quantity=quantity,
        status="SQUARE OFF",
        placed_by=square_off.requested_by,
        placed_at=placed_at,
        updated_at=placed_at,
    )


def younger_than(seniorities_s: list[float], now: datetime) -> datetime:
    """Return a moment after all of these and not before `now`."""
    latest_s = max(seniorities_s, default=0.0)
    return max(now, datetime.fromtimestamp(latest_s, IST) + timedelta(milliseconds=1))
