"""Positions, holdings, conversions and calculators: Kite's figures from our trades."""

from typing import Any

import pytest

from app.exchange.errors import KiteError
from tests.builders.kite_fields import assert_kite_fields
from tests.exchange.core_venue import VirtualVenue, form

FUTURE = "NFO:NIFTY26NOVFUT"
CALL = "NFO:NIFTY26NOV25900CE"


def conversion(quantity: int, old: str = "MIS", new: str = "CNC", **changed: str) -> dict[str, str]:
    """Return the form of a conversion of INFY."""
    return {
        "exchange": "NSE",
        "tradingsymbol": "INFY",
        "transaction_type": "BUY",
        "position_type": "day",
        "quantity": str(quantity),
        "old_product": old,
        "new_product": new,
    } | changed


def test_a_round_trip_leaves_a_flat_position_with_its_result() -> None:
    desk = VirtualVenue()
    desk.place("BUY 10 INFY")
    desk.pass_time(minutes=5)
    desk.place("SELL 10 INFY")
    desk.pass_time()
    row = desk.net()
    assert_kite_fields("position", row)
    assert (row["quantity"], row["average_price"], row["overnight_quantity"]) == (0, 0, 0)
    assert row["pnl"] == pytest.approx(row["sell_value"] - row["buy_value"]) == row["m2m"]
    assert desk.venue.positions(desk.account)["day"] == [row]
    equity = desk.venue.margins(desk.account, "equity")
    assert equity["utilised"]["m2m_realised"] == pytest.approx(row["pnl"])
    assert equity["net"] == pytest.approx(1_000_000 + row["pnl"])


def test_part_of_a_position_moves_to_delivery() -> None:
    desk = VirtualVenue()
    desk.place("BUY 10 INFY")
    desk.pass_time()
    value = desk.net()["buy_value"]
    assert desk.venue.convert_position(desk.account, conversion(4)) is True
    assert (desk.net()["quantity"], desk.net(product="CNC")["quantity"]) == (6, 4)
    assert desk.net()["buy_value"] + desk.net(product="CNC")["buy_value"] == pytest.approx(value)
    blocked = desk.account.blocked
    assert blocked == sum(one.blocked for one in desk.account.positions.values())


def test_a_short_future_converts_in_its_direction() -> None:
    desk = VirtualVenue()
    desk.place(f"SELL 65 {FUTURE}")
    desk.pass_time()
    change = conversion(65, new="NRML", exchange="NFO", tradingsymbol=FUTURE[4:], transaction_type="SELL")
    desk.venue.convert_position(desk.account, change)
    assert [desk.net(FUTURE[4:], product)["quantity"] for product in ("NRML",)] == [-65]


def test_an_overnight_future_converts_too() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place(f"BUY 65 {FUTURE}", product="NRML")
    desk.pass_time()
    desk.venue.advance_session()
    names = {"exchange": "NFO", "tradingsymbol": FUTURE[4:], "position_type": "overnight"}
    desk.venue.convert_position(desk.account, conversion(65, old="NRML", new="MIS", **names))
    row = desk.net(FUTURE[4:], "MIS")
    assert (row["quantity"], row["overnight_quantity"]) == (65, 65)
    assert row["close_price"] > 0


@pytest.mark.parametrize(
    ("change", "error_type"),
    [
        (conversion(11), "HoldingException"),
        (conversion(0), "InputException"),
        (conversion(1, new="NRML"), "InputException"),
        (conversion(1, new="MIS"), "InputException"),
        (conversion(1, transaction_type="HOLD"), "InputException"),
        (conversion(1, position_type="weekly"), "InputException"),
        (conversion(1, old="BO"), "InputException"),
        (conversion(1, position_type=""), "InputException"),
        (conversion(1, position_type="overnight"), "HoldingException"),
        (conversion(1, tradingsymbol="NOSUCH"), "InputException"),
        (conversion(10), "MarginException"),
    ],
)
def test_a_wrong_conversion_is_refused_and_changes_nothing(change: dict[str, str], error_type: str) -> None:
    desk = VirtualVenue()
    desk.place("BUY 10 INFY")
    desk.pass_time()
    if error_type == "MarginException":
        desk.account.cash = desk.account.blocked + 100
    before = desk.venue.positions(desk.account)
    with pytest.raises(KiteError) as refusal:
        desk.venue.convert_position(desk.account, change)
    assert refusal.value.error_type == error_type
    assert desk.venue.positions(desk.account) == before


def test_holdings_and_auctions_read_like_kites() -> None:
    desk = VirtualVenue()
    owner = desk.venue.accounts.create("PA0002", holdings={"NSE:INFY": (10, "1500.50")})
    (row,) = desk.venue.holdings(owner)
    assert_kite_fields("holding", row)
    assert (row["quantity"], row["average_price"]) == (10, 1500.5)
    assert row["pnl"] == pytest.approx((row["last_price"] - 1500.5) * 10)
    owner.auctions["NSE:INFY"] = "7"
    assert_kite_fields("auction", desk.venue.holdings_auctions(owner))


