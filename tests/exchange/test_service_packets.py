"""The ticker's binary packets, read back by the official client's own parser."""

from datetime import datetime
from typing import Any

import pytest
from kiteconnect import KiteTicker

from app.exchange.stream.packets import IST, Mode, frame, packet

STAMP = "2026-11-20 10:15:30"
EPOCH_S = int(datetime(2026, 11, 20, 10, 15, 30, tzinfo=IST).timestamp())


def quote(token: int) -> dict[str, Any]:
    return {
        "instrument_token": token,
        "timestamp": STAMP,
        "last_trade_time": STAMP,
        "last_price": 1520.35,
        "last_quantity": 7,
        "buy_quantity": 400,
        "sell_quantity": 300,
        "volume": 12345,
        "average_price": 1519.9,
        "oi": 10,
        "oi_day_high": 12,
        "oi_day_low": 8,
        "ohlc": {"open": 1500.0, "high": 1530.5, "low": 1499.95, "close": 1501.0},
        "depth": {
            "buy": [{"quantity": 5, "price": 1520.3, "orders": 2}],
            "sell": [{"quantity": 6 + i, "price": 1520.4 + i, "orders": 1} for i in range(5)],
        },
    }


def read_back(*packets: bytes) -> list[dict[str, Any]]:
    ticker = KiteTicker("key", "token")
    parsed: list[dict[str, Any]] = ticker._parse_binary(frame(packets))
    return parsed


@pytest.mark.parametrize(("mode", "size"), [(Mode.LTP, 8), (Mode.QUOTE, 44), (Mode.FULL, 184)])
def test_an_equity_packet_reads_back(mode: Mode, size: int) -> None:
    encoded = packet(quote(408065), mode)
    assert len(encoded) == size
    (tick,) = read_back(encoded)
    assert (tick["instrument_token"], tick["mode"], tick["last_price"]) == (408065, mode.value, 1520.35)
    assert tick["tradable"] is True
    if mode is not Mode.LTP:
        assert tick["ohlc"] == quote(1)["ohlc"]
        assert (tick["volume_traded"], tick["total_buy_quantity"], tick["last_traded_quantity"]) == (
            12345,
            400,
            7,
        )
    if mode is Mode.FULL:
        assert tick["exchange_timestamp"].timestamp() == EPOCH_S
        assert (tick["oi"], tick["oi_day_high"], tick["oi_day_low"]) == (10, 12, 8)
        assert tick["depth"]["buy"][0] == {"quantity": 5, "price": 1520.3, "orders": 2}
        assert tick["depth"]["buy"][4] == {"quantity": 0, "price": 0.0, "orders": 0}
        assert tick["depth"]["sell"][4] == {"quantity": 10, "price": 1524.4, "orders": 1}


@pytest.mark.parametrize(("mode", "size"), [(Mode.QUOTE, 28), (Mode.FULL, 32)])
def test_an_index_packet_has_its_own_order_of_prices(mode: Mode, size: int) -> None:
    encoded = packet(quote(256265), mode)
    assert len(encoded) == size
    (tick,) = read_back(encoded)
    assert tick["tradable"] is False
    assert tick["ohlc"] == quote(1)["ohlc"]
    assert tick["change"] == pytest.approx((1520.35 - 1501.0) * 100 / 1501.0)


def test_currency_prices_have_more_places() -> None:
    (tick,) = read_back(packet({**quote(1 << 8 | 3), "last_price": 83.1234567}, Mode.LTP))
    assert tick["last_price"] == 83.1234567
    (bcd,) = read_back(packet({**quote(1 << 8 | 6), "last_price": 83.1225}, Mode.LTP))
    assert bcd["last_price"] == 83.1225


def test_many_packets_travel_in_one_frame() -> None:
    ticks = read_back(
        packet(quote(408065), Mode.LTP), packet(quote(256265), Mode.FULL), packet(quote(1025), Mode.QUOTE)
    )
    assert [t["mode"] for t in ticks] == ["ltp", "full", "quote"]


def test_times_may_be_datetimes_or_absent() -> None:
    at = datetime(2026, 11, 20, 10, 15, 30, tzinfo=IST)
    (tick,) = read_back(packet({**quote(408065), "timestamp": at, "last_trade_time": None}, Mode.FULL))
    assert tick["exchange_timestamp"].timestamp() == EPOCH_S
    assert tick["last_trade_time"].timestamp() == 0
