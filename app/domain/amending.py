"""How a resting copy follows its primary order: compare what is wanted with what the broker shows.

Level-triggered: nothing remembers having sent a change, so a late or lost one is seen and repeated.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from app.domain.copies import LegOrder
from app.domain.orders import Order, OrderType, Phase

T = TypeVar("T")

MAX_AMENDMENTS = 20
"""Kite allows 25 modifications of an order; five stay for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """Absolute values to set; None leaves a field as it is."""

    quantity: int | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    order_type: str | None = None
    market_protection: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The copy is to be cancelled."""


def amendment(wanted: LegOrder | None, sent: LegOrder, shown: Order) -> Modification | Cancellation | None:
    """Return what makes the order `shown` like `wanted`, or None where it is so already or has ended.

    `wanted` None means the primary order was cancelled; `sent` is what was placed. A quantity at or
    below what is filled cannot be set: the rest is cancelled instead.
    """
    if shown.is_terminal:
        return None
    if wanted is None or wanted.quantity <= shown.filled_quantity:
        return Cancellation()
    is_new_type = _is_new_type(wanted, sent, shown)
    changes = Modification(
        quantity=_changed(wanted.quantity, shown.quantity),
        price=_changed(wanted.price, shown.price) if _is_priced(wanted) else None,
        trigger_price=_changed(wanted.trigger_price, shown.trigger_price)
        if _has_trigger(wanted, shown)
        else None,
        order_type=wanted.order_type if is_new_type else None,
        market_protection=wanted.market_protection if is_new_type and not _is_priced(wanted) else None,
    )
    return None if changes == Modification() else changes


def _changed(wanted: T, shown: T) -> T | None:
    return None if wanted == shown else wanted


def _is_priced(wanted: LegOrder) -> bool:
    return wanted.order_type in {OrderType.LIMIT, OrderType.SL}


def _has_trigger(wanted: LegOrder, shown: Order) -> bool:
    """A triggered stop order has become a plain one: its trigger can no longer be set."""
    return wanted.order_type in {OrderType.SL, OrderType.SL_M} and shown.phase is Phase.TRIGGER_PENDING


def _is_new_type(wanted: LegOrder, sent: LegOrder, shown: Order) -> bool:
    """Tell whether the trader changed the type.

    Kite itself turns a protected MARKET into a LIMIT, so a type that differs from what we sent is a
    change only if the primary's differs from it too. Naming a new MARKET needs protection (Kite forum
    52331).
    """
    return wanted.order_type not in {sent.order_type, shown.intended_type}
