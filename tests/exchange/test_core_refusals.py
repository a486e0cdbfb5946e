"""What is refused, with Kite's words and error types: at once, or later on the order list."""

from datetime import datetime
from typing import Any

import pytest

from app.exchange.clock import IST
from app.exchange.errors import KiteError
from tests.exchange.core_venue import VirtualVenue, form

FUTURE = "NFO:NIFTY26NOVFUT"
CALL = "NFO:NIFTY26NOV25900CE"
STOCK_CALL = "NFO:RELIANCE26NOV1420CE"

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("BUY 5 INFY", {"product": ""}, "InputException", "Missing or empty field `product`"),
    ("BUY 5 INFY", {"order_type": "STOP"}, "InputException", "Invalid `order_type`"),
    ("BUY 0 INFY", {}, "InputException", "Invalid `quantity`"),
    ("BUY -5 INFY", {}, "InputException", "Invalid `quantity`"),
    ("BUY 1.5 INFY", {}, "InputException", "Invalid `quantity`"),
    ("BUY 5 INFY", {"price": "abc"}, "InputException", "Invalid `price`"),
    ("BUY 5 INFY", {"price": "NaN"}, "InputException", "Invalid `price`"),
    ("BUY 5 INFY", {"tag": "T" * 21}, "InputException", "Invalid `tag`"),
    ("BUY 5 NOSUCH", {}, "InputException", "expired or does not exist"),
    ("BUY 5 NSE:NIFTY 50", {}, "InputException", "is an index and cannot be traded"),
    ("BUY 5 INFY", {"variety": "bo"}, "InputException", "Invalid `variety`"),
    ("BUY 5 INFY", {"market_protection": 0}, "InputException", "without market protection are not allowed"),
    ("BUY 5 INFY", {"market_protection": "-2"}, "InputException", "Invalid `market_protection`"),
    ("BUY 5 INFY", {"market_protection": "101"}, "InputException", "Invalid `market_protection`"),
    ("BUY 5 INFY", {"market_protection": "nan"}, "InputException", "Invalid `market_protection`"),
    ("BUY 5 INFY", {"order_type": "LIMIT"}, "InputException", "Missing or empty field `price`"),
    ("BUY 5 INFY", {"price": "1500.05"}, "InputException", "Tick size for this script is 0.10"),
    ("BUY 5 INFY", {"price": "1900"}, "OrderException", "Price exceeds circuit limits"),
    ("BUY 5 INFY", {"product": "NRML"}, "InputException", "Product NRML is not allowed in NSE"),
    (f"BUY 65 {FUTURE}", {"product": "CNC"}, "InputException", "Product CNC is not allowed in NFO"),
    (f"BUY 50 {FUTURE}", {}, "InputException", "multiple of the lot size 65"),
    (
        f"BUY 1885 {FUTURE}",
        {},
        "OrderException",
        r"1885 \(29 lots\) is higher than the maximum quantity of 1800",
    ),
    (
        "BUY 5 GTLINFRA-BE",
        {"price": "1.98"},
        "OrderException",
        "MIS orders are currently blocked for GTLINFRA-BE",
    ),
    ("BUY 5 GTLINFRA-BE", {"product": "CNC"}, "OrderException", "MARKET orders are blocked"),
    (f"BUY 500 {STOCK_CALL}", {}, "OrderException", "MARKET orders are blocked"),
    (f"BUY 65 {CALL}", {"order_type": "SL-M", "trigger_price": 900}, "OrderException", "SL-M orders are not"),
    (
        "BUY 5 BSE:INFY",
        {"order_type": "SL-M", "trigger_price": 1600},
        "OrderException",
        "SL-M orders are not",
    ),
    ("BUY 5 INFY", {"order_type": "SL", "price": 1600}, "InputException", "field `trigger_price`"),
    (
        "BUY 5 INFY",
        {"order_type": "SL", "price": 1400, "trigger_price": 1390},
        "OrderException",
        "higher than",
    ),
    (
        "SELL 5 INFY",
        {"order_type": "SL", "price": 1600, "trigger_price": 1610},
        "OrderException",
        "lower than",
    ),
    (
        "BUY 5 INFY",
        {"order_type": "SL", "price": 1560, "trigger_price": 1570},
        "OrderException",
        "above the limit",
    ),
    (
        "SELL 5 INFY",
        {"order_type": "SL-M", "trigger_price": 1000},
        "OrderException",
        "cannot be below the lower circuit",
    ),
    ("BUY 5 INFY", {"price": 1500, "validity": "TTL"}, "InputException", "Invalid `validity_ttl`"),
    ("BUY 50 INFY", {"price": 1500, "disclosed_quantity": 2}, "InputException", "between 10% and 100%"),
    (f"BUY 65 {FUTURE}", {"disclosed_quantity": 65}, "InputException", "Disclosed quantity is not allowed"),
    ("BUY 100001 YESBANK", {"price": "21.50"}, "OrderException", "more than 100000 shares"),
    ("BUY 90000 INFY", {"price": 1500}, "OrderException", "10 crore"),
    ("BUY 5 INFY", {"market_protection": "two"}, "InputException", "Invalid `market_protection`"),
    ("BUY 5 YESBANK", {"product": "MTF", "price": 99}, "OrderException", "circuit limits"),
    ("BUY 1 MRF", {"product": "MTF"}, "OrderException", "MTF is not available for MRF"),
    ("BUY 5 INFY", {"variety": "auction", "auction_number": 1}, "InputException", "Auction orders are CNC"),
    (
        "BUY 50 INFY",
        {"variety": "iceberg", "iceberg_legs": 2, "order_type": "SL", "price": 1600, "trigger_price": 1590},
        "InputException",
        "Iceberg orders are of type",
    ),
    (
        f"BUY 130 {FUTURE}",
        {"variety": "iceberg", "iceberg_legs": 2, "iceberg_quantity": 66},
        "InputException",
        "multiple of the lot size 65",
    ),
    (
        "BUY 5 INFY",
        {"order_type": "SL", "price": 1600, "trigger_price": "1590.05"},
        "InputException",
        "Tick size for this script",
    ),
    ("BUY 5 INFY", {"order_type": "SL-M", "trigger_price": 1900}, "OrderException", "circuit limits"),
    (
        "SELL 5 INFY",
        {"order_type": "SL", "price": 1500, "trigger_price": 1490},
        "OrderException",
        "below the limit",
    ),
    ("BUY 50 INFY", {"variety": "iceberg", "iceberg_legs": 1}, "InputException", "Invalid `iceberg_legs`"),
    ("BUY 50 INFY", {"variety": "iceberg", "iceberg_legs": 51}, "InputException", "Invalid `iceberg_legs`"),
    (
        "BUY 50 INFY",
        {"variety": "iceberg", "iceberg_legs": 2, "iceberg_quantity": 10},
        "InputException",
        "Invalid `iceberg_quantity`",
    ),
    ("BUY 5 INFY", {"variety": "co"}, "InputException", "Missing or empty field `trigger_price`"),
    ("BUY 5 INFY", {"variety": "co", "product": "CNC", "trigger_price": 1}, "InputException", "Cover orders"),
    ("SELL 5 INFY", {"variety": "auction", "price": 1500}, "InputException", "field `auction_number`"),
    ("BUY 5 INFY", {"variety": "amo"}, "OrderException", "not accepted at this hour"),
    (
        "BUY 900 RELIANCE",
        {"product": "CNC"},
        "MarginException",
        r"Insufficient funds. Required margin is \d+\.\d\d",
    ),
]


