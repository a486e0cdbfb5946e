"""The ticker's binary packets, big-endian, as kite.trade/docs/connect/v3/websocket describes them."""

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

IST = timezone(timedelta(hours=5, minutes=30))
SEGMENT_CDS, SEGMENT_BCD, SEGMENT_INDICES, SEGMENT_NCO = 3, 6, 9, 12
DEPTH_LEVELS = 5
HEARTBEAT = b"\x00"
_EMPTY_LEVEL: Mapping[str, Any] = {"quantity": 0, "price": 0, "orders": 0}


class Mode(StrEnum):
    """How much of an instrument a subscriber wants."""

    LTP = "ltp"
    QUOTE = "quote"
    FULL = "full"


def packet(quote: Mapping[str, Any], mode: Mode) -> bytes:
    """Encode one row of `GET /quote` as a tick: 8 (ltp), 28/32 (index), 44 (quote) or 184 bytes (full)."""
    token = int(quote["instrument_token"])
    divisor = _divisor(token)
    head = struct.pack(">II", token, _paise(quote["last_price"], divisor))
    if mode is Mode.LTP:
        return head
    ohlc = quote["ohlc"]
    if token & 0xFF == SEGMENT_INDICES:
        return head + _index_body(quote, ohlc, divisor, mode)
    body = struct.pack(
        ">9I",
        int(quote["last_quantity"]),
        _paise(quote["average_price"], divisor),
        int(quote["volume"]),
        int(quote["buy_quantity"]),
        int(quote["sell_quantity"]),
        *(_paise(ohlc[name], divisor) for name in ("open", "high", "low", "close")),
    )
    if mode is Mode.QUOTE:
        return head + body
    extra = struct.pack(
        ">5I",
        _epoch_s(quote.get("last_trade_time")),
        int(quote["oi"]),
        int(quote["oi_day_high"]),
        int(quote["oi_day_low"]),
        _epoch_s(quote.get("timestamp")),
    )
    return head + body + extra + _depth(quote["depth"], divisor)


def frame(packets: Sequence[bytes]) -> bytes:
    """Join packets into one WebSocket message: a count, then each packet behind its length."""
    return struct.pack(">H", len(packets)) + b"".join(struct.pack(">H", len(p)) + p for p in packets)


def _index_body(quote: Mapping[str, Any], ohlc: Mapping[str, Any], divisor: int, mode: Mode) -> bytes:
    """Return what follows an index's price: high, low, open, close (an order of its own), change, time."""
    prices = (_paise(ohlc[name], divisor) for name in ("high", "low", "open", "close"))
    change = round((float(quote["last_price"]) - float(ohlc["close"])) * divisor)
    body = struct.pack(">4Ii", *prices, change)
    return body + struct.pack(">I", _epoch_s(quote.get("timestamp"))) if mode is Mode.FULL else body


def _depth(depth: Mapping[str, Sequence[Mapping[str, Any]]], divisor: int) -> bytes:
    rows = []
    for side in ("buy", "sell"):
        levels = list(depth[side])[:DEPTH_LEVELS]
        levels += [_EMPTY_LEVEL] * (DEPTH_LEVELS - len(levels))
        for level in levels:
            price = _paise(level["price"], divisor)
            rows.append(
                struct.pack(">IIHxx", int(level["quantity"]), price, min(int(level["orders"]), 0xFFFF))
            )
    return b"".join(rows)


def _divisor(token: int) -> int:
    segment = token & 0xFF
    if segment == SEGMENT_CDS:
        return 10_000_000
    return 10_000 if segment in (SEGMENT_BCD, SEGMENT_NCO) else 100


def _paise(price: Any, divisor: int) -> int:
    return round(float(price) * divisor)


def _epoch_s(stamp: object) -> int:
    """Return the epoch seconds of an aware datetime or of Kite's naive IST string; 0 for nothing."""
    if isinstance(stamp, datetime):
        return int(stamp.timestamp())
    if isinstance(stamp, str) and stamp:
        return int(datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=IST).timestamp())
    return 0
