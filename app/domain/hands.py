"""Changes that a person made to a copy at the broker: what Tandem never asked for, somebody else did.

Which amendment reached the broker last cannot be known: one may be lost, or arrive late, in any order.
But each sets only values that were asked for, and those are in the journal. A value in a field that was
never asked for in that field is therefore nobody's but a person's (docs/adr/0014).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from app.domain.orders import Order, OrderType, Phase
from app.domain.reasons import Reason, ReasonCode

T = TypeVar("T")

_PRICED_BY_THE_BROKER = frozenset({OrderType.MARKET, OrderType.SL_M})
_WITH_TRIGGER = frozenset({OrderType.SL, OrderType.SL_M})
_WITH_PRICE = frozenset({OrderType.LIMIT, OrderType.SL})
_BECOMES: dict[str, frozenset[str]] = {
    # Kite shows a protected MARKET as a LIMIT at the edge of its band, with or without its own tag
    # (Kite forum 52940); a stop order that triggered is shown as the plain order it has become.
    OrderType.MARKET: frozenset({OrderType.LIMIT}),
    OrderType.SL: frozenset({OrderType.LIMIT}),
    OrderType.SL_M: frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.SL}),
}


class Values(Protocol):
    """What an order, a modification or a report says of the four fields that may be changed."""

    @property
    def quantity(self) -> int | None: ...
    @property
    def price(self) -> Decimal | None: ...
    @property
    def trigger_price(self) -> Decimal | None: ...
    @property
    def order_type(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """Every value that one order was ever asked to have, field by field, oldest first."""

    quantities: tuple[int, ...] = ()
    prices: tuple[Decimal, ...] = ()
    trigger_prices: tuple[Decimal, ...] = ()
    order_types: tuple[str, ...] = ()

    def plus(self, values: Values) -> "Asked":
        """Return this and what is asked for now; None leaves a field as it is."""
        return Asked(
            _with(self.quantities, values.quantity),
            _with(self.prices, values.price),
            _with(self.trigger_prices, values.trigger_price),
            _with(self.order_types, values.order_type),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The four fields of one order as they were shown at one moment."""

    quantity: int
    price: Decimal
    trigger_price: Decimal
    order_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that a person changed, in words for the operator."""

    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandChange:
    """What a person made of a copy, and what the primary order was like then."""

    fields: tuple[FieldChange, ...]
    shown: Terms
    primary: Terms

    def holds(self, primary: Order) -> bool:
        """Tell whether the primary order is still the one the person saw: until it changes, the hand wins.

        A stop order of the primary that triggers was not changed by anybody.
        """
        then, is_waiting = self.primary, primary.phase is Phase.TRIGGER_PENDING
        kind = primary.intended_type
        if kind != then.order_type and (is_waiting or kind not in _BECOMES.get(then.order_type, ())):
            return False
        if kind in _WITH_PRICE and then.order_type in _WITH_PRICE and primary.price != then.price:
            return False
        if is_waiting and primary.trigger_price != then.trigger_price:
            return False
        return primary.quantity == then.quantity

    def is_seen_in(self, shown: Order) -> bool:
        """Tell whether the copy still has what the person gave it."""
        now = terms_of(shown)
        return all(getattr(now, c.field) == getattr(self.shown, c.field) for c in self.fields)

    @property
    def text(self) -> str:
        """Each field, from what to what."""
        return ", ".join(f"{c.field.replace('_', ' ')} from {c.was} to {c.now}" for c in self.fields)

    @property
    def reason(self) -> Reason:
        """What the copy says of itself while the hand wins."""
        text = f"Changed at the broker, not by Tandem: {self.text}. Left so until the primary order changes."
        return Reason(ReasonCode.CHANGED_BY_HAND, text)


NOTHING_ASKED = Asked()


def terms_of(order: Order) -> Terms:
    """Return the four fields of an order, its type being the one that was chosen."""
    return Terms(
        quantity=order.quantity,
        price=order.price,
        trigger_price=order.trigger_price,
        order_type=order.intended_type,
    )


def changes_by_hand(shown: Order, asked: Asked, wanted: Values) -> tuple[FieldChange, ...]:
    """Return the fields of a resting order that show what was neither ever asked for nor is wanted now.

    Nothing where it is not known what was asked for. A price is not judged once a type was asked for that
    the broker prices itself, nor a trigger price once the order has triggered.
    """
    if not asked.order_types:
        return ()
    kind = shown.intended_type
    kinds = {kind for one in asked.order_types for kind in (one, *_BECOMES.get(one, ()))}
    found = [_change("quantity", shown.quantity, asked.quantities, wanted.quantity)]
    if kind not in kinds:
        found.append(_change("order_type", kind, asked.order_types, wanted.order_type))
    if kind in _WITH_PRICE and not _PRICED_BY_THE_BROKER & kinds:
        found.append(_change("price", shown.price, asked.prices, wanted.price))
    if kind in _WITH_TRIGGER and shown.phase is Phase.TRIGGER_PENDING:
        found.append(
            _change("trigger_price", shown.trigger_price, asked.trigger_prices, wanted.trigger_price)
        )
    return tuple(change for change in found if change is not None)


def _change(field: str, shown: T, asked: tuple[T, ...], wanted: T | None) -> FieldChange | None:
    if shown in asked or shown == wanted:
        return None
    return FieldChange(field=field, was=str(asked[-1]) if asked else "unknown", now=str(shown))


def _with(values: tuple[T, ...], value: T | None) -> tuple[T, ...]:
    """Return the values with the newest at the end, each once."""
    if value is None or (values and values[-1] == value):
        return values
    return (*(one for one in values if one != value), value)