@pytest.mark.parametrize(("text", "params", "error_type", "message"), REFUSED)
def test_a_wrong_order_is_refused_at_once_and_leaves_no_row(
    text: str, params: dict[str, Any], error_type: str, message: str
) -> None:
    desk = VirtualVenue()
    if text.startswith("BUY 90000"):
        desk.account.cash = 10**13
    name = text.split(" ", 2)[2]
    variety = params.get("variety", "regular")
    fields = form(f"{' '.join(text.split(' ', 2)[:2])} {name.replace(' ', '_')}", **params)
    fields["tradingsymbol"] = fields["tradingsymbol"].replace("_", " ")
    fields.pop("variety", None)
    with pytest.raises(KiteError, match=message) as refusal:
        desk.venue.place(desk.account, variety, fields)
    assert (refusal.value.http_status, refusal.value.error_type) == (400, error_type)
    assert desk.venue.orders(desk.account) == []
    assert desk.account.blocked == 0


def test_lack_of_money_can_come_late_with_kites_two_sentences() -> None:
    desk = VirtualVenue()
    desk.venue.refuse_margin_late(True)
    order_id = desk.place("BUY 900 RELIANCE", product="CNC")
    desk.pass_time()
    row = desk.row(order_id)
    assert (row["status"], row["pending_quantity"], row["exchange_order_id"]) == ("REJECTED", 0, None)
    assert row["status_message"].startswith("Insufficient funds. Required margin is ")
    assert row["status_message"].endswith(" Check the orderbook for open orders.")
    assert row["status_message_raw"].startswith("RMS:Margin Exceeds,Required:")
    assert desk.account.blocked == 0
    history = desk.venue.order_history(desk.account, order_id)
    assert [one["status"] for one in history] == ["PUT ORDER REQ RECEIVED", "VALIDATION PENDING", "REJECTED"]


