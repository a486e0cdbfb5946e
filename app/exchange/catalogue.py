"""The names listed here: real NSE, BSE and NFO instruments, with expiries computed from the session date."""

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from app.exchange.clock import HoursGroup, SessionClock
from app.exchange.instruments import Catalogue, Instrument

# Ticks since 15 April 2025, by price in rupees: (below, tick in paise).
_TICKS = ((250, 1), (1_000, 5), (5_000, 10), (10_000, 50), (20_000, 100))
_TUESDAY = 1


class _Stock(NamedTuple):
    symbol: str
    name: str
    exchange_token: int
    price: int
    isin: str
    has_derivatives: bool = True


class _Index(NamedTuple):
    symbol: str
    display: str
    exchange_token: int
    level: int
    lot: int
    freeze: int
    strike_gap: int
    strikes_each_side: int
    is_weekly: bool


_STOCKS = (
    _Stock("RELIANCE", "RELIANCE INDUSTRIES", 2885, 1412, "INE002A01018"),
    _Stock("INFY", "INFOSYS", 1594, 1536, "INE009A01021"),
    _Stock("TCS", "TATA CONSULTANCY SERV LT", 11536, 3105, "INE467B01029"),
    _Stock("HDFCBANK", "HDFC BANK", 1333, 992, "INE040A01034"),
    _Stock("ICICIBANK", "ICICI BANK", 4963, 1374, "INE090A01021"),
    _Stock("SBIN", "STATE BANK OF INDIA", 3045, 972, "INE062A01020"),
    _Stock("AXISBANK", "AXIS BANK", 5900, 1248, "INE238A01034"),
    _Stock("KOTAKBANK", "KOTAK MAHINDRA BANK", 1922, 2096, "INE237A01028"),
    _Stock("ITC", "ITC", 1660, 407, "INE154A01025"),
    _Stock("LT", "LARSEN & TOUBRO", 11483, 3986, "INE018A01030"),
    _Stock("BHARTIARTL", "BHARTI AIRTEL", 10604, 2104, "INE397D01024"),
    _Stock("HINDUNILVR", "HINDUSTAN UNILEVER", 1394, 2431, "INE030A01027"),
    _Stock("WIPRO", "WIPRO", 3787, 246, "INE075A01022"),
    _Stock("TATASTEEL", "TATA STEEL", 3499, 173, "INE081A01020"),
    _Stock("MARUTI", "MARUTI SUZUKI INDIA", 10999, 15890, "INE585B01010"),
    _Stock("BAJAJ-AUTO", "BAJAJ AUTO", 16669, 8945, "INE917I01010"),
    _Stock("YESBANK", "YES BANK", 11915, 22, "INE528G01035"),
    _Stock("MRF", "MRF", 2277, 152_400, "INE883A01011", has_derivatives=False),
    _Stock("CENTRALBK", "CENTRAL BANK OF INDIA", 14894, 38, "INE483A01010", has_derivatives=False),
)
_TRADE_TO_TRADE = _Stock("GTLINFRA-BE", "GTL INFRASTRUCTURE", 13645, 2, "INE221H01019", has_derivatives=False)
_BSE = (("RELIANCE", 500325), ("INFY", 500209), ("SBIN", 500112), ("TCS", 532540))
# Lots and freeze quantities of 2026 (NSE circulars); strikes stand around these levels.
_INDICES = (
    _Index("NIFTY", "NIFTY 50", 1001, 25_900, 65, 1800, 50, 3, is_weekly=True),
    _Index("BANKNIFTY", "NIFTY BANK", 1016, 58_600, 30, 600, 100, 2, is_weekly=False),
    _Index("FINNIFTY", "NIFTY FIN SERVICE", 1007, 27_400, 60, 1800, 50, 0, is_weekly=False),
    _Index("MIDCPNIFTY", "NIFTY MID SELECT", 1125, 13_900, 120, 2800, 25, 0, is_weekly=False),
)
_STOCK_CONTRACT = ("RELIANCE", 500, 20_000, 20)


def list_instruments(day: date, clock: SessionClock) -> Catalogue:
    """List every instrument tradable on that session day; the same day always gives the same list."""
    rows = [_equity(one) for one in (*_STOCKS, _TRADE_TO_TRADE)]
    rows += [_on_bse(symbol, token) for symbol, token in _BSE]
    rows += [_index(one) for one in _INDICES]
    rows.append(_index_row("BSE", "SENSEX", "SENSEX", 1, 84_700))
    months = _monthly_expiries(day, clock)
    for one in _INDICES:
        rows += _index_contracts(one, months, _weekly_expiry(day, clock) if one.is_weekly else months[0])
    rows += _stock_contracts(months[0])
    return Catalogue(rows)


def tick_at(rupees: int) -> int:
    """Return NSE's tick in paise for a stock of that price."""
    for below, tick in _TICKS:
        if rupees < below:
            return tick
    return 500


def _equity(one: _Stock) -> Instrument:
    return Instrument(
        exchange="NSE",
        tradingsymbol=one.symbol,
        name=one.name,
        exchange_token=one.exchange_token,
        segment="NSE",
        instrument_type="EQ",
        base_price=one.price * 100,
        tick_size=tick_at(one.price),
        isin=one.isin,
        hours=HoursGroup.AUCTION_STOCK if one.has_derivatives else HoursGroup.STOCK,
        is_mis_blocked=one.symbol.endswith("-BE"),
    )


