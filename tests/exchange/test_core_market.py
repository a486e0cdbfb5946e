"""Instruments that are never stale, prices that depend on time alone, quotes, candles and ranges."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.catalogue import list_instruments, tick_at
from app.exchange.clock import IST, SessionClock
from app.exchange.errors import KiteError
from app.exchange.prices import Prices, tick_number
from tests.builders.kite_fields import assert_kite_fields
from tests.exchange.core_venue import MONDAY, VirtualVenue

CLOCK = SessionClock(lambda: MONDAY, holidays=frozenset((date(2026, 12, 29), date(2027, 1, 26))))
CATALOGUE = list_instruments(date(2026, 11, 23), CLOCK)
START = tick_number(MONDAY)


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2031, 12, 31)).filter(CLOCK.is_trading_day))
def test_every_day_lists_unexpired_contracts_with_distinct_tokens(day: date) -> None:
    listed = list_instruments(day, CLOCK)
    expiries = [one.expiry for one in listed.all if one.expiry is not None]
    assert all(day <= expiry <= day + timedelta(days=70) for expiry in expiries)
    assert all(CLOCK.is_trading_day(expiry) for expiry in expiries)
    assert len(listed.by_token) == len(listed.by_key) == len(listed.all)
    for one in listed.all:
        assert one.instrument_token >> 8 == one.exchange_token
        assert one.freeze_quantity >= one.lot_size


def test_the_dump_reads_like_kites() -> None:
    rows = CATALOGUE.csv("NFO").splitlines()
    columns = rows[0].split(",")
    assert_kite_fields("instrument_columns", dict.fromkeys(columns))
    call = dict(zip(columns, next(row for row in rows if "NIFTY26NOV25900CE" in row).split(","), strict=True))
    assert (call["expiry"], call["strike"], call["lot_size"]) == ("2026-11-24", "25900.0", "65")
    stock = dict(zip(columns, CATALOGUE.csv("NSE").splitlines()[2].split(","), strict=True))
    assert (stock["instrument_token"], stock["strike"], stock["expiry"]) == ("408065", "0.0", "")


def test_weekly_and_monthly_names_follow_kite() -> None:
    weekly = list_instruments(date(2026, 11, 11), CLOCK)
    assert "NFO:NIFTY26N1725900CE" in weekly.by_key
    assert "NFO:NIFTY26NOVFUT" in weekly.by_key
    assert "NFO:BANKNIFTY26NOV58600PE" in weekly.by_key


def test_a_holiday_moves_the_expiry_to_the_day_before() -> None:
    listed = list_instruments(date(2026, 12, 24), CLOCK)
    assert listed.by_key["NFO:NIFTY26DECFUT"].expiry == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("rupees", "tick"), [(249, 1), (250, 5), (1000, 10), (5000, 50), (10000, 100), (20000, 500)]
)
def test_ticks_follow_the_price(rupees: int, tick: int) -> None:
    assert tick_at(rupees) == tick


@settings(deadline=None)
@given(
    st.sampled_from([one.key for one in CATALOGUE.all]),
    st.lists(st.integers(0, 500_000), max_size=8),
    st.integers(0, 500_000),
)
def test_a_price_depends_on_the_time_not_on_who_asked_before(key: str, asked: list[int], at: int) -> None:
    curious, fresh = Prices(3, CLOCK), Prices(3, CLOCK)
    curious.catalogue = fresh.catalogue = CATALOGUE
    one = CATALOGUE.by_key[key]
    for place in asked:
        curious.at(one, START + place)
    price = fresh.at(one, START + at)
    assert curious.at(one, START + at) == price > 0
    assert price % one.tick_size == 0


def test_another_seed_is_another_walk() -> None:
    paths = []
    for seed in (1, 2):
        prices = Prices(seed, CLOCK)
        prices.catalogue = CATALOGUE
        paths.append([prices.at(CATALOGUE.by_key["NSE:INFY"], START + 1000 * step) for step in range(5)])
    assert paths[0] != paths[1]


def test_nights_do_not_tear_the_path() -> None:
    prices = Prices(3, CLOCK)
    prices.catalogue = CATALOGUE
    infy = CATALOGUE.by_key["NSE:INFY"]
    friday = datetime(2026, 11, 27, 16, 0, tzinfo=IST)
    monday = datetime(2026, 11, 30, 8, 59, tzinfo=IST)
    assert prices.at(infy, tick_number(friday)) == prices.at(infy, tick_number(monday))
    assert prices.close_before(infy, date(2026, 11, 30)) == prices.at(infy, tick_number(monday))


def test_a_price_set_by_hand_holds_moves_on_and_carries_its_options_along() -> None:
    desk = VirtualVenue()
    call = "NFO:NIFTY26NOV25900CE"
    before = desk.last(call)
    desk.venue.set_price("NSE:NIFTY 50", "26500")
    assert desk.last("NSE:NIFTY 50") == 26500
    assert desk.last(call) > before + 300
    desk.venue.freeze_price("NSE:NIFTY 50", True)
    desk.pass_time(minutes=5)
    assert desk.last("NSE:NIFTY 50") == 26500
    desk.venue.set_price("NSE:NIFTY 50", "26600")
    desk.pass_time(minutes=5)
    assert desk.last("NSE:NIFTY 50") == 26600
    desk.venue.freeze_price("NSE:NIFTY 50", False)
    desk.pass_time(minutes=30)
    assert desk.last("NSE:NIFTY 50") != 26600


@pytest.mark.parametrize("price", ["0", "-1", "x"])
def test_a_price_that_is_none_is_refused(price: str) -> None:
    with pytest.raises(KiteError, match="Invalid `price`"):
        VirtualVenue().venue.set_price("NSE:INFY", price)


def test_quotes_have_kites_fields_and_leave_unknown_names_out() -> None:
    desk = VirtualVenue()
    desk.place("BUY 5 INFY", price=1528)
    desk.pass_time(minutes=10)
    keys = ["NSE:INFY", "NSE:NIFTY 50", "NFO:NIFTY26NOVFUT", "NSE:NOSUCH"]
    quotes = desk.venue.quote(keys)
    assert list(quotes) == keys[:3]
    assert_kite_fields("quote", quotes.values())
    for quote in quotes.values():
        ohlc = quote["ohlc"]
        assert ohlc["low"] <= min(ohlc["open"], quote["last_price"])
        assert ohlc["high"] >= max(ohlc["open"], quote["last_price"])
        assert [len(quote["depth"][side]) for side in ("buy", "sell")] == [5, 5]
    assert quotes["NSE:NIFTY 50"]["volume"] == 0
    assert quotes["NFO:NIFTY26NOVFUT"]["oi"] > 0
    assert_kite_fields("ohlc_quote", desk.venue.ohlc(keys).values())
    assert_kite_fields("ltp_quote", desk.venue.ltp(keys).values())


def test_depth_shows_the_clients_orders() -> None:
    desk = VirtualVenue()
    desk.venue.freeze_price("NSE:INFY", True)
    best = desk.venue.quote(["NSE:INFY"])["NSE:INFY"]["depth"]["buy"][0]
    desk.place("BUY 5 INFY", price=best["price"])
    desk.pass_time(milliseconds=10)
    after = desk.venue.quote(["NSE:INFY"])["NSE:INFY"]["depth"]["buy"][0]
    assert (after["quantity"], after["orders"]) == (best["quantity"] + 5, best["orders"] + 1)


def test_a_past_extreme_survives_a_price_set_by_hand() -> None:
    desk = VirtualVenue()
    high = desk.venue.ohlc(["NSE:INFY"])["NSE:INFY"]["ohlc"]["high"]
    desk.venue.set_price("NSE:INFY", "1450")
    desk.pass_time(minutes=5)
    ohlc = desk.venue.ohlc(["NSE:INFY"])["NSE:INFY"]["ohlc"]
    assert ohlc["high"] == high
    assert ohlc["low"] <= 1450


def test_candles_join_and_none_is_of_the_future() -> None:
    desk = VirtualVenue()
    frm = datetime(2026, 11, 20, 9, 0)  # noqa: DTZ001 - Kite's stamps are naive IST
    rows = desk.venue.historical(408065, "15minute", frm, MONDAY + timedelta(days=3))["candles"]
    assert rows[0][0] == "2026-11-20T09:15:00+0530"
    assert rows[-1][0] == "2026-11-23T09:15:00+0530"
    assert len(rows) == 26
    assert all(low <= min(start, end) <= max(start, end) <= high for _, start, high, low, end, _ in rows)
    days = desk.venue.historical(408065, "day", MONDAY - timedelta(days=7), MONDAY, oi=True)["candles"]
    assert [len(row) for row in days] == [7] * 6
    for interval in ("minute", "3minute", "5minute", "10minute", "30minute", "60minute", "hour"):
        assert desk.venue.historical(408065, interval, MONDAY - timedelta(minutes=90), MONDAY)["candles"]


@pytest.mark.parametrize(
    ("token", "interval", "days", "message"),
    [
        (1, "day", 1, "Invalid `instrument_token`"),
        (408065, "2minute", 1, "Invalid `interval`"),
        (408065, "minute", 61, "interval exceeds max limit: 60 days"),
        (408065, "day", -1, "Invalid `from` date"),
    ],
)
def test_wrong_candle_requests_are_refused(token: int, interval: str, days: int, message: str) -> None:
    with pytest.raises(KiteError, match=message):
        VirtualVenue().venue.historical(token, interval, MONDAY - timedelta(days=days), MONDAY)


def test_a_price_set_far_away_moves_the_daily_range_along() -> None:
    desk = VirtualVenue()
    desk.venue.set_price("NSE:INFY", "2500")
    quote = desk.venue.quote(["NSE:INFY"])["NSE:INFY"]
    assert quote["lower_circuit_limit"] < 2500 < quote["upper_circuit_limit"]


def test_trigger_ranges_lie_on_the_losing_side() -> None:
    desk = VirtualVenue()
    last = desk.last()
    buy = desk.venue.trigger_range("buy", ["NSE:INFY"])["NSE:INFY"]
    sell = desk.venue.trigger_range("SELL", ["NSE:INFY"])["NSE:INFY"]
    assert buy["lower"] < buy["upper"] == last == sell["lower"] < sell["upper"]
    with pytest.raises(KiteError, match="Invalid `transaction_type`"):
        desk.venue.trigger_range("hold", ["NSE:INFY"])


def test_ticks_are_told_once_per_half_second_for_every_instrument() -> None:
    desk = VirtualVenue()
    heard: list[str] = []
    desk.venue.on_tick.append(lambda one: heard.append(one.key))
    desk.pass_time()
    desk.venue.step()
    assert heard == [one.key for one in desk.venue.catalogue.all]
