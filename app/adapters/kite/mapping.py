"""One row of Kite's order list as our order, or the reason why it is none."""

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

import msgspec

from app.adapters.kite.envelope import BROKEN_JSON, is_order_id, printable
from app.domain.ids import AccountId, OrderId
from app.domain.orders import ZERO, Order, OrderType, Phase, Side
from app.domain.session import from_ist_text

Scalar = int | float | str | None
_Value = TypeVar("_Value")


class UnreadableRowError(Exception):
    """A row lacks what no order can be without. The text says what."""


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of GET /orders, as loosely typed as the answers seen (Kite docs, orders; its mocks).

    Numbers may come as text, tags may be null or absent, and what is new is ignored.
    """

    order_id: Scalar = None
    parent_order_id: Scalar = None
    exchange: str | None = None
    tradingsymbol: str | None = None
    transaction_type: str | None = None
    order_type: str | None = None
    product: str | None = None
    variety: str | None = None
    validity: str | None = None
    validity_ttl: Scalar = None
    quantity: Scalar = None
    filled_quantity: Scalar = None
    cancelled_quantity: Scalar = None
    price: Scalar = None
    trigger_price: Scalar = None
    average_price: Scalar = None
    market_protection: Scalar = None
    status: str | None = None
    status_message: str | None = None
    status_message_raw: str | None = None
    tag: Scalar = None
    tags: list[Scalar] | str | None = None
    placed_by: Scalar = None
    order_timestamp: Scalar = None
    exchange_timestamp: Scalar = None
    exchange_update_timestamp: Scalar = None


_decode_row = msgspec.json.Decoder(OrderRow).decode
_LARGEST = Decimal(10) ** 15
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,3})?")
_YEARS = range(2000, 2100)
"""A stamp outside of them is no order's; not every calendar computation reaches there."""
_PRICED = frozenset({OrderType.LIMIT, OrderType.SL})
_MAX_WORD_CHARS = 64
_MAX_SENTENCE_CHARS = 500
_MAX_SHOWN_CHARS = 40


def read_row(row: bytes, account_id: AccountId) -> Order:
    """Read one row; UnreadableRowError, in words, where it is no order."""
    try:
        return _order(_decode_row(row), account_id)
    except BROKEN_JSON as e:
        raise UnreadableRowError(f"its JSON is not an order's: {printable(str(e), 200)}") from None


def _order(row: OrderRow, account_id: AccountId) -> Order:
    stamps = [_moment(row.order_timestamp), _moment(row.exchange_timestamp)]
    update = _moment(row.exchange_update_timestamp)
    placed = [stamp for stamp in stamps if stamp]
    parent = _text(row.parent_order_id)
    _required(_text(row.quantity), "quantity")
    quantity = _units(row.quantity, "quantity")
    _required(_text(row.filled_quantity), "filled_quantity")
    filled = _units(row.filled_quantity, "filled_quantity")
    order = Order(
        order_id=_order_id(_required(_text(row.order_id), "order_id"), "order_id"),
        account_id=account_id,
        exchange=_required(_word(row.exchange, "exchange"), "exchange"),
        tradingsymbol=_required(_word(row.tradingsymbol, "tradingsymbol"), "tradingsymbol"),
        side=_side(row.transaction_type),
        order_type=_required(_word(row.order_type, "order_type"), "order_type"),
        product=_required(_word(row.product, "product"), "product"),
        variety=_required(_word(row.variety, "variety"), "variety"),
        validity=_word(row.validity, "validity") or "DAY",
        validity_ttl=_units(row.validity_ttl, "validity_ttl"),
        quantity=quantity,
        status=_required(_word(row.status, "status"), "status"),
        filled_quantity=filled,
        cancelled_quantity=_units(row.cancelled_quantity, "cancelled_quantity"),
        price=_number(row.price, "price"),
        trigger_price=_number(row.trigger_price, "trigger_price"),
        average_price=_number(row.average_price, "average_price"),
        market_protection=_number(row.market_protection, "market_protection"),
        status_message=_sentence(row.status_message),
        status_message_raw=_sentence(row.status_message_raw),
        tags=_tags(row),
        placed_by=_word(row.placed_by, "placed_by") or "",
        parent_order_id=_order_id(parent, "parent_order_id") if parent else None,
        # Kite moves order_timestamp at each change and, for a cancellation, leaves the exchange's alone.
        placed_at=min(placed, default=None),
        updated_at=max([*placed, update] if update else placed, default=None),
    )
    _refuse_contradiction(order)
    return order


