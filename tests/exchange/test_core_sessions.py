"""What the venue does by itself: square-offs, auction, closes, the night, AMO orders, the token flush."""

from datetime import date, datetime

import pytest

from app.exchange.clock import IST, SessionClock
from app.exchange.errors import KiteError
from tests.exchange.core_venue import MONDAY, VirtualVenue

FUTURE = "NFO:NIFTY26NOVFUT"
CALL = "NFO:NIFTY26NOV25900CE"


def test_intraday_positions_are_squared_off_at_their_groups_minute() -> None:
    desk = VirtualVenue()
    desk.place("BUY 5 INFY")
    desk.place(f"SELL 65 {FUTURE}")
    resting = desk.place("BUY 5 INFY", price=1400)
    delivery = desk.place("BUY 5 INFY", price=1400, product="CNC")
    desk.pass_to(15, 12, 1)
    assert desk.net()["quantity"] == 0
    assert desk.net(FUTURE[4:])["quantity"] == -65
    assert [desk.row(one)["status"] for one in (resting, delivery)] == ["CANCELLED", "OPEN"]
    square_offs = [row for row in desk.venue.orders(desk.account) if row["placed_by"] == "ADMINSQF"]
    assert [(row["tradingsymbol"], row["status"]) for row in square_offs] == [("INFY", "COMPLETE")]
    assert square_offs[0]["order_timestamp"] == "2026-11-23 15:12:00"
    desk.pass_to(15, 26, 1)
    assert desk.net(FUTURE[4:])["quantity"] == 0


def test_a_large_position_is_squared_off_below_the_freeze_quantity() -> None:
    desk = VirtualVenue()
    desk.account.cash = 10**12
    for _ in range(2):
        desk.place(f"BUY 1755 {FUTURE}")
        desk.pass_time(seconds=20)
    desk.pass_to(15, 26, 30)
    rows = [row for row in desk.venue.orders(desk.account) if row["placed_by"] == "ADMINSQF"]
    assert [row["quantity"] for row in rows] == [1755, 1755]


def test_the_closing_auction_takes_near_limits_at_one_price() -> None:
    desk = VirtualVenue(datetime(2026, 11, 23, 15, 14, tzinfo=IST))
    desk.venue.freeze_price("NSE:INFY", True)
    last = desk.last()
    desk.venue.halt("NSE:INFY", True)
    far = desk.place("BUY 1 INFY", product="CNC", price=round(last * 0.95))
    near = desk.place("BUY 2 INFY", product="CNC", price=round(last * 1.01))
    below = desk.place("BUY 3 INFY", product="CNC", price=round(last * 0.99))
    desk.pass_to(15, 15, 1)
    desk.venue.halt("NSE:INFY", False)
    assert desk.row(far)["status"] == "CANCELLED"
    desk.pass_to(15, 21)
    late = desk.place("BUY 4 INFY", product="CNC")
    desk.pass_to(15, 36)
    assert [desk.row(one)["status"] for one in (near, below, late)] == ["COMPLETE", "CANCELLED", "COMPLETE"]
    assert {desk.row(one)["average_price"] for one in (near, late)} == {last}


def test_day_orders_end_with_the_session() -> None:
    desk = VirtualVenue()
    order_id = desk.place(f"BUY 65 {FUTURE}", product="NRML", price=24000)
    desk.pass_to(15, 40, 1)
    assert desk.row(order_id)["status"] == "CANCELLED"


def test_a_new_session_begins_with_an_empty_list_and_dead_tokens() -> None:
    desk = VirtualVenue()
    desk.place("BUY 5 INFY")
    desk.pass_time()
    desk.venue.advance_session()
    assert desk.clock.now() == datetime(2026, 11, 24, 9, 15, tzinfo=IST)
    assert desk.venue.orders(desk.account) == desk.venue.trades(desk.account) == []
    with pytest.raises(KiteError, match="Incorrect `api_key` or `access_token`"):
        desk.venue.accounts.by_token("paperkeypa0001", "papertokenpa0001")


def test_tokens_can_be_kept_and_sessions_roll_by_themselves() -> None:
    desk = VirtualVenue(datetime(2026, 11, 27, 15, 39, tzinfo=IST), keep_tokens=True, rolls_over=True)
    desk.pass_time(minutes=2)
    assert desk.clock.now() == datetime(2026, 11, 30, 9, 15, tzinfo=IST)
    assert desk.venue.session_day == date(2026, 11, 30)
    assert desk.venue.accounts.by_token("paperkeypa0001", "papertokenpa0001") is desk.account


