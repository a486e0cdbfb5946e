"""Orders as a broker shows them, and what they trade, with every field filled and any of them replaceable."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.ids import AccountId, OrderId
from app.domain.instruments import Instrument
from app.domain.orders import Order, Side
from app.domain.session import from_ist_text


def at(time: str = "09:30:00", day: str = "2026-11-20") -> datetime:
    """Return a moment of a trading day from its IST clock time; the day is Friday, 20 November 2026."""
    return from_ist_text(f"{day} {time}")


def an_order(**changes: Any) -> Order:
    """Build the primary's resting LIMIT order to buy 50 INFY, placed at 09:30 IST.

    A change of `placed_at` moves `updated_at` with it unless that is named, too.
    """
    if "placed_at" in changes:
        changes = {"updated_at": changes["placed_at"], **changes}
    return replace(_ORDER, **changes)


def an_instrument(**changes: Any) -> Instrument:
    """Build INFY of the NSE: one share a lot, no freeze quantity."""
    return replace(_INSTRUMENT, **changes)


_ORDER = Order(
    order_id=OrderId("1953341975595868160"),
    account_id=AccountId("PA0001"),
    exchange="NSE",
    tradingsymbol="INFY",
    side=Side.BUY,
    order_type="LIMIT",
    product="MIS",
    variety="regular",
    validity="DAY",
    quantity=50,
    status="OPEN",
    price=Decimal("1500.05"),
    placed_by="PA0001",
    placed_at=at(),
    updated_at=at(),
)
_INSTRUMENT = Instrument(
    exchange="NSE", tradingsymbol="INFY", name="INFOSYS", lot_size=1, tick_size=Decimal("0.05")
)
