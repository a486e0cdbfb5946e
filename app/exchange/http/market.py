"""The market data routes: the instrument list, quotes, candles and the cover order's trigger range."""

from datetime import datetime
from typing import Any

from app.exchange.clock import IST
from app.exchange.errors import input_error, invalid_field, missing_field
from app.exchange.http.endpoint import Answer, Call, Endpoint
from app.exchange.throttle import Bucket

MAX_QUOTES = 500
MAX_PRICES = 1000


def _dump(call: Call) -> Answer:
    return Answer(200, call.service.venue.instruments_csv(call.path.get("exchange")).encode(), "text/csv")


def _quote(call: Call) -> Any:
    return call.service.venue.quote(_keys(call, MAX_QUOTES))


def _ohlc(call: Call) -> Any:
    return call.service.venue.ohlc(_keys(call, MAX_PRICES))


def _ltp(call: Call) -> Any:
    return call.service.venue.ltp(_keys(call, MAX_PRICES))


def _trigger_range(call: Call) -> Any:
    return call.service.venue.trigger_range(call.path["transaction_type"], _keys(call, MAX_PRICES))


def _historical(call: Call) -> Any:
    token = call.path["instrument_token"]
    if not token.isascii() or not token.isdigit():
        raise invalid_field("instrument_token")
    return call.service.venue.historical(
        int(token),
        call.path["interval"],
        _moment(call, "from"),
        _moment(call, "to"),
        oi=call.params.get("oi") == "1",
        continuous=call.params.get("continuous") == "1",
    )


def _keys(call: Call, most: int) -> list[str]:
    if not call.instruments:
        raise missing_field("i")
    if len(call.instruments) > most:
        raise input_error(f"Too many instruments: at most {most} may be asked for at once.")
    return call.instruments


def _moment(call: Call, name: str) -> datetime:
    """Read a time as the client writes it (naive IST); a bare date means its midnight."""
    text = call.params.get(name, "")
    if not text:
        raise missing_field(name)
    try:
        return datetime.fromisoformat(text).replace(tzinfo=IST)
    except ValueError:
        raise invalid_field(name) from None


MARKET = (
    Endpoint(
        name="instruments.dump",
        method="GET",
        path="/instruments",
        serve=_dump,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
    Endpoint(
        name="instruments.dump",
        method="GET",
        path="/instruments/{exchange}",
        serve=_dump,
        bucket=Bucket.FREE,
        needs_token=False,
    ),
    Endpoint(
        name="instruments.historical",
        method="GET",
        path="/instruments/historical/{instrument_token}/{interval}",
        serve=_historical,
        bucket=Bucket.HISTORICAL,
    ),
    Endpoint(
        name="instruments.trigger_range",
        method="GET",
        path="/instruments/trigger_range/{transaction_type}",
        serve=_trigger_range,
    ),
    Endpoint(name="quote.full", method="GET", path="/quote", serve=_quote, bucket=Bucket.QUOTE),
    Endpoint(name="quote.ohlc", method="GET", path="/quote/ohlc", serve=_ohlc, bucket=Bucket.QUOTE),
    Endpoint(name="quote.ltp", method="GET", path="/quote/ltp", serve=_ltp, bucket=Bucket.QUOTE),
)