def _on_bse(symbol: str, exchange_token: int) -> Instrument:
    (twin,) = [one for one in _STOCKS if one.symbol == symbol]
    return Instrument(
        exchange="BSE",
        tradingsymbol=symbol,
        name=twin.name,
        exchange_token=exchange_token,
        segment="BSE",
        instrument_type="EQ",
        base_price=twin.price * 100,
        tick_size=5,
        underlying=f"NSE:{symbol}",
        isin=twin.isin,
        hours=HoursGroup.AUCTION_STOCK,
    )


def _index(one: _Index) -> Instrument:
    return _index_row("NSE", one.display, one.symbol, one.exchange_token, one.level)


def _index_row(exchange: str, symbol: str, name: str, exchange_token: int, level: int) -> Instrument:
    return Instrument(
        exchange=exchange,
        tradingsymbol=symbol,
        name=name,
        exchange_token=exchange_token,
        segment="INDICES",
        instrument_type="EQ",
        base_price=level * 100,
        tick_size=5,
        lot_size=0,
        hours=HoursGroup.STOCK,
    )


def _index_contracts(one: _Index, months: tuple[date, date], options_expiry: date) -> list[Instrument]:
    underlying = f"NSE:{one.display}"
    rows = [_future(one.symbol, underlying, one.level, expiry, (one.lot, one.freeze)) for expiry in months]
    middle = round(one.level / one.strike_gap) * one.strike_gap
    for step in range(-one.strikes_each_side, one.strikes_each_side + 1):
        strike = middle + step * one.strike_gap
        for kind in ("CE", "PE"):
            rows.append(  # noqa: PERF401 - two loops read better than one nested comprehension
                _option(one.symbol, underlying, strike, kind, options_expiry, (one.lot, one.freeze))
            )
    return rows


def _stock_contracts(expiry: date) -> list[Instrument]:
    symbol, lot, freeze, gap = _STOCK_CONTRACT
    (stock,) = [one for one in _STOCKS if one.symbol == symbol]
    underlying = f"NSE:{symbol}"
    strike = round(stock.price / gap) * gap
    return [
        _future(symbol, underlying, stock.price, expiry, (lot, freeze)),
        *(_option(symbol, underlying, strike, kind, expiry, (lot, freeze)) for kind in ("CE", "PE")),
    ]


def _future(symbol: str, underlying: str, level: int, expiry: date, sizes: tuple[int, int]) -> Instrument:
    tradingsymbol = f"{symbol}{expiry:%y%b}FUT".upper()
    return Instrument(
        exchange="NFO",
        tradingsymbol=tradingsymbol,
        name=symbol,
        exchange_token=_contract_token(tradingsymbol),
        segment="NFO-FUT",
        instrument_type="FUT",
        base_price=level * 100,
        tick_size=20 if level > 30_000 else 10,
        lot_size=sizes[0],
        freeze_quantity=sizes[1],
        expiry=expiry,
        underlying=underlying,
        hours=HoursGroup.DERIVATIVE,
    )


def _option(
    symbol: str, underlying: str, strike: int, kind: str, expiry: date, sizes: tuple[int, int]
) -> Instrument:
    tradingsymbol = f"{symbol}{_expiry_code(expiry)}{strike}{kind}"
    return Instrument(
        exchange="NFO",
        tradingsymbol=tradingsymbol,
        name=symbol,
        exchange_token=_contract_token(tradingsymbol),
        segment="NFO-OPT",
        instrument_type=kind,
        base_price=strike * 100,
        tick_size=5,
        lot_size=sizes[0],
        freeze_quantity=sizes[1],
        expiry=expiry,
        strike=strike * 100,
        underlying=underlying,
        hours=HoursGroup.DERIVATIVE,
    )


def _expiry_code(expiry: date) -> str:
    """Name an expiry as Kite does: 26NOV for a month's last, 26N17 for any other week's."""
    if (expiry + timedelta(days=7)).month != expiry.month:
        return f"{expiry:%y%b}".upper()
    return f"{expiry:%y}{'123456789OND'[expiry.month - 1]}{expiry:%d}"


def _contract_token(tradingsymbol: str) -> int:
    """Give a contract a number that depends on its name only, so that it survives restarts."""
    return 35_000 + crc32(tradingsymbol.encode()) % 8_000_000


def _weekly_expiry(day: date, clock: SessionClock) -> date:
    """Return the expiry from a trading day on: Tuesday, or the trading day before when that is a holiday."""
    return _trading_day_up_to(day + timedelta(days=(_TUESDAY - day.weekday()) % 7), clock)


def _monthly_expiries(day: date, clock: SessionClock) -> tuple[date, date]:
    """Return this and the next monthly expiry: the last Tuesday of a month."""
    firsts = [date(day.year + (day.month - 1 + n) // 12, (day.month - 1 + n) % 12 + 1, 1) for n in range(4)]
    lasts = [_trading_day_up_to(_last_tuesday(after), clock) for _, after in pairwise(firsts)]
    upcoming = [expiry for expiry in lasts if expiry >= day]
    return upcoming[0], upcoming[1]


def _last_tuesday(first_of_next_month: date) -> date:
    last = first_of_next_month - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - _TUESDAY) % 7)


def _trading_day_up_to(day: date, clock: SessionClock) -> date:
    return day if clock.is_trading_day(day) else clock.previous_trading_day(day)
