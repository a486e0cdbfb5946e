"""The official client reads positions, holdings, margins and charges off the exchange."""

from collections.abc import Iterator
from typing import Any

import pytest
from kiteconnect import KiteConnect
from kiteconnect.exceptions import GeneralException, InputException

from tests.builders.eventually import eventually
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as server:
        server.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        yield server


@pytest.fixture(scope="module")
def kite(exchange: ExchangeServer) -> KiteConnect:
    return exchange.kite("PA0001")


def buy(kite: KiteConnect, product: str, quantity: int = 10) -> None:
    order_id = kite.place_order(
        variety="regular",
        exchange="NSE",
        tradingsymbol="INFY",
        transaction_type="BUY",
        quantity=quantity,
        product=product,
        order_type="LIMIT",
        price=1505.0,
    )
    eventually(lambda: kite.order_history(order_id)[-1]["status"] == "COMPLETE")


def order(**changes: Any) -> dict[str, Any]:
    return {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "variety": "regular",
        "product": "MIS",
        "order_type": "LIMIT",
        "quantity": 10,
        "price": 1500.0,
        "trigger_price": 0,
        **changes,
    }


def position(kite: KiteConnect, product: str) -> dict[str, Any]:
    rows = [p for p in kite.positions()["net"] if p["product"] == product and p["tradingsymbol"] == "INFY"]
    return rows[0] if rows else {"quantity": 0}


def test_a_fill_becomes_a_position_that_can_be_converted(kite: KiteConnect) -> None:
    buy(kite, "MIS")
    positions = kite.positions()
    assert_kite_fields("positions", positions)
    assert_kite_fields("position", positions["net"])
    assert_kite_fields("position", positions["day"])
    assert position(kite, "MIS")["quantity"] == 10
    assert kite.convert_position(
        exchange="NSE",
        tradingsymbol="INFY",
        transaction_type="BUY",
        position_type="day",
        quantity=4,
        old_product="MIS",
        new_product="CNC",
    )
    assert (position(kite, "MIS")["quantity"], position(kite, "CNC")["quantity"]) == (6, 4)


def test_delivery_becomes_a_holding_after_the_session() -> None:
    with running_exchange(accounts=1) as exchange:
        kite = exchange.kite("PA0001")
        exchange.control("POST", "/prices", {"key": "NSE:INFY", "price": "1500.00", "is_frozen": True})
        assert kite.holdings() == []
        buy(kite, "CNC", 3)
        exchange.control("POST", "/session/advance")
        holdings = eventually(kite.holdings, what="a holding on the next session")
        assert_kite_fields("holding", holdings)
        assert_kite_fields("holding_mtf", [h["mtf"] for h in holdings])
        assert [(h["tradingsymbol"], h["quantity"] + h["t1_quantity"]) for h in holdings] == [("INFY", 3)]
        assert kite.orders() == []
        exchange.service.venue.accounts.get("PA0001").auctions["NSE:INFY"] = "20"
        auctions = kite.get_auction_instruments()
        assert_kite_fields("auction", auctions)
        assert [row["auction_number"] for row in auctions] == ["20"]


def test_there_are_no_auctions_without_a_shortage(kite: KiteConnect) -> None:
    assert kite.get_auction_instruments() == []


def test_margins_of_both_segments(kite: KiteConnect) -> None:
    margins = kite.margins()
    assert_kite_fields("margins", margins)
    for segment in margins.values():
        assert_kite_fields("margin_segment", segment)
        assert_kite_fields("margin_available", segment["available"])
        assert_kite_fields("margin_utilised", segment["utilised"])
    assert_kite_fields("margin_segment", kite.margins("commodity"))
    assert kite.margins(segment="equity")["enabled"] is True
    with pytest.raises((InputException, GeneralException)):
        kite.margins("nothing")


def test_order_margins_and_charges(kite: KiteConnect) -> None:
    margins = kite.order_margins([order(), order(product="CNC", order_type="MARKET", price=0)])
    assert len(margins) == 2
    assert_kite_fields("order_margin", margins)
    assert_kite_fields("order_margin_pnl", [m["pnl"] for m in margins])
    assert_kite_fields("charges", [m["charges"] for m in margins])
    assert_kite_fields("gst", [m["charges"]["gst"] for m in margins])
    assert 0 < margins[0]["total"] < margins[1]["total"]


@pytest.mark.parametrize("mode", [None, "compact"])
def test_basket_margins(kite: KiteConnect, mode: str | None) -> None:
    basket = kite.basket_order_margins(
        [order(), order(transaction_type="SELL")], consider_positions=False, mode=mode
    )
    assert_kite_fields("basket", basket)
    assert_kite_fields("basket_total", [basket["initial"], basket["final"]])
    if basket["orders"]:
        assert_kite_fields("order_margin", basket["orders"])


def test_the_contract_note(kite: KiteConnect) -> None:
    note = kite.get_virtual_contract_note(
        [
            {**order(), "order_id": "1", "average_price": 1500.0},
            {**order(), "order_id": "2", "average_price": 1},
        ]
    )
    assert_kite_fields("contract_note", note)
    assert_kite_fields("charges", [row["charges"] for row in note])


def test_a_body_that_is_no_list_of_orders_is_refused(kite: KiteConnect) -> None:
    with pytest.raises(InputException, match="JSON list"):
        kite.order_margins({"not": "a list"})
