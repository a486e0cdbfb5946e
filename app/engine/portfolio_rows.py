"""Draws what an account holds and has, beside what the primary's positions ask of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from app.domain.accounts import Account, CopyRules
from app.domain.expecting import expected_quantity
from app.engine.rows import PortfolioRow, PositionRow
from app.ports.account_reader import Funds, Position
from app.ports.instruments import Instruments

Key = tuple[str, str]
"""An instrument and a product: each pair is a position of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """What was read of an account: its positions as of a moment, its funds, None for what never was."""

    positions: tuple[Position, ...] | None = None
    as_of: datetime | None = None
    funds: Funds | None = None
    fails: str | None = None
    fails_since: datetime | None = None


def portfolio_row(
    account: Account,
    portfolio: Portfolio,
    primary: tuple[Position, ...] | None,
    rules: CopyRules,
    instruments: Instruments,
) -> PortfolioRow:
    """Draw an account; `primary` are the primary's positions, None where they were never read."""
    own = portfolio.positions
    shown = {} if own is None else {_key(position): position for position in own}
    wanted = {} if primary is None else {_key(position): position for position in primary}
    if own is not None and not account.is_primary:
        for key, position in wanted.items():
            if position.quantity and key not in shown:
                shown[key] = _empty(position)
    positions = [_position_row(shown[key], instruments) for key in sorted(shown)]
    if primary is not None and not account.is_primary:
        for row in positions:
            there = wanted.get((row["instrument"], row["product"]))
            units = there.quantity if there is not None else 0
            instrument = instruments.find(row["instrument"])
            row["expected"] = expected_quantity(units, row["product"], instrument, account, rules)
    return {
        "account_id": account.account_id,
        "as_of": portfolio.as_of.isoformat() if portfolio.as_of else None,
        "fails": portfolio.fails,
        "fails_since": portfolio.fails_since.isoformat() if portfolio.fails_since else None,
        "pnl": None if own is None else str(_sum(position.pnl for position in own)),
        "funds_free": str(portfolio.funds.free) if portfolio.funds else None,
        "funds_used": str(portfolio.funds.used) if portfolio.funds else None,
        "positions": positions,
    }


def quantities(positions: tuple[Position, ...] | None) -> dict[Key, int]:
    """Return what is held of each instrument and product, what is closed left out."""
    return {_key(position): position.quantity for position in positions or () if position.quantity}


def _key(position: Position) -> Key:
    return position.instrument, position.product


def _empty(position: Position) -> Position:
    return replace(position, quantity=0, average_price=Decimal("0.00"), pnl=Decimal("0.00"))


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _position_row(position: Position, instruments: Instruments) -> PositionRow:
    instrument = instruments.find(position.instrument)
    return {
        "instrument": position.instrument,
        "exchange": position.exchange,
        "tradingsymbol": position.tradingsymbol,
        "product": position.product,
        "lot_size": instrument.lot_size if instrument else None,
        "quantity": position.quantity,
        "average_price": str(position.average_price),
        "last_price": str(position.last_price),
        "pnl": str(position.pnl),
        "expected": None,
    }
