"""Copies that have filled while their primary orders still rest."""

from decimal import Decimal
from typing import Any

from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from tests.builders.copier import Copier

S1 = AccountId("S1")


def filled_entry(copier: Copier, **changes: Any) -> Order:
    """Let the primary rest an entry of which the copy has filled."""
    order = copier.primary_places(**changes)
    for placed in copier.take_all():
        copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    return order


def filled_exit(copier: Copier, *, held: int = 20, **changes: Any) -> Order:
    """Let the primary rest an exit of 10 of what both hold, of which the copy has filled."""
    copier.primary_places(order_type="MARKET", quantity=held)
    copier.take_all()
    copier.clock.advance(1)
    order = copier.primary_places(**{"side": Side.SELL, "price": Decimal(1600), **changes})
    copier.look_at()
    for placed in copier.take_all():
        copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    return order
