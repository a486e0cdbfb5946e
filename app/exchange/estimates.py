"""What orders would need before they are placed: margins of one, margins of a basket, contract notes."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.exchange import errors, risk
from app.exchange.accounts import Account
from app.exchange.charges import charges_of, contract_note, no_charges
from app.exchange.floor import Floor
from app.exchange.instruments import Instrument
from app.exchange.money import rupees, to_paise
from app.exchange.order_entry import OrderEntry
from app.exchange.positions import Position
from app.exchange.risk import Blocked

Row = dict[str, Any]
Asked = Mapping[str, Any]
_REQUIRED = ("exchange", "tradingsymbol", "transaction_type", "product", "order_type", "quantity")


class Estimates:
    """Answer the margin and charge calculators; nothing here changes an account."""

    def __init__(self, entry: OrderEntry, floor: Floor) -> None:
        self._entry = entry
        self._floor = floor

    def order_margins(self, rows: Sequence[Asked]) -> list[Row]:
        """Return what each order would need by itself."""
        return [self._alone(row) for row in rows]

    def basket_margins(self, account: Account, rows: Sequence[Asked], *, considers_positions: bool) -> Row:
        """Return what the orders would need one by one (initial) and together (final).

        With ``considers_positions`` orders that close something held need less.
        """
        orders = [self._alone(row) for row in rows]
        lines: dict[tuple[str, str], Position] = {}
        before = 0
        for row in rows:
            instrument, side, quantity, price = self._read(row)
            key = (instrument.key, row["product"])
            if key not in lines:
                held = account.positions.get(key) if considers_positions else None
                lines[key] = _copy(held) if held is not None else Position(instrument, row["product"])
                before += risk.blocked_by(lines[key]).total
            lines[key].pend(side, quantity, price)
        together = _sum([risk.blocked_by(line) for line in lines.values()])
        return {
            "initial": _report("", "", "", _sum([self._blocked(row) for row in rows]), 0),
            "final": _report("", "", "", together, 0, less=before),
            "orders": orders,
            "charges": _add_charges([order["charges"] for order in orders]),
        }

    def charges(self, rows: Sequence[Asked]) -> list[Row]:
        """Return the contract note of each order at its average price."""
        notes = []
        for row in rows:
            instrument, side, quantity, price = self._read(row)
            charges = charges_of(instrument, side, row["product"], quantity, price)
            notes.append(contract_note(instrument, dict(row), charges))
        return notes

    def _alone(self, row: Asked) -> Row:
        instrument, side, quantity, price = self._read(row)
        report = _report(
            "equity",
            instrument.tradingsymbol,
            instrument.exchange,
            self._blocked(row),
            _leverage(row, instrument),
        )
        report["charges"] = charges_of(instrument, side, row["product"], quantity, price)
        return report

    def _blocked(self, row: Asked) -> Blocked:
        instrument, side, quantity, price = self._read(row)
        line = Position(instrument, row["product"])
        line.pend(side, quantity, price)
        return risk.blocked_by(line)

    def _read(self, row: Asked) -> tuple[Instrument, int, int, int]:
        for name in _REQUIRED:
            if row.get(name) in (None, ""):
                raise errors.missing_field(name)
        if row["transaction_type"] not in ("BUY", "SELL"):
            raise errors.invalid_field("transaction_type")
        if not str(row["quantity"]).isdecimal() or int(row["quantity"]) == 0:
            raise errors.invalid_field("quantity")
        instrument = self._entry.find(f"{row['exchange']}:{row['tradingsymbol']}")
        given = to_paise(str(row.get("average_price") or row.get("price") or 0))
        price = given or self._floor.last(instrument)
        return instrument, 1 if row["transaction_type"] == "BUY" else -1, int(row["quantity"]), price


def _copy(position: Position) -> Position:
    return Position(
        position.instrument,
        position.product,
        position.overnight_quantity,
        position.overnight_value,
        position.close_price,
        position.day_buy_quantity,
        position.day_buy_value,
        position.day_sell_quantity,
        position.day_sell_value,
    )


def _sum(parts: list[Blocked]) -> Blocked:
    return Blocked(*(sum(column) for column in zip(*parts, strict=True))) if parts else Blocked()


def _leverage(row: Asked, instrument: Instrument) -> int:
    return 5 if row["product"] == "MIS" and not instrument.is_derivative else 1


def _report(kind: str, symbol: str, exchange: str, blocked: Blocked, leverage: int, less: int = 0) -> Row:
    # Kite calls what stocks block "var", whatever the product.
    is_contract = bool(blocked.span or blocked.premium)
    return {
        "type": kind,
        "tradingsymbol": symbol,
        "exchange": exchange,
        "span": rupees(blocked.span),
        "exposure": rupees(blocked.exposure) if is_contract else 0,
        "option_premium": rupees(blocked.premium),
        "additional": 0,
        "bo": 0,
        "cash": 0,
        "var": rupees(blocked.delivery + (0 if is_contract else blocked.exposure)),
        "pnl": {"realised": 0, "unrealised": 0},
        "leverage": leverage,
        "charges": no_charges(),
        "total": rupees(blocked.total - less),
    }


def _add_charges(parts: list[Row]) -> Row:
    total = no_charges()
    for part in parts:
        for name, value in part.items():
            if name == "gst":
                total["gst"] = {head: total["gst"][head] + value[head] for head in value}
            elif name != "transaction_tax_type":
                total[name] += value
    return total
