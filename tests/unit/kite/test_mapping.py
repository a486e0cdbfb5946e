"""Order rows as they come, and as they should not: each becomes an order or a sentence."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.kite.mapping import UnreadableRowError, read_row
from app.domain.ids import AccountId
from app.domain.orders import Order, OrderType, Phase, Side

ME = AccountId("PA0002")
ROW: dict[str, Any] = {
    "placed_by": "PA0002",
    "order_id": "1953341975595868160",
    "exchange_order_id": "1100000000012345",
    "parent_order_id": None,
    "status": "OPEN",
    "status_message": None,
    "status_message_raw": None,
    "order_timestamp": "2026-11-20 10:00:05",
    "exchange_update_timestamp": "2026-11-20 10:00:07",
    "exchange_timestamp": "2026-11-20 10:00:06",
    "variety": "regular",
    "modified": False,
    "exchange": "NFO",
    "tradingsymbol": "NIFTY26NOVFUT",
    "instrument_token": 12345,
    "order_type": "LIMIT",
    "transaction_type": "SELL",
    "validity": "DAY",
    "validity_ttl": 0,
    "product": "MIS",
    "quantity": 130,
    "disclosed_quantity": 0,
    "price": 26150.35,
    "trigger_price": 0,
    "average_price": 26150.1,
    "filled_quantity": 65,
    "pending_quantity": 65,
    "cancelled_quantity": 0,
    "market_protection": 0,
    "meta": {},
    "tag": "TCAAAAAAAAAAAAAAAAAA",
    "tags": ["TCAAAAAAAAAAAAAAAAAA", "mktp", "mktp:2.00"],
    "guid": "01XX",
}


def read(**changes: Any) -> Order:
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not ...}
    return read_row(msgspec.json.encode(row), ME)


def test_a_full_row() -> None:
    order = read()
    assert (order.order_id, order.account_id) == ("1953341975595868160", ME)
    assert (order.instrument, order.side, order.quantity) == ("NFO:NIFTY26NOVFUT", Side.SELL, 130)
    assert (order.price, order.average_price) == (Decimal("26150.35"), Decimal("26150.1"))
    assert (order.filled_quantity, order.phase) == (65, Phase.OPEN)
    assert order.tags == ("TCAAAAAAAAAAAAAAAAAA", "mktp", "mktp:2.00")
    assert order.intended_type == OrderType.MARKET
    assert order.placed_at is not None
    assert order.updated_at is not None
    assert order.placed_at.isoformat() == "2026-11-20T10:00:05+05:30"
    assert order.updated_at.isoformat() == "2026-11-20T10:00:07+05:30"


def test_a_cancellation_moves_kites_order_stamp_but_not_when_it_was_placed() -> None:
    order = read(order_timestamp="2026-11-20 10:03:00", exchange_timestamp="2026-11-20 10:00:06")
    assert order.placed_at is not None
    assert order.updated_at is not None
    assert (order.placed_at.minute, order.updated_at.minute) == (0, 3)


def test_the_least_row() -> None:
    least = {
        "order_id": "1",
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "order_type": "MARKET",
        "product": "MIS",
        "variety": "regular",
        "quantity": 1,
        "filled_quantity": 1,
        "status": "COMPLETE",
    }
    order = read_row(msgspec.json.encode(least), ME)
    assert order.phase is Phase.FILLED
    assert (order.validity, order.price) == ("DAY", Decimal(0))
    assert not order.tags
    assert order.placed_at is None


@pytest.mark.parametrize(
    ("tag", "tags", "merged"),
    [
        (None, None, ()),
        (..., ..., ()),
        ("a", None, ("a",)),
        (None, ["b", "a"], ("b", "a")),
        ("a", ["b", "a", None, ""], ("a", "b")),
        ("a", [], ("a",)),
        ("", "b", ("b",)),
        (7, [8], ("7", "8")),
    ],
)
def test_tag_and_tags_are_one(tag: Any, tags: Any, merged: tuple[str, ...]) -> None:
    assert read(tag=tag, tags=tags).tags == merged


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"order_id": 1953341975595868160}, "order_id", "1953341975595868160"),
        ({"quantity": "130"}, "quantity", 130),
        ({"quantity": 130.0}, "quantity", 130),
        ({"filled_quantity": 0}, "filled_quantity", 0),
        ({"price": "26150.35"}, "price", Decimal("26150.35")),
        ({"price": ""}, "price", Decimal(0)),
        ({"price": None}, "price", Decimal(0)),
        ({"price": None, "tags": [], "order_type": "MARKET"}, "price", Decimal(0)),
        ({"price": None, "tags": [], "status": "CANCELLED"}, "price", Decimal(0)),
        ({"trigger_price": None, "order_type": "SL"}, "trigger_price", Decimal(0)),
        ({"status": "COMPLETE", "cancelled_quantity": 65}, "filled_quantity", 65),
        ({"market_protection": -1}, "market_protection", Decimal(-1)),
        ({"status": "SOMETHING NEW"}, "phase", Phase.WORKING),
        ({"order_type": "BRACKET"}, "order_type", "BRACKET"),
        ({"order_timestamp": "soon", "exchange_timestamp": None}, "placed_at", None),
        ({"order_timestamp": "0000-01-01 00:00:00", "exchange_timestamp": None}, "placed_at", None),
        ({"order_timestamp": "9999-12-31 23:59:59", "exchange_timestamp": None}, "placed_at", None),
        ({"status_message": "a\r\nb\x1b[2J\x00"}, "status_message", "a b [2J"),
        ({"status_message": "x" * 10_000}, "status_message", "x" * 500),
        ({"parent_order_id": 42}, "parent_order_id", "42"),
        ({"placed_by": None}, "placed_by", ""),
        ({"new_field": {"deep": [1]}}, "quantity", 130),
        ({"meta": None, "guid": 7}, "quantity", 130),
    ],
)
def test_what_is_odd_but_clear_is_read(changes: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read(**changes), field) == value


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"order_id": ...}, "has no order_id"),
        ({"order_id": " "}, "has no order_id"),
        ({"status": None}, "has no status"),
        ({"quantity": None}, "has no quantity"),
        ({"quantity": "many"}, "quantity 'many'"),
        ({"quantity": 1.5}, "no count of units"),
        ({"quantity": -1}, "no count of units"),
        ({"quantity": "1e400"}, "no order can have"),
        ({"quantity": 1e300}, "no order can have"),
        ({"quantity": 10**16}, "no count of units"),
        ({"quantity": "NaN"}, "no number"),
        ({"quantity": "1_0"}, "no number"),
        ({"quantity": "9" * 100_000}, "no number"),
        ({"filled_quantity": 131}, "OPEN and has filled 131 of 130"),
        ({"filled_quantity": None}, "has no filled_quantity"),
        ({"filled_quantity": ...}, "has no filled_quantity"),
        ({"filled_quantity": 0, "status": "COMPLETE"}, "COMPLETE and has filled 0 of 130"),
        ({"status": "COMPLETE"}, "COMPLETE and has filled 65 of 130"),
        ({"order_type": ...}, "has no order_type"),
        ({"product": None}, "has no product"),
        ({"variety": ""}, "has no variety"),
        ({"price": ..., "tags": []}, "LIMIT order and has no price"),
        ({"price": 0, "tags": [], "order_type": "SL"}, "SL order and has no price"),
        ({"trigger_price": None, "order_type": "SL-M", "status": "TRIGGER PENDING"}, "no trigger_price"),
        ({"order_id": "1" * 200}, "order_id .*no order can have"),
        ({"order_id": "12\n34"}, "order_id .*no order can have"),
        ({"order_id": "<b>1</b>"}, "order_id .*no order can have"),
        ({"order_id": "../../session/token"}, "order_id .*no order can have"),
        ({"order_id": 1.9533419755958682e18}, "order_id .*no order can have"),
        ({"parent_order_id": "<b>"}, "parent_order_id .*no order can have"),
        ({"status": "OPEN\x00"}, "status .*no order can have"),
        ({"status": "X" * 65}, "status .*no order can have"),
        ({"tradingsymbol": "IN\u202eFY"}, "tradingsymbol .*no order can have"),
        ({"price": 1e308}, "no order can have"),
        ({"quantity": True}, "quantity"),
        ({"filled_quantity": "Infinity"}, "no number"),
        ({"price": [1]}, "price"),
        ({"transaction_type": "HOLD"}, "transaction_type 'HOLD'"),
        ({"transaction_type": None}, "transaction_type None"),
        ({"tradingsymbol": ""}, "has no tradingsymbol"),
        ({"tags": {"a": 1}}, "tags"),
    ],
)
def test_what_makes_no_sense_becomes_a_sentence(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(UnreadableRowError, match=what):
        read(**changes)


@given(
    quantity=st.integers(1, 10**9),
    price=st.decimals(0, 10**7, places=2),
    is_text=st.booleans(),
)
def test_numbers_are_exact_whichever_way_they_come(quantity: int, price: Decimal, is_text: bool) -> None:
    order = read(
        quantity=str(quantity) if is_text else quantity,
        price=str(price) if is_text else float(price),
        filled_quantity=0,
    )
    assert (order.quantity, order.price) == (quantity, price)
