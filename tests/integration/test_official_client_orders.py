"""The official client places, modifies and cancels orders of every variety on the exchange."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from kiteconnect import KiteConnect
from kiteconnect.exceptions import InputException, KiteException, OrderException

from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields

RESTING = {"exchange": "NSE", "transaction_type": "BUY", "product": "MIS", "order_type": "LIMIT"}


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        server.control("POST", "/prices", {"key": "NSE:SBIN", "price": "900.00", "is_frozen": True})
        yield server


@pytest.fixture
def kite(exchange: ExchangeServer) -> KiteConnect:
    return exchange.kite("PA0001")


def place(kite: KiteConnect, **params: Any) -> str:
    wanted = {
        "variety": "regular",
        "tradingsymbol": "INFY",
        "quantity": 10,
        "price": 1490.0,
        **RESTING,
        **params,
    }
    order_id: str = kite.place_order(**wanted)
    assert isinstance(order_id, str)
    return order_id


def row(kite: KiteConnect, order_id: str) -> dict[str, Any]:
    return next(o for o in kite.orders() if o["order_id"] == order_id)


def settled(kite: KiteConnect, order_id: str, *statuses: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        order = row(kite, order_id)
        return order if order["status"] in statuses else None

    return eventually(look, what=f"order {order_id} becoming {statuses}") or {}


def test_a_limit_order_fills_and_shows_its_history_and_trades(kite: KiteConnect) -> None:
    order_id = place(kite, price=1505.0, tag="TCTEST1")
    order = settled(kite, order_id, "COMPLETE")
    assert_kite_fields("order", kite.orders())
    assert (order["filled_quantity"], order["pending_quantity"], order["tag"]) == (10, 0, "TCTEST1")
    assert isinstance(order["order_timestamp"], datetime)
    history = kite.order_history(order_id)
    assert_kite_fields("order_history", history)
    statuses = [h["status"] for h in history]
    assert statuses[0] == "PUT ORDER REQ RECEIVED"
    assert statuses[-1] == "COMPLETE"
    trades = kite.order_trades(order_id)
    assert_kite_fields("trade", trades)
    assert sum(t["quantity"] for t in trades) == 10
    assert {t["trade_id"] for t in trades} <= {t["trade_id"] for t in kite.trades()}
    assert_kite_fields("trade", kite.trades())


def test_a_resting_order_is_modified_and_cancelled(kite: KiteConnect) -> None:
    order_id = place(kite)
    settled(kite, order_id, "OPEN")
    assert kite.modify_order("regular", order_id, price=1491.0, quantity=12) == order_id
    eventually(lambda: row(kite, order_id)["price"] == 1491.0)
    assert row(kite, order_id)["quantity"] == 12
    settled(kite, order_id, "OPEN")
    assert kite.cancel_order("regular", order_id) == order_id
    order = settled(kite, order_id, "CANCELLED")
    assert order["cancelled_quantity"] == order["pending_quantity"] == 12
    history = [h["status"] for h in kite.order_history(order_id)]
    assert "MODIFIED" in history
    assert history[-1] == "CANCELLED"
    with pytest.raises(OrderException):
        kite.modify_order("regular", order_id, price=1492.0)


def test_a_market_order_needs_protection_and_becomes_a_limit(kite: KiteConnect) -> None:
    with pytest.raises(InputException, match="without market protection"):
        place(kite, order_type="MARKET", price=None)
    order_id = place(kite, order_type="MARKET", price=None, market_protection=-1)
    order = settled(kite, order_id, "COMPLETE")
    assert any(tag.startswith("mktp") for tag in order["tags"])


def test_a_stop_waits_for_its_trigger(exchange: ExchangeServer, kite: KiteConnect) -> None:
    order_id = place(
        kite, tradingsymbol="SBIN", transaction_type="SELL", order_type="SL", price=890.0, trigger_price=895.0
    )
    settled(kite, order_id, "TRIGGER PENDING")
    kite.modify_order("regular", order_id, trigger_price=896.0, price=891.0)
    settled(kite, order_id, "TRIGGER PENDING")
    exchange.control("POST", "/prices", {"key": "NSE:SBIN", "price": "895.00"})
    settled(kite, order_id, "COMPLETE", "OPEN")
    exchange.control("POST", "/prices", {"key": "NSE:SBIN", "price": "900.00"})


def test_an_iceberg_order_shows_its_legs(kite: KiteConnect) -> None:
    order_id = place(kite, variety="iceberg", quantity=20, iceberg_legs=4, iceberg_quantity=5)
    order = settled(kite, order_id, "OPEN")
    assert order["variety"] == "iceberg"
    assert set(order["meta"]["iceberg"]) == {
        "leg",
        "legs",
        "leg_quantity",
        "total_quantity",
        "remaining_quantity",
    }
    assert kite.cancel_order("iceberg", order_id) == order_id


def test_a_cover_order_is_exited(kite: KiteConnect) -> None:
    order_id = place(kite, variety="co", price=1505.0, trigger_price=1470.0)
    settled(kite, order_id, "COMPLETE")
    child = eventually(lambda: next((o for o in kite.orders() if o["parent_order_id"] == order_id), None))
    assert child is not None
    assert child["transaction_type"] == "SELL"
    settled(kite, child["order_id"], "TRIGGER PENDING")
    kite.modify_order("co", child["order_id"], parent_order_id=order_id, trigger_price=1472.0)
    settled(kite, child["order_id"], "TRIGGER PENDING")
    assert kite.exit_order("co", child["order_id"], parent_order_id=order_id)
    settled(kite, child["order_id"], "COMPLETE", "CANCELLED")


def test_a_quantity_above_freeze_is_refused_or_sliced(exchange: ExchangeServer, kite: KiteConnect) -> None:
    exchange.control("POST", "/accounts", {"user_id": "PA0099", "cash": "1000000000"})
    rich = exchange.kite("PA0099")
    future = next(
        i for i in rich.instruments("NFO") if i["name"] == "NIFTY" and i["instrument_type"] == "FUT"
    )
    last = rich.ltp([f"NFO:{future['tradingsymbol']}"])[f"NFO:{future['tradingsymbol']}"]["last_price"]
    wanted = {
        "variety": "regular",
        "exchange": "NFO",
        "tradingsymbol": future["tradingsymbol"],
        "transaction_type": "BUY",
        "quantity": 65 * 30,
        "product": "NRML",
        "order_type": "LIMIT",
        "price": round(round(last * 0.97 / future["tick_size"]) * future["tick_size"], 2),
    }
    with pytest.raises(OrderException, match="higher than the maximum quantity"):
        rich.place_order(**wanted)
    answer = rich.place_autoslice_order(**wanted)
    children = [child["order_id"] for child in answer["children"]]
    assert len(children) == 2
    rows = [row(rich, child) for child in children]
    assert sum(r["quantity"] for r in rows) == 65 * 30
    assert all(f"autoslice:{answer['order_id']}" in r["tags"] for r in rows)
    exchange.control("PUT", "/behaviour", {"is_autoslice_flat": True})
    flat = rich.place_autoslice_order(**wanted)
    exchange.control("PUT", "/behaviour", {"is_autoslice_flat": False})
    assert [set(child) for child in flat] == [{"order_id"}, {"order_id"}]
    ledger = exchange.ledger(account="PA0099")
    assert ledger[-1]["order_ids"] == [child["order_id"] for child in flat]


@pytest.mark.parametrize(
    ("params", "error", "words"),
    [
        ({"price": 1490.03}, InputException, "Tick size for this script"),
        ({"price": 2500.0}, OrderException, "circuit limits"),
        ({"tag": "x" * 21}, InputException, "tag"),
        ({"product": ""}, InputException, "Missing or empty field `product`"),
        ({"tradingsymbol": "NOSUCH"}, InputException, "does not exist"),
        ({"tradingsymbol": "GTLINFRA-BE", "price": 2.0}, OrderException, "MIS orders are currently blocked"),
    ],
)
def test_what_breaks_a_rule_is_refused_at_once(
    exchange: ExchangeServer, kite: KiteConnect, params: dict[str, Any], error: type[Exception], words: str
) -> None:
    before = len(kite.orders())
    with pytest.raises(error, match=words):
        place(kite, **params)
    assert len(kite.orders()) == before
    entry = exchange.ledger(account="PA0001")[-1]
    assert (entry["outcome"], entry["order_ids"]) == ("refused", [])


def test_too_little_money_is_refused_with_kites_own_type(kite: KiteConnect) -> None:
    # The client has no class for MarginException, unless our adapter was loaded, which gives it one.
    with pytest.raises(KiteException, match="Insufficient funds") as caught:
        place(kite, product="CNC", quantity=5000)
    assert caught.value.code == 400


def test_an_unknown_order_is_refused(kite: KiteConnect) -> None:
    with pytest.raises(OrderException, match="Couldn't find that `order_id`"):
        kite.cancel_order("regular", "1")
    with pytest.raises(OrderException, match="Couldn't find that `order_id`"):
        kite.order_history("1")


def test_an_after_market_order_waits_for_the_opening() -> None:
    with running_exchange(accounts=1, rolls_over=False) as closed:
        moment = datetime.fromisoformat(closed.control("GET", "/status")["session_time"])
        evening = moment.replace(hour=17, minute=0, second=0)
        closed.control("POST", "/clock", {"advance_to": evening.isoformat()})
        kite = closed.kite("PA0001")
        last = kite.ltp(["NSE:INFY"])["NSE:INFY"]["last_price"]
        order_id = place(kite, variety="amo", product="CNC", price=round(last * 0.98))
        order = settled(kite, order_id, "AMO REQ RECEIVED")
        assert order["variety"] == "amo"
        assert kite.modify_order("amo", order_id, quantity=11) == order_id
        eventually(lambda: row(kite, order_id)["quantity"] == 11)
        assert kite.cancel_order("amo", order_id) == order_id
        settled(kite, order_id, "CANCELLED")


def test_money_can_run_out_after_acceptance_too(exchange: ExchangeServer, kite: KiteConnect) -> None:
    exchange.control("PUT", "/behaviour", {"is_margin_refused_late": True})
    try:
        order_id = place(kite, product="CNC", quantity=5000)
        order = settled(kite, order_id, "REJECTED")
    finally:
        exchange.control("PUT", "/behaviour", {"is_margin_refused_late": False})
    assert order["status_message"].startswith("Insufficient funds.")
    assert order["status_message_raw"].startswith("RMS:Margin Exceeds")
    assert (order["pending_quantity"], order["filled_quantity"]) == (0, 0)
    assert exchange.ledger(account="PA0001")[-1]["outcome"] == "accepted"


def test_the_broker_squares_off_intraday_positions() -> None:
    with running_exchange(accounts=1, rolls_over=False) as exchange:
        exchange.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        kite = exchange.kite()
        settled(kite, place(kite, price=1505.0), "COMPLETE")
        resting = place(kite)
        settled(kite, resting, "OPEN")
        noon = datetime.fromisoformat(exchange.control("GET", "/status")["session_time"])
        late = noon.replace(hour=15, minute=12, second=30)
        exchange.control("POST", "/clock", {"advance_to": late.isoformat()})
        exit_row = eventually(lambda: next((o for o in kite.orders() if o["placed_by"] == "ADMINSQF"), None))
        assert exit_row is not None
        assert (exit_row["transaction_type"], exit_row["quantity"]) == ("SELL", 10)
        settled(kite, exit_row["order_id"], "COMPLETE")
        settled(kite, resting, "CANCELLED")


def test_a_lax_exchange_takes_market_orders_without_protection() -> None:
    with running_exchange(accounts=1, strict_2026=False) as lax:
        kite = lax.kite()
        settled(kite, place(kite, order_type="MARKET", price=None), "COMPLETE")
