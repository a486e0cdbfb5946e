"""Order rows as they come, and as they should not: each becomes an order or a sentence."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.kite.mapping import ReadRows, UnreadableRowError, read_row, read_rows
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


def rows_of(*rows: object, known: dict[bytes, Order] | None = None) -> ReadRows:
    return read_rows(msgspec.json.encode(list(rows)), ME, known or {})


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
        "quantity": 1,
        "status": "COMPLETE",
    }
    order = read_row(msgspec.json.encode(least), ME)
    assert (order.phase, order.validity, order.product, order.tags) == (Phase.FILLED, "DAY", "", ())
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
        ({"filled_quantity": None}, "filled_quantity", 0),
        ({"price": "26150.35"}, "price", Decimal("26150.35")),
        ({"price": ""}, "price", Decimal(0)),
        ({"price": None}, "price", Decimal(0)),
        ({"market_protection": -1}, "market_protection", Decimal(-1)),
        ({"status": "SOMETHING NEW"}, "phase", Phase.WORKING),
        ({"order_type": "BRACKET"}, "order_type", "BRACKET"),
        ({"order_timestamp": "soon", "exchange_timestamp": None}, "placed_at", None),
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
        ({"quantity": "NaN"}, "no order can have"),
        ({"quantity": True}, "quantity"),
        ({"filled_quantity": "Infinity"}, "no order can have"),
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
    row = {name: value for name, value in {**ROW, **changes}.items() if value is not ...}
    got = rows_of(ROW, row, {**ROW, "order_id": "2"})
    assert [order.order_id for order in got.orders] == [ROW["order_id"], "2"]
    [sentence] = got.unreadable
    assert "Row 2 of PA0002's order list" in sentence
    assert "neither copied nor counted" in sentence


@pytest.mark.parametrize("row", [None, 1, "text", [], [[]]])
def test_a_row_that_is_no_object_spoils_only_itself(row: object) -> None:
    got = rows_of(row, ROW)
    assert len(got.orders) == len(got.unreadable) == 1


@pytest.mark.parametrize("data", [b"{}", b"null", b"7", b"[", b""])
def test_data_that_is_no_list_is_no_order_list(data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_rows(data, ME, {})


def test_a_row_that_did_not_change_keeps_its_order() -> None:
    other = {**ROW, "order_id": "2"}
    before = rows_of(ROW, other)
    after = rows_of(ROW, {**other, "status": "COMPLETE"}, known=before.by_bytes)
    assert after.orders[0] is before.orders[0]
    assert after.orders[1].phase is Phase.FILLED
    assert len(after.by_bytes) == 2


_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
_hostile = st.fixed_dictionaries(
    {}, optional={name: _scalars | st.lists(_scalars, max_size=3) for name in (*ROW, "surprise")}
)


@given(rows=st.lists(_hostile | _scalars, max_size=5))
def test_no_row_ever_raises(rows: list[object]) -> None:
    got = rows_of(*rows)
    assert len(got.orders) + len(got.unreadable) == len(rows)


@given(
    quantity=st.integers(1, 10**9),
    price=st.decimals(0, 10**7, places=2),
    is_text=st.booleans(),
)
def test_numbers_are_exact_whichever_way_they_come(quantity: int, price: Decimal, is_text: bool) -> None:
    order = read(
        quantity=str(quantity) if is_text else quantity, price=str(price) if is_text else float(price)
    )
    assert (order.quantity, order.price) == (quantity, price)