def test_shares_that_are_not_held_cannot_be_sold_in_delivery() -> None:
    desk = VirtualVenue()
    owner = desk.venue.accounts.create("PA0002", holdings={"NSE:INFY": (10, "1500")})
    first = desk.place("SELL 10 INFY", owner, product="CNC", price=round(desk.last() * 1.05))
    second = desk.place("SELL 1 INFY", owner, product="CNC", price=round(desk.last() * 1.05))
    desk.pass_time()
    assert desk.row(first, owner)["status"] == "OPEN"
    assert desk.row(second, owner)["status"] == "REJECTED"
    assert "available quantity is 0" in desk.row(second, owner)["status_message"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"order_type": "SL", "trigger_price": "1600", "price": "1600"},
            "cannot be changed from LIMIT to SL",
        ),
        ({"order_type": "MARKET"}, "without market protection"),
        ({"price": "1500.05"}, "Tick size"),
        ({"price": "1900"}, "circuit limits"),
        ({"quantity": "100000"}, "Insufficient funds"),
        ({"quantity": "0"}, "Invalid `quantity`"),
    ],
)
def test_a_wrong_modification_is_refused_and_the_order_stays(change: dict[str, str], message: str) -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=1500)
    desk.pass_time()
    before = desk.row(order_id)
    with pytest.raises(KiteError, match=message):
        desk.venue.modify(desk.account, "regular", order_id, change)
    desk.pass_time()
    assert desk.row(order_id) is before


def test_a_limit_order_becomes_a_protected_market_order() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 5 INFY", price=1500)
    desk.pass_time()
    desk.venue.modify(desk.account, "regular", order_id, {"order_type": "MARKET", "market_protection": "2"})
    desk.pass_time()
    assert desk.row(order_id)["status"] == "COMPLETE"
    assert desk.row(order_id)["tags"] == ["mktp", "mktp:2.00"]


@pytest.mark.parametrize(
    ("clock_time", "text", "params", "message"),
    [
        ((15, 13), "BUY 5 INFY", {}, "after the intraday square-off"),
        ((15, 17), "BUY 5 INFY", {"product": "CNC"}, "closing auction has not begun"),
        (
            (15, 22),
            "BUY 5 INFY",
            {"product": "CNC", "validity": "IOC"},
            "Only LIMIT and MARKET orders of DAY",
        ),
        ((15, 27), "BUY 5 INFY", {"product": "CNC"}, "Only LIMIT orders"),
        ((15, 37), "BUY 5 INFY", {"product": "CNC"}, "Markets are closed right now"),
        ((9, 14), f"BUY 65 {FUTURE}", {}, "Markets are closed right now"),
    ],
)
def test_hours_decide_what_is_taken(
    clock_time: tuple[int, int], text: str, params: dict[str, Any], message: str
) -> None:
    desk = VirtualVenue(datetime(2026, 11, 23, *clock_time, tzinfo=IST))
    with pytest.raises(KiteError, match=message):
        desk.place(text, **params)


def test_an_error_keeps_its_parts() -> None:
    error = KiteError(400, "InputException", "words", {"hint": 1})
    assert (error.http_status, error.error_type, error.message, str(error)) == (
        400,
        "InputException",
        "words",
        "words",
    )
    assert error.data == {"hint": 1}