def test_without_rolling_over_the_night_is_lived_through() -> None:
    desk = VirtualVenue(datetime(2026, 11, 27, 15, 39, tzinfo=IST))
    desk.pass_time(hours=14)
    assert desk.clock.now().date() == date(2026, 11, 28)
    assert desk.venue.session_day == date(2026, 11, 27)
    desk.pass_time(hours=48, minutes=30)
    assert desk.venue.session_day == date(2026, 11, 30)


def test_shares_bought_move_to_the_holdings_over_two_nights_and_can_be_sold() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place("BUY 5 INFY", product="CNC")
    desk.pass_time()
    cost = desk.net(product="CNC")["buy_value"]
    desk.venue.advance_session()
    (holding,) = desk.venue.holdings(desk.account)
    assert (holding["t1_quantity"], holding["quantity"]) == (5, 0)
    assert holding["average_price"] == pytest.approx(cost / 5)
    assert desk.account.cash == 100_000_000 - round(cost * 100)
    desk.venue.advance_session()
    (holding,) = desk.venue.holdings(desk.account)
    assert (holding["t1_quantity"], holding["quantity"]) == (0, 5)
    desk.place("SELL 5 INFY", product="CNC")
    desk.pass_time()
    assert desk.venue.holdings(desk.account)[0]["used_quantity"] == 5
    desk.venue.advance_session()
    assert desk.venue.holdings(desk.account) == []
    assert desk.account.blocked == 0


def test_a_future_is_carried_over_and_marked_to_the_close() -> None:
    desk = VirtualVenue(datetime(2026, 11, 19, 10, 0, tzinfo=IST), keep_tokens=True)
    desk.place(f"BUY 65 {FUTURE}", product="NRML")
    desk.pass_time()
    price = desk.net(FUTURE[4:], "NRML")["buy_price"]
    desk.venue.advance_session()
    row = desk.net(FUTURE[4:], "NRML")
    assert (row["quantity"], row["overnight_quantity"], row["average_price"]) == (65, 65, price)
    assert desk.account.cash - 100_000_000 == round((row["close_price"] - price) * 65 * 100)
    assert desk.venue.positions(desk.account)["day"] == []
    desk.place(f"SELL 65 {FUTURE}", product="NRML")
    desk.pass_time()
    row = desk.net(FUTURE[4:], "NRML")
    assert (row["quantity"], row["buy_quantity"], row["day_sell_quantity"]) == (0, 65, 65)
    assert row["m2m"] == pytest.approx(row["sell_m2m"] - row["buy_m2m"])


def test_an_expired_option_ends_in_cash() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place(f"BUY 65 {CALL}", product="NRML")
    desk.pass_time()
    paid = desk.net(CALL[4:], "NRML")["buy_value"]
    desk.venue.set_price("NSE:NIFTY 50", "26500")
    desk.venue.freeze_price("NSE:NIFTY 50", True)
    desk.venue.advance_session()
    assert desk.net(CALL[4:], "NRML")["overnight_quantity"] == 65
    desk.venue.advance_session()
    assert desk.venue.positions(desk.account) == {"net": [], "day": []}
    assert desk.account.cash == pytest.approx(100_000_000 - paid * 100 + 65 * 600 * 100, abs=65 * 100)


def test_an_evening_order_waits_for_the_morning() -> None:
    desk = VirtualVenue(datetime(2026, 11, 23, 18, 0, tzinfo=IST), keep_tokens=True)
    plain = desk.place("BUY 5 INFY", variety="amo", product="CNC")
    converted = desk.place("BUY 5 SBIN", product="CNC")
    future = desk.place(f"BUY 65 {FUTURE}", variety="amo", product="NRML")
    gone = desk.place("BUY 5 TCS", variety="amo", product="CNC")
    desk.venue.modify(desk.account, "amo", plain, {"quantity": "6"})
    desk.venue.cancel(desk.account, "amo", gone, {})
    assert (desk.row(gone)["status"], desk.row(converted)["variety"]) == ("CANCELLED", "amo")
    desk.pass_time(hours=13)
    assert desk.row(plain)["status"] == "AMO REQ RECEIVED"
    desk.pass_to(9, 0, 1)
    assert (desk.row(plain)["status"], desk.row(future)["status"]) == ("OPEN", "AMO REQ RECEIVED")
    desk.pass_to(9, 15, 30)
    assert [desk.row(one)["status"] for one in (plain, converted, future)] == ["COMPLETE"] * 3
    assert desk.row(plain)["quantity"] == 6