def test_margin_trading_lends_and_takes_back() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place("BUY 10 INFY", product="MTF")
    desk.pass_time()
    cost = round(desk.net(product="MTF")["buy_value"] * 100)
    desk.venue.advance_session()
    (row,) = desk.venue.holdings(desk.account)
    assert (row["quantity"], row["mtf"]["quantity"]) == (0, 10)
    assert desk.account.cash == 100_000_000 - cost + cost * 70 // 100
    desk.place("SELL 10 INFY", product="MTF")
    desk.pass_time()
    earned = round(desk.net(product="MTF")["sell_value"] * 100)
    desk.venue.advance_session()
    assert desk.venue.holdings(desk.account) == []
    assert desk.account.cash == pytest.approx(100_000_000 - cost + earned, abs=2)


def test_margins_of_one_segment_or_both() -> None:
    desk = VirtualVenue()
    both = desk.venue.margins(desk.account)
    assert_kite_fields("margins", both)
    assert both["equity"] == desk.venue.margins(desk.account, "equity")
    assert desk.venue.margins(desk.account, "commodity")["net"] == 0
    with pytest.raises(KiteError, match="Invalid `segment`"):
        desk.venue.margins(desk.account, "moon")


def calculator(text: str, **params: Any) -> dict[str, Any]:
    """Return a row of the calculators' JSON."""
    row: dict[str, Any] = dict(form(text, **params))
    return row | {"quantity": int(row["quantity"]), "variety": "regular", "price": params.get("price", 0)}


def test_the_margin_calculator_says_what_placing_asks() -> None:
    desk = VirtualVenue()
    row = calculator("BUY 900 RELIANCE", product="CNC", price=1399)
    (margin,) = desk.venue.order_margins(desk.account, [row])
    assert_kite_fields("order_margin", margin)
    assert margin["var"] == margin["total"] == 900 * 1399
    with pytest.raises(KiteError, match=r"Required margin is 1259100\.00 but"):
        desk.place("BUY 900 RELIANCE", product="CNC", price=1399)


def test_a_basket_needs_less_together_than_apart() -> None:
    desk = VirtualVenue()
    rows = [calculator(f"BUY 65 {FUTURE}", product="NRML"), calculator(f"SELL 65 {FUTURE}", product="NRML")]
    basket = desk.venue.basket_margins(desk.account, rows)
    assert_kite_fields("basket", basket)
    assert basket["initial"]["total"] == pytest.approx(2 * basket["final"]["total"])
    assert len(basket["orders"]) == 2
    assert basket["charges"]["total"] == pytest.approx(
        sum(one["charges"]["total"] for one in basket["orders"])
    )
    assert desk.venue.basket_margins(desk.account, rows, mode="compact")["orders"] == []
    assert desk.account.blocked == 0


def test_a_basket_may_count_what_is_held() -> None:
    desk = VirtualVenue()
    desk.place(f"BUY 65 {FUTURE}", product="NRML")
    desk.pass_time()
    closing = [calculator(f"SELL 65 {FUTURE}", product="NRML")]
    assert desk.venue.basket_margins(desk.account, closing)["final"]["total"] == 0
    assert desk.venue.basket_margins(desk.account, closing, consider_positions=False)["final"]["total"] > 0


def test_contract_notes_tax_by_side_and_product() -> None:
    desk = VirtualVenue()
    rows = [
        calculator("BUY 10 INFY", product="CNC") | {"average_price": 1500},
        calculator("SELL 10 INFY") | {"average_price": 1500},
        calculator(f"SELL 65 {FUTURE}", product="NRML") | {"average_price": 25000},
        calculator(f"SELL 65 {CALL}", product="NRML") | {"average_price": 30},
    ]
    notes = desk.venue.charges(desk.account, rows)
    assert_kite_fields("contract_note", notes)
    delivery, intraday, future, option = (note["charges"] for note in notes)
    assert delivery["transaction_tax"] == pytest.approx(15)
    assert delivery["brokerage"] == 0 < delivery["stamp_duty"]
    assert intraday["transaction_tax"] == pytest.approx(3.75)
    assert intraday["stamp_duty"] == 0
    assert future["brokerage"] == option["brokerage"] == 20
    for one in (delivery, intraday, future, option):
        parts = (
            "transaction_tax",
            "exchange_turnover_charge",
            "sebi_turnover_charge",
            "brokerage",
            "stamp_duty",
        )
        assert one["total"] == pytest.approx(sum(one[part] for part in parts) + one["gst"]["total"])


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"quantity": "x"}, {"transaction_type": "HOLD"}, {"product": ""}]
)
def test_the_calculators_refuse_what_they_cannot_read(wrong: dict[str, Any]) -> None:
    desk = VirtualVenue()
    with pytest.raises(KiteError):
        desk.venue.order_margins(desk.account, [calculator("BUY 10 INFY") | wrong])
