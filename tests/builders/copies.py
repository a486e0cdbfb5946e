"""Copies and their legs, with every field filled and any of them replaceable."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.domain.copies import Copy, CopyState, Leg, LegOrder
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import Side


def a_leg_order(**changes: Any) -> LegOrder:
    """Build the LIMIT order of a copy to buy 50 INFY."""
    return replace(_LEG_ORDER, **changes)


def a_leg(state: CopyState = CopyState.OPEN, number: int = 0, generation: int = 0, **changes: Any) -> Leg:
    """Build one leg of 50 units; each slice and generation has its own tag."""
    leg = Leg(
        tag=ClientOrderId(f"TC{number}-{generation}"),
        copy_id=_COPY.copy_id,
        number=number,
        generation=generation,
        order=a_leg_order(),
        state=state,
    )
    return replace(leg, **changes)


def a_copy(*legs: Leg, **changes: Any) -> Copy:
    """Build the copy of an order to buy INFY into SA0001; without legs it is held."""
    return replace(_COPY, legs=legs, **changes)


_LEG_ORDER = LegOrder(
    exchange="NSE",
    tradingsymbol="INFY",
    side=Side.BUY,
    order_type="LIMIT",
    product="MIS",
    validity="DAY",
    quantity=50,
    price=Decimal("1500.05"),
)
_COPY = Copy(
    copy_id=CopyId("1953341975595868160:SA0001"),
    primary_order_id=OrderId("1953341975595868160"),
    account_id=AccountId("SA0001"),
    instrument="NSE:INFY",
    side=Side.BUY,
    closing_units=0,
    idle_state=CopyState.HELD,
)
