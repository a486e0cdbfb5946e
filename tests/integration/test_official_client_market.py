"""The official client reads the exchange's instruments, quotes and candles, and its mutual fund routes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from kiteconnect import KiteConnect
from kiteconnect.exceptions import GeneralException, InputException, NetworkException

from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.kite_fields import assert_kite_fields

KEYS = ["NSE:INFY", "NSE:NIFTY 50"]
INTERVALS = ["minute", "3minute", "5minute", "10minute", "15minute", "30minute", "60minute", "day"]


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as server:
        yield server


@pytest.fixture(scope="module")
def kite(exchange: ExchangeServer) -> KiteConnect:
    return exchange.kite("PA0001")


def test_the_instrument_list_parses(kite: KiteConnect) -> None:
    rows = kite.instruments()
    assert_kite_fields("instrument_columns", rows)
    assert {row["exchange"] for row in rows} >= {"NSE", "BSE", "NFO"}
    lots = {row["name"]: row["lot_size"] for row in rows if row["instrument_type"] == "FUT"}
    assert (lots["NIFTY"], lots["BANKNIFTY"], lots["FINNIFTY"], lots["MIDCPNIFTY"]) == (65, 30, 60, 120)
    assert all(
        isinstance(row["expiry"], date) for row in rows if row["instrument_type"] in ("CE", "PE", "FUT")
    )
    nse = kite.instruments("NSE")
    assert {row["exchange"] for row in nse} == {"NSE"}
    assert len(nse) < len(rows)


def test_the_instrument_list_needs_no_token(exchange: ExchangeServer) -> None:
    assert KiteConnect("nobody", root=exchange.root).instruments("NFO")


def test_quotes(kite: KiteConnect) -> None:
    quotes = kite.quote(*KEYS, "NSE:NOSUCH")
    assert set(quotes) == set(KEYS)  # unknown names are absent, not refused
    stock = quotes["NSE:INFY"]
    assert_kite_fields("quote", stock)
    assert_kite_fields("ohlc", stock["ohlc"])
    assert (len(stock["depth"]["buy"]), len(stock["depth"]["sell"])) == (5, 5)
    assert_kite_fields("depth_level", stock["depth"]["buy"] + stock["depth"]["sell"])
    assert_kite_fields("ohlc_quote", kite.ohlc(KEYS).values())
    assert_kite_fields("ltp_quote", kite.ltp(*KEYS).values())
    with pytest.raises(InputException, match="at most 500"):
        kite.quote([f"NSE:X{n}" for n in range(501)])
    with pytest.raises(InputException, match="Missing or empty field `i`"):
        kite.ltp([])


@pytest.mark.parametrize("interval", INTERVALS)
def test_candles(kite: KiteConnect, interval: str) -> None:
    token = kite.ltp("NSE:INFY")["NSE:INFY"]["instrument_token"]
    now = kite.quote("NSE:INFY")["NSE:INFY"]["timestamp"]
    moment = now if isinstance(now, datetime) else datetime.fromisoformat(now)
    candles = kite.historical_data(token, moment - timedelta(days=5), moment, interval)
    assert candles
    assert set(candles[0]) == {"date", "open", "high", "low", "close", "volume"}
    assert all(
        c["low"] <= min(c["open"], c["close"]) <= max(c["open"], c["close"]) <= c["high"] for c in candles
    )
    with_oi = kite.historical_data(token, moment - timedelta(days=5), moment, interval, oi=True)
    assert "oi" in with_oi[0]


def test_candles_need_a_known_interval_and_dates(kite: KiteConnect) -> None:
    token = kite.ltp("NSE:INFY")["NSE:INFY"]["instrument_token"]
    with pytest.raises(InputException):
        kite.historical_data(token, "2026-11-20 09:15:00", "2026-11-20 10:00:00", "2minute")
    with pytest.raises(InputException, match="Invalid `from`"):
        kite.historical_data(token, "yesterday", "2026-11-20 10:00:00", "minute")


def test_the_trigger_range(kite: KiteConnect) -> None:
    for side in ("BUY", "SELL"):
        found = kite.trigger_range(side, "NSE:INFY")
        assert_kite_fields("trigger_range", found.values())


def test_mutual_funds(kite: KiteConnect) -> None:
    funds = kite.mf_instruments()
    assert_kite_fields("mf_instrument_columns", funds)
    symbol = funds[0]["tradingsymbol"]
    order_id = kite.place_mf_order(symbol, "BUY", amount=5000, tag="mine")["order_id"]
    assert_kite_fields("mf_order", kite.mf_orders())
    assert kite.mf_orders(order_id)["amount"] == 5000
    assert kite.cancel_mf_order(order_id) == {"order_id": order_id}
    assert kite.mf_orders(order_id)["status"] == "CANCELLED"
    assert kite.mf_holdings() == []
    with pytest.raises(InputException):
        kite.place_mf_order("NOSUCH", "BUY", amount=5000)


def test_sips(kite: KiteConnect) -> None:
    symbol = kite.mf_instruments()[0]["tradingsymbol"]
    sip_id = kite.place_mf_sip(symbol, 1000, 12, "monthly", instalment_day=5)["sip_id"]
    assert_kite_fields("mf_sip_row", kite.mf_sips())
    assert_kite_fields("mf_sip", kite.mf_sips(sip_id))
    assert kite.modify_mf_sip(sip_id, amount=2000, status="paused") == {"sip_id": sip_id}
    sip: dict[str, Any] = kite.mf_sips(sip_id)
    assert (sip["instalment_amount"], sip["status"]) == (2000, "PAUSED")
    assert kite.cancel_mf_sip(sip_id) == {"sip_id": sip_id}


def test_gtt_is_not_served_and_says_so_in_kites_envelope(kite: KiteConnect) -> None:
    with pytest.raises(GeneralException, match="Route not found") as caught:
        kite.get_gtts()
    assert caught.value.code == 404


def test_a_second_quote_within_a_second_is_too_many(exchange: ExchangeServer) -> None:
    kite = exchange.kite("PA0001")
    exchange.control("PUT", "/behaviour", {"has_rate_limits": True})
    try:
        with pytest.raises(NetworkException, match="Too many requests") as caught:
            [kite.ltp("NSE:INFY") for _ in range(50)]
        assert caught.value.code == 429
    finally:
        exchange.control("PUT", "/behaviour", {"has_rate_limits": False})


def test_every_method_of_the_client_is_served_or_named_as_not_served() -> None:
    """A new version of the client with a new method has to be looked at."""
    local = {"login_url", "set_access_token", "set_session_expiry_hook"}
    not_served = {"place_gtt", "modify_gtt", "delete_gtt", "get_gtt", "get_gtts"}
    served = {
        "generate_session invalidate_access_token renew_access_token invalidate_refresh_token profile",
        "margins",
        "place_order place_autoslice_order modify_order cancel_order exit_order orders order_history trades",
        "order_trades positions holdings get_auction_instruments convert_position order_margins",
        "basket_order_margins get_virtual_contract_note instruments quote ohlc ltp historical_data",
        "trigger_range mf_orders place_mf_order cancel_mf_order mf_sips place_mf_sip modify_mf_sip",
        "cancel_mf_sip mf_holdings mf_instruments",
    }
    names = {name for name, value in vars(KiteConnect).items() if callable(value) and name[0] != "_"}
    assert names == local | not_served | {name for line in served for name in line.split()}