def test_a_queued_order_for_a_contract_that_expires_is_rejected() -> None:
    desk = VirtualVenue(datetime(2026, 11, 24, 18, 0, tzinfo=IST), keep_tokens=True)
    order_id = desk.place(f"BUY 65 {CALL}", variety="amo", product="NRML")
    desk.venue.advance_session()
    assert desk.row(order_id)["status"] == "REJECTED"


def test_orders_of_the_opening_minutes_trade_at_the_opening() -> None:
    desk = VirtualVenue(datetime(2026, 11, 23, 9, 5, tzinfo=IST))
    order_id = desk.place("BUY 5 INFY")
    desk.pass_time()
    assert desk.row(order_id)["status"] == "OPEN"
    desk.pass_to(9, 15, 30)
    assert desk.row(order_id)["status"] == "COMPLETE"


def test_the_clock_never_goes_back_and_needs_zones() -> None:
    clock = SessionClock(lambda: MONDAY)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance_to(datetime(2026, 11, 23, 9, 0, tzinfo=IST))
    with pytest.raises(ValueError, match="aware"):
        clock.advance_to(datetime(2026, 11, 24, 9, 0))  # noqa: DTZ001 - a naive one is the point


def test_a_clock_opened_on_a_weekend_stands_on_the_next_session() -> None:
    saturday = datetime(2026, 11, 21, 3, 0, tzinfo=IST)
    clock = SessionClock.opened_at(lambda: saturday, holidays=frozenset((date(2026, 11, 23),)))
    assert clock.now() == datetime(2026, 11, 24, 9, 20, tzinfo=IST)
    assert clock.stamp() == "2026-11-24 09:20:00"
    assert clock.previous_trading_day(date(2026, 11, 24)) == date(2026, 11, 20)


def test_a_venue_started_before_dawn_still_belongs_to_the_last_session() -> None:
    desk = VirtualVenue(datetime(2026, 11, 24, 4, 0, tzinfo=IST))
    assert desk.venue.session_day == date(2026, 11, 23)
    desk.pass_time(hours=2)
    assert desk.venue.session_day == date(2026, 11, 24)


def test_an_intraday_future_that_could_not_be_closed_joins_the_overnight_one() -> None:
    desk = VirtualVenue(datetime(2026, 11, 19, 10, 0, tzinfo=IST), keep_tokens=True)
    desk.place(f"BUY 65 {FUTURE}", product="NRML")
    desk.place(f"BUY 65 {FUTURE}")
    desk.pass_time()
    values = [desk.net(FUTURE[4:], product)["buy_value"] for product in ("NRML", "MIS")]
    desk.venue.halt(FUTURE, True)
    desk.venue.advance_session()
    desk.venue.halt(FUTURE, False)
    row = desk.net(FUTURE[4:], "NRML")
    assert row["overnight_quantity"] == 130
    assert row["buy_value"] == pytest.approx(sum(values))


def test_shares_sold_short_that_could_not_be_closed_are_bought_in() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place("SELL 5 INFY")
    desk.pass_time()
    desk.venue.halt("NSE:INFY", True)
    desk.venue.advance_session()
    assert desk.venue.positions(desk.account) == {"net": [], "day": []}
    assert desk.venue.holdings(desk.account) == []
    assert desk.account.cash == 100_000_000


def test_shares_sold_intraday_and_not_bought_back_are_delivered_from_what_was_bought() -> None:
    desk = VirtualVenue(keep_tokens=True)
    desk.place("SELL 3 INFY")
    desk.place("BUY 5 INFY", product="CNC")
    desk.pass_time()
    flow = desk.net()["sell_value"] - desk.net(product="CNC")["buy_value"]
    desk.venue.halt("NSE:INFY", True)
    desk.venue.advance_session()
    (row,) = desk.venue.holdings(desk.account)
    assert (row["t1_quantity"], row["quantity"]) == (2, 0)
    assert desk.account.cash == pytest.approx(100_000_000 + flow * 100)


def test_funded_shares_traded_within_the_day_leave_their_result() -> None:
    desk = VirtualVenue(keep_tokens=True)
    for text in ("BUY 5 INFY", "SELL 5 INFY"):
        desk.place(text, product="MTF")
        desk.pass_time(minutes=1)
    result = desk.net(product="MTF")["pnl"]
    desk.venue.advance_session()
    assert desk.account.cash == pytest.approx(100_000_000 + result * 100)
    assert desk.venue.holdings(desk.account) == []
