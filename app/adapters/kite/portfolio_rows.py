"""Kite's positions, margins, prices and margin estimates as our values, or the reason why they are none."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec

from app.ports.account_reader import Funds, Position

PAISA = Decimal("0.01")
_FINEST_PRICE = Decimal("0.0001")
"""Kite's averages carry the noise of binary fractions; the finest tick is 0.0025 (Kite docs, instruments)."""
_LARGEST = 10**15

_Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\x20-\x7e]+$")]
_Units = Annotated[int, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_Value = TypeVar("_Value")


class _PositionRow(msgspec.Struct, frozen=True):
    exchange: _Word
    tradingsymbol: _Word
    product: _Word
    quantity: _Units
    average_price: Decimal
    last_price: Decimal
    m2m: Decimal


class _Positions(msgspec.Struct, frozen=True):
    net: list[_PositionRow]


class _Utilised(msgspec.Struct, frozen=True):
    debits: Decimal


class _Segment(msgspec.Struct, frozen=True):
    net: Decimal
    utilised: _Utilised


class _Margins(msgspec.Struct, frozen=True):
    equity: _Segment


class _Price(msgspec.Struct, frozen=True):
    last_price: Decimal


class _Total(msgspec.Struct, frozen=True):
    total: Decimal


class _Basket(msgspec.Struct, frozen=True):
    final: _Total


def _decoder(kind: type[_Value]) -> Callable[[msgspec.Raw], _Value]:
    # Not strict: Kite writes some numbers as text now and then.
    return msgspec.json.Decoder(kind, strict=False).decode


_positions = _decoder(_Positions)
_margins = _decoder(_Margins)
_prices = _decoder(dict[str, _Price])
_basket = _decoder(_Basket)


def read_positions(data: msgspec.Raw) -> tuple[Position, ...]:
    """Return the net positions. The day's profit is `m2m`: `pnl` counts from the purchase, days ago or not.

    One of BROKEN_JSON, or ArithmeticError, where one of them makes no sense: the rest would be a wrong total.
    """
    return tuple(
        Position(
            exchange=row.exchange,
            tradingsymbol=row.tradingsymbol,
            product=row.product,
            quantity=row.quantity,
            average_price=_rounded(row.average_price, _FINEST_PRICE),
            last_price=_rounded(row.last_price, _FINEST_PRICE),
            pnl=_rounded(row.m2m, PAISA),
        )
        for row in _positions(data).net
    )


def read_funds(data: msgspec.Raw) -> Funds:
    """Return what the equity segment has free (`net`) and in use (`utilised.debits`); raises as above."""
    equity = _margins(data).equity
    return Funds(free=_rounded(equity.net, PAISA), used=_rounded(equity.utilised.debits, PAISA))


def read_prices(data: msgspec.Raw) -> dict[str, Decimal]:
    """Return last prices by `EXCHANGE:SYMBOL`; raises as above."""
    return {key: _rounded(price.last_price, _FINEST_PRICE) for key, price in _prices(data).items()}


def read_basket(data: msgspec.Raw) -> Decimal:
    """Return what a basket would block in the end, 0 where it frees money instead; raises as above."""
    return max(_rounded(_basket(data).final.total, PAISA), Decimal(0))


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    """Return a number rounded to a step, to paise where it has no more; ArithmeticError for no number."""
    if not number.is_finite() or abs(number) > _LARGEST:
        raise ArithmeticError
    rounded = number.quantize(step)
    return rounded.quantize(PAISA) if rounded == rounded.quantize(PAISA) else rounded
