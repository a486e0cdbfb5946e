"""Kite's order rows as our orders; a row that makes no sense becomes a sentence, never an exception."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from app.adapters.kite.envelope import BROKEN_JSON
from app.domain.ids import AccountId, OrderId
from app.domain.orders import ZERO, Order, Side
from app.domain.session import from_ist_text

Scalar = int | float | str | None


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
_decode_rows = msgspec.json.Decoder(list[msgspec.Raw]).decode


@dataclass(frozen=True, slots=True)
class ReadRows:
    """The orders of one list, a sentence for each row that is none, and each order by its bytes."""

    orders: tuple[Order, ...]
    unreadable: tuple[str, ...]
    by_bytes: dict[bytes, Order]


def read_rows(data: bytes | msgspec.Raw, account_id: AccountId, known: dict[bytes, Order]) -> ReadRows:
    """Read the data of GET /orders; one of BROKEN_JSON where it is no JSON list at all.

    A row whose bytes are among `known` is not read again: most rows of a day never change.
    """
    orders: list[Order] = []
    unreadable: list[str] = []
    by_bytes: dict[bytes, Order] = {}
    for number, raw in enumerate(_decode_rows(data), start=1):
        row = bytes(raw)
        try:
            order = known.get(row) or read_row(row, account_id)
        except UnreadableRowError as e:
            unreadable.append(
                f"Row {number} of {account_id}'s order list cannot be read: {e}. It is neither copied nor "
                "counted; look at it in Kite."
            )
        else:
            by_bytes[row] = order
            orders.append(order)
    return ReadRows(tuple(orders), tuple(unreadable), by_bytes)


def read_row(row: bytes, account_id: AccountId) -> Order:
    """Read one row; UnreadableRowError, in words, where it is no order."""
    try:
        return _order(_decode_row(row), account_id)
    except BROKEN_JSON as e:
        raise UnreadableRowError(str(e)[:200]) from None


def _order(row: OrderRow, account_id: AccountId) -> Order:
    stamps = [_moment(row.order_timestamp), _moment(row.exchange_timestamp)]
    update = _moment(row.exchange_update_timestamp)
    placed = [stamp for stamp in stamps if stamp]
    order_id = _required(_text(row.order_id), "order_id")
    return Order(
        order_id=OrderId(order_id),
        account_id=account_id,
        exchange=_required(_text(row.exchange), "exchange", order_id),
        tradingsymbol=_required(_text(row.tradingsymbol), "tradingsymbol", order_id),
        side=_side(row.transaction_type, order_id),
        order_type=_text(row.order_type) or "",
        product=_text(row.product) or "",
        variety=_text(row.variety) or "",
        validity=_text(row.validity) or "DAY",
        validity_ttl=_units(row.validity_ttl, "validity_ttl", order_id),
        quantity=_units(_required(row.quantity, "quantity", order_id), "quantity", order_id),
        status=_required(_text(row.status), "status", order_id),
        filled_quantity=_units(row.filled_quantity, "filled_quantity", order_id),
        cancelled_quantity=_units(row.cancelled_quantity, "cancelled_quantity", order_id),
        price=_rupees(row.price, "price", order_id),
        trigger_price=_rupees(row.trigger_price, "trigger_price", order_id),
        average_price=_rupees(row.average_price, "average_price", order_id),
        market_protection=_rupees(row.market_protection, "market_protection", order_id),
        status_message=_text(row.status_message),
        status_message_raw=_text(row.status_message_raw),
        tags=_tags(row),
        placed_by=_text(row.placed_by) or "",
        parent_order_id=OrderId(parent) if (parent := _text(row.parent_order_id)) else None,
        # Kite moves order_timestamp at each change and, for a cancellation, leaves the exchange's alone.
        placed_at=min(placed, default=None),
        updated_at=max([*placed, update] if update else placed, default=None),
    )


def _tags(row: OrderRow) -> tuple[str, ...]:
    """Merge the one tag we may have set with the list Kite adds to (`mktp`, `autoslice` …)."""
    listed = [row.tags] if isinstance(row.tags, str) else row.tags or []
    return tuple(dict.fromkeys(text for tag in (row.tag, *listed) if (text := _text(tag))))


def _side(text: str | None, order_id: str) -> Side:
    try:
        return Side((text or "").strip())
    except ValueError:
        raise UnreadableRowError(f"order {order_id} has transaction_type {text!r}") from None


def _units(value: Scalar, name: str, order_id: str) -> int:
    number = _number(value, name, order_id)
    if number != number.to_integral_value() or number < 0:
        raise UnreadableRowError(f"order {order_id} has {name} {value!r}, which is no count of units")
    return int(number)


def _rupees(value: Scalar, name: str, order_id: str) -> Decimal:
    return _number(value, name, order_id)


def _number(value: Scalar, name: str, order_id: str) -> Decimal:
    """Read a number by its shortest decimal text, so that 1400.35 stays exactly that. Nothing is 0."""
    if value is None or value == "":
        return ZERO
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise UnreadableRowError(f"order {order_id} has {name} {value!r}, which is no number") from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise UnreadableRowError(f"order {order_id} has {name} {value!r}, which no order can have")
    return number


_LARGEST = Decimal(10) ** 15


def _required(value: Scalar, name: str, order_id: str | None = None) -> str:
    if value is None or value == "":
        whose = f"order {order_id}" if order_id else "it"
        raise UnreadableRowError(f"{whose} has no {name}")
    return str(value)


def _text(value: Scalar) -> str | None:
    """Return the text of a field without surrounding space; None where there is none."""
    text = "" if value is None else str(value).strip()
    return text or None


def _moment(value: Scalar) -> datetime | None:
    """Read a naive IST stamp; one that is missing or makes no sense only costs us the order's age."""
    text = _text(value)
    if text is None:
        return None
    try:
        return from_ist_text(text.replace("T", " ")[:19])
    except ValueError:
        return None
