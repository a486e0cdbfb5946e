"""A whole answer to GET /orders: its rows read one by one, so that a bad one spoils nothing but itself."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.adapters.kite.envelope import BROKEN_JSON, is_order_id, printable
from app.adapters.kite.mapping import UnreadableRowError, read_row
from app.domain.ids import AccountId, OrderId, our_tags_in
from app.domain.orders import Order, merge
from app.ports.broker import UnreadableRow

_STEP = 2000
"""How much is read before other tasks get their turn: so many rows known before, or 50 new ones."""
_COST_OF_NEW = 40
_QUOTED_CHARS = 60
_DESCRIBED_CHARS = 120
_split = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder(Any).decode


@dataclass(slots=True)
class ReadRows:
    """The orders of one list, what stands for each row that is none, and each order by its bytes."""

    orders: dict[OrderId, Order] = field(default_factory=dict)
    unreadable: list[UnreadableRow] = field(default_factory=list)
    by_bytes: dict[bytes, Order] = field(default_factory=dict)


async def read_rows(data: bytes | msgspec.Raw, account_id: AccountId, known: dict[bytes, Order]) -> ReadRows:
    """Read the data of GET /orders; one of BROKEN_JSON where it is no JSON list at all.

    A row whose bytes are among `known` is not read again: most rows of a day never change. Others get
    their turn in between, however long the list is.
    """
    read = ReadRows()
    effort = 0
    for raw in _split(data):
        row = bytes(raw)
        order = known.get(row)
        effort += 1 if order else _COST_OF_NEW
        try:
            order = order or read_row(row, account_id)
            read.by_bytes[row] = order
            _add(read, order)
        except UnreadableRowError as e:
            read.unreadable.append(_unreadable(row, account_id, str(e)))
        if effort >= _STEP:
            effort = 0
            await asyncio.sleep(0)
    return read


def _add(read: ReadRows, order: Order) -> None:
    """Take an order up; one that is in the list twice is merged, unless both cannot be the same order."""
    other = read.orders.get(order.order_id)
    if other is None or other == order:
        read.orders[order.order_id] = order
        return
    if (other.instrument, other.side, other.our_tags) != (order.instrument, order.side, order.our_tags):
        raise UnreadableRowError("another row before it has the same order_id and is a different order")
    read.orders[order.order_id] = merge(other, order, is_poll=True)


def _unreadable(row: bytes, account_id: AccountId, why: str) -> UnreadableRow:
    """Say what is wrong with a row, and keep what proves that an order exists: its number and our tags."""
    text = row.decode("utf-8", errors="replace")
    fields = _fields(row)
    order_id = _word(fields, "order_id")
    is_named = order_id is not None and is_order_id(order_id)
    exchange, symbol = _word(fields, "exchange"), _word(fields, "tradingsymbol")
    instrument = f"{exchange}:{symbol}" if exchange and symbol else None
    name = f"Order {order_id}" if is_named else _described(fields, instrument, text)
    return UnreadableRow(
        text=f"{name} in the order list of {account_id} cannot be read: {why}. It is neither copied nor "
        "counted; look at it in Kite.",
        order_id=OrderId(order_id) if order_id is not None and is_named else None,
        our_tags=our_tags_in(text),
        instrument=instrument,
    )


def _described(fields: dict[str, Any], instrument: str | None, text: str) -> str:
    """Return what an operator may find a row by that has no number: what it is for, and its stamp."""
    if instrument is None:
        return f"A row, {printable(text, _QUOTED_CHARS)!r},"
    stamp = _word(fields, "order_timestamp")
    name = f"An order for {instrument} of {stamp}" if stamp else f"An order for {instrument}"
    return printable(name, _DESCRIBED_CHARS)


def _fields(row: bytes) -> dict[str, Any]:
    try:
        fields = _decode(row)
    except BROKEN_JSON:
        return {}
    return fields if isinstance(fields, dict) else {}


def _word(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    is_text = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value).strip() if is_text else None
