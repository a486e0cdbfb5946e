"""Icebergs, cover orders, slices and auctions: orders that bring about other orders."""

import pytest

from app.exchange.errors import KiteError
from tests.exchange.core_venue import VirtualVenue

FUTURE = "NFO:NIFTY26NOVFUT"


def rich() -> VirtualVenue:
    """Return a venue whose account can pay for anything."""
    desk = VirtualVenue()
    desk.account.cash = 10**12
    return desk


def test_an_iceberg_shows_one_leg_after_the_other() -> None:
    desk = VirtualVenue()
    desk.place("BUY 10 INFY", variety="iceberg", iceberg_legs=4, tag="ice")
    desk.pass_time(milliseconds=3)
    assert len(desk.venue.orders(desk.account)) == 2
    desk.pass_time()
    rows = desk.venue.orders(desk.account)
    legs = [row["meta"]["iceberg"] for row in rows]
    assert [row["quantity"] for row in rows] == [3, 3, 3, 1]
    assert [(leg["leg"], leg["legs"], leg["remaining_quantity"]) for leg in legs] == [
        (1, 4, 7),
        (2, 4, 4),
        (3, 4, 1),
        (4, 4, 0),
    ]
    assert {row["parent_order_id"] for row in rows} == {None}
    assert {row["tags"][0] for row in rows} == {"ice"}
    assert desk.net()["quantity"] == 10


def test_a_cancelled_leg_ends_the_iceberg() -> None:
    desk = VirtualVenue()
    order_id = desk.place("BUY 10 INFY", variety="iceberg", iceberg_legs=2, price=1450)
    desk.pass_time()
    desk.venue.cancel(desk.account, "iceberg", order_id, {})
    desk.pass_time()
    assert [row["status"] for row in desk.venue.orders(desk.account)] == ["CANCELLED"]


def test_a_cover_order_gets_its_stop_and_leaves_by_it() -> None:
    desk = VirtualVenue()
    entry = desk.place("BUY 5 INFY", variety="co", trigger_price=1480)
    desk.pass_time()
    stop = desk.venue.orders(desk.account)[1]
    assert (stop["parent_order_id"], stop["transaction_type"], stop["order_type"]) == (entry, "SELL", "SL-M")
    assert (stop["status"], stop["trigger_price"], stop["quantity"]) == ("TRIGGER PENDING", 1480, 5)
    desk.venue.modify(desk.account, "co", stop["order_id"], {"trigger_price": "1490"})
    desk.pass_time()
    assert desk.row(stop["order_id"])["trigger_price"] == 1490
    desk.venue.cancel(desk.account, "co", stop["order_id"], {"parent_order_id": entry})
    desk.pass_time()
    assert desk.row(stop["order_id"])["status"] == "COMPLETE"
    assert desk.net()["quantity"] == 0


def test_leaving_a_cover_order_by_its_first_leg_finds_the_stop() -> None:
    desk = VirtualVenue()
    entry = desk.place("SELL 5 INFY", variety="co", trigger_price=1590)
    desk.pass_time()
    desk.venue.cancel(desk.account, "co", entry, {})
    desk.pass_time()
    assert desk.net()["quantity"] == 0


def test_a_cover_stop_triggers_on_its_own() -> None:
    desk = VirtualVenue()
    desk.place("BUY 5 INFY", variety="co", trigger_price=1480)
    desk.pass_time()
    desk.venue.set_price("NSE:INFY", "1475")
    desk.pass_time(seconds=10)
    assert desk.net()["quantity"] == 0


def test_an_order_above_the_freeze_quantity_is_sliced() -> None:
    desk = rich()
    answer = desk.answer(f"BUY 3900 {FUTURE}", product="NRML", autoslice="true")
    children = [child["order_id"] for child in answer["children"]]
    desk.pass_time()
    rows = [desk.row(child) for child in children]
    assert [row["quantity"] for row in rows] == [1755, 1755, 390]
    assert answer["order_id"] not in children
    assert all(f"autoslice:{answer['order_id']}" in row["tags"] for row in rows)


def test_slices_without_money_are_errors_inside_a_success() -> None:
    desk = VirtualVenue()
    desk.account.cash = 6_000_000_00
    answer = desk.answer(f"BUY 3900 {FUTURE}", product="NRML", autoslice="true")
    kinds = [child.get("error", {}).get("error_type", "taken") for child in answer["children"]]
    assert kinds == ["taken", "MarginException", "MarginException"]
    assert len(desk.venue.orders(desk.account)) == 1


def test_more_than_ten_slices_are_refused() -> None:
    desk = rich()
    with pytest.raises(KiteError, match="higher than the maximum quantity of 17550"):
        desk.place(f"BUY 18200 {FUTURE}", product="NRML", autoslice="true")


def test_an_order_below_the_freeze_quantity_is_not_sliced() -> None:
    desk = rich()
    assert "children" not in desk.answer(f"BUY 65 {FUTURE}", product="NRML", autoslice="true")


def test_an_auction_takes_only_what_is_in_it() -> None:
    desk = VirtualVenue()
    owner = desk.venue.accounts.create("PA0002", holdings={"NSE:INFY": (10, "1500")})
    order = {"product": "CNC", "price": 1530, "variety": "auction", "auction_number": "22"}
    with pytest.raises(KiteError, match="Invalid `auction_number`"):
        desk.place("SELL 5 INFY", owner, **order)
    owner.auctions["NSE:INFY"] = "22"
    assert desk.venue.holdings_auctions(owner)[0]["auction_number"] == "22"
    order_id = desk.place("SELL 5 INFY", owner, **order)
    desk.pass_time(seconds=30)
    row = desk.row(order_id, owner)
    assert (row["status"], row["auction_number"]) == ("OPEN", "22")
    desk.venue.cancel(owner, "auction", order_id, {})
    desk.pass_time()
    assert desk.row(order_id, owner)["status"] == "CANCELLED"