def _refuse_contradiction(order: Order) -> None:
    """Raise UnreadableRowError where fields cannot all be true: what is held, or asked for, hangs on them."""
    filled, quantity = order.filled_quantity, order.quantity
    is_short = order.phase is Phase.FILLED and filled + order.cancelled_quantity < quantity
    if filled > quantity or is_short:
        raise UnreadableRowError(f"it is {order.status} and has filled {filled} of {quantity} units")
    if order.is_terminal:
        return
    if order.intended_type in _PRICED and not order.price:
        raise UnreadableRowError(f"it is a {order.order_type} order and has no price")
    if order.phase is Phase.TRIGGER_PENDING and not order.trigger_price:
        raise UnreadableRowError(f"it is {order.status} and has no trigger_price")


def _tags(row: OrderRow) -> tuple[str, ...]:
    """Merge the one tag we may have set with the list Kite adds to (`mktp`, `autoslice` …)."""
    listed = [row.tags] if isinstance(row.tags, str) else row.tags or []
    return tuple(dict.fromkeys(text for tag in (row.tag, *listed) if (text := _text(tag))))


def _side(text: str | None) -> Side:
    try:
        return Side((text or "").strip())
    except ValueError:
        raise UnreadableRowError(f"it has transaction_type {_shown(text)}") from None


def _order_id(text: str, name: str) -> OrderId:
    if not is_order_id(text):
        raise UnreadableRowError(f"it has {name} {_shown(text)}, which no order can have")
    return OrderId(text)


def _units(value: Scalar, name: str) -> int:
    number = value if isinstance(value, int) else _number(value, name)
    if not 0 <= number <= _LARGEST or number != int(number):
        raise UnreadableRowError(f"it has {name} {_shown(value)}, which is no count of units")
    return int(number)


def _number(value: Scalar, name: str) -> Decimal:
    """Read a number by its shortest decimal text, so that 1400.35 stays exactly that. Nothing is 0."""
    if value is None or value == "":
        return ZERO
    text = str(value).strip()
    if _NUMBER.fullmatch(text) is None:
        raise UnreadableRowError(f"it has {name} {_shown(value)}, which is no number")
    number = Decimal(text)
    if abs(number) > _LARGEST:
        raise UnreadableRowError(f"it has {name} {_shown(value)}, which no order can have")
    return number


def _required(value: _Value | None, name: str) -> _Value:
    if value is None or value == "":
        raise UnreadableRowError(f"it has no {name}")
    return value


def _word(value: Scalar, name: str) -> str | None:
    """Return a word of the broker's; None where there is none."""
    text = _text(value)
    if text is not None and (len(text) > _MAX_WORD_CHARS or not text.isprintable()):
        raise UnreadableRowError(f"it has {name} {_shown(text)}, which no order can have")
    return text


def _sentence(value: Scalar) -> str | None:
    text = _text(value)
    return None if text is None else printable(text, _MAX_SENTENCE_CHARS)


def _text(value: Scalar) -> str | None:
    """Return the text of a field without surrounding space; None where there is none."""
    text = "" if value is None else str(value).strip()
    return text or None


def _shown(value: Scalar) -> str:
    return (
        repr(printable(value, _MAX_SHOWN_CHARS)) if isinstance(value, str) else str(value)[:_MAX_SHOWN_CHARS]
    )


def _moment(value: Scalar) -> datetime | None:
    """Read a naive IST stamp; one that is missing or makes no sense only costs us the order's age."""
    text = _text(value)
    return None if text is None else _stamp(text.replace("T", " ")[:19])


@lru_cache(maxsize=4096)
def _stamp(text: str) -> datetime | None:
    """Read the text of a stamp; most orders have the same one two or three times, and lists have many."""
    try:
        moment = from_ist_text(text)
    except ValueError:
        return None
    return moment if moment.year in _YEARS else None
