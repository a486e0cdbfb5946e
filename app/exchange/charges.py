"""What an order would cost in taxes and fees: brokerage, transaction tax, stamp duty, GST.

Rates as Zerodha's charge list shows them, in fractions of the turnover; for reports only, no cash moves.
"""

from typing import Any, NamedTuple

from app.exchange.instruments import Instrument

Row = dict[str, Any]
_GST = 0.18
_SEBI = 0.000001
_FLAT_BROKERAGE = 20.0
_BROKERAGE = 0.0003


class _Rates(NamedTuple):
    """Transaction tax when buying and selling, exchange fee, stamp duty when buying."""

    tax_buy: float
    tax_sell: float
    exchange: float
    stamp: float


_DELIVERY = _Rates(0.001, 0.001, 0.0000297, 0.00015)
_INTRADAY = _Rates(0.0, 0.00025, 0.0000297, 0.00003)
_FUTURE = _Rates(0.0, 0.0002, 0.0000173, 0.00002)
_OPTION = _Rates(0.0, 0.001, 0.0003503, 0.00003)


def charges_of(instrument: Instrument, side: int, product: str, quantity: int, price_paise: int) -> Row:
    """Return Kite's "charges" object for one order at one price, in rupees."""
    turnover = quantity * price_paise / 100
    rates, brokerage = _rates(instrument, product, turnover)
    tax = turnover * (rates.tax_buy if side > 0 else rates.tax_sell)
    exchange_fee = turnover * rates.exchange
    sebi = turnover * _SEBI
    stamp = turnover * rates.stamp if side > 0 else 0
    gst = (brokerage + exchange_fee + sebi) * _GST
    return _charges(tax, "stt", exchange_fee, sebi, (brokerage, stamp, gst))


def no_charges() -> Row:
    """Return the object with every amount zero."""
    return _charges(0, "", 0, 0, (0, 0, 0))


def contract_note(instrument: Instrument, row: Row, charges: Row) -> Row:
    """Return one row of POST /charges/orders."""
    return {
        "transaction_type": row["transaction_type"],
        "tradingsymbol": instrument.tradingsymbol,
        "exchange": instrument.exchange,
        "variety": row.get("variety", "regular"),
        "product": row["product"],
        "order_type": row["order_type"],
        "quantity": row["quantity"],
        "price": row.get("average_price") or row.get("price") or 0,
        "charges": charges,
    }


def _rates(instrument: Instrument, product: str, turnover: float) -> tuple[_Rates, float]:
    if instrument.is_option:
        return _OPTION, _FLAT_BROKERAGE
    if instrument.is_derivative:
        return _FUTURE, min(_FLAT_BROKERAGE, turnover * _BROKERAGE)
    if product == "MIS":
        return _INTRADAY, min(_FLAT_BROKERAGE, turnover * _BROKERAGE)
    return _DELIVERY, 0.0


def _charges(
    tax: float, tax_type: str, exchange_fee: float, sebi: float, rest: tuple[float, float, float]
) -> Row:
    brokerage, stamp, gst = rest
    return {
        "transaction_tax": tax,
        "transaction_tax_type": tax_type,
        "exchange_turnover_charge": exchange_fee,
        "sebi_turnover_charge": sebi,
        "brokerage": brokerage,
        "stamp_duty": stamp,
        "gst": {"igst": gst, "cgst": 0, "sgst": 0, "total": gst},
        "total": tax + exchange_fee + sebi + brokerage + stamp + gst,
    }
