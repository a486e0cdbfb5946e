"""What an account sees of what it owns: positions, holdings, auctions, and changes of product."""

from typing import Any

from app.exchange import errors, risk
from app.exchange.accounts import Account
from app.exchange.floor import Floor
from app.exchange.instruments import Instrument
from app.exchange.moment import Moment
from app.exchange.positions import Position
from app.exchange.requests import PRODUCTS, Params

Row = dict[str, Any]
_REQUIRED = (
    "exchange",
    "tradingsymbol",
    "transaction_type",
    "position_type",
    "quantity",
    "old_product",
    "new_product",
)


def position_rows(account: Account, floor: Floor) -> Row:
    """Return the "net" and "day" lists by name; a position stays listed all day after it was closed."""
    net, day = [], []
    for _, position in sorted(account.positions.items()):
        if not position.is_shown:
            continue
        last = floor.last(position.instrument)
        net.append(position.net_row(last))
        if position.has_traded_today:
            day.append(position.day_row(last))
    return {"net": net, "day": day}


def unrealised(account: Account, floor: Floor) -> int:
    """Return what open positions have gained or lost since they were opened or carried over, in paise."""
    total = 0
    for position in account.positions.values():
        held = position.quantity
        if not held:
            continue
        buys, buy_value, sells, sell_value = position.totals(
            position.overnight_quantity * position.close_price
        )
        cost = buy_value * held // buys if held > 0 else sell_value * held // sells
        total += held * floor.last(position.instrument) - cost
    return total


def holding_rows(account: Account, floor: Floor, moment: Moment) -> list[Row]:
    """Return the shares in delivery."""
    rows = []
    for key, holding in account.holdings.items():
        position = account.positions.get((key, "CNC"))
        sold = max(0, -position.quantity) if position else 0
        close = floor.prices.close_before(holding.instrument, moment.now.date())
        rows.append(holding.row(floor.last(holding.instrument), close, sold))
    return rows


def auction_rows(account: Account, floor: Floor, moment: Moment) -> list[Row]:
    """Return the holdings that may be sold in today's auctions: thinner rows with an auction number."""
    left_out = ("used_quantity", "short_quantity", "authorisation", "mtf")
    return [
        {name: value for name, value in row.items() if name not in left_out}
        | {"auction_number": account.auctions[f"{row['exchange']}:{row['tradingsymbol']}"]}
        for row in holding_rows(account, floor, moment)
        if f"{row['exchange']}:{row['tradingsymbol']}" in account.auctions
    ]


def convert(account: Account, instrument: Instrument, params: Params) -> list[Position]:
    """Move a quantity of a position to another product and return both positions.

    Raises KiteError when there is no such position or the new product's margin is missing.
    """
    quantity, side = _read_conversion(params)
    is_overnight = params["position_type"] == "overnight"
    old = account.position(instrument, params["old_product"])
    new = account.position(instrument, params["new_product"])
    held = old.overnight_quantity if is_overnight else old.day_buy_quantity - old.day_sell_quantity
    if quantity > side * held:
        raise errors.insufficient_holding(quantity, max(0, side * held))
    price = _average_price(old, side, is_overnight=is_overnight)
    before = old.blocked + new.blocked
    _move(old, side, -quantity, price, is_overnight=is_overnight)
    _move(new, side, quantity, price, is_overnight=is_overnight)
    required = risk.blocked_by(old).total + risk.blocked_by(new).total - before
    free = risk.available(account)
    if required > max(0, free):
        _move(old, side, quantity, price, is_overnight=is_overnight)
        _move(new, side, -quantity, price, is_overnight=is_overnight)
        raise errors.insufficient_funds(required, free)
    if is_overnight:
        new.close_price = old.close_price
    risk.reckon(account, old)
    risk.reckon(account, new)
    return [old, new]


def _read_conversion(params: Params) -> tuple[int, int]:
    for name in _REQUIRED:
        if not params.get(name, "").strip():
            raise errors.missing_field(name)
    if not params["quantity"].isdecimal() or int(params["quantity"]) == 0:
        raise errors.invalid_field("quantity")
    if params["transaction_type"] not in ("BUY", "SELL"):
        raise errors.invalid_field("transaction_type")
    if params["position_type"] not in ("day", "overnight"):
        raise errors.invalid_field("position_type")
    for name in ("old_product", "new_product"):
        if params[name] not in PRODUCTS:
            raise errors.invalid_field(name)
    is_contract = params["exchange"] in ("NFO", "BFO")
    allowed = ("NRML", "MIS") if is_contract else ("CNC", "MIS", "MTF")
    if params["new_product"] not in allowed or params["new_product"] == params["old_product"]:
        raise errors.invalid_field("new_product")
    return int(params["quantity"]), 1 if params["transaction_type"] == "BUY" else -1


def _average_price(position: Position, side: int, *, is_overnight: bool) -> int:
    if is_overnight:
        return round(position.overnight_value / position.overnight_quantity)
    if side > 0:
        return round(position.day_buy_value / position.day_buy_quantity)
    return round(position.day_sell_value / position.day_sell_quantity)


def _move(position: Position, side: int, quantity: int, price: int, *, is_overnight: bool) -> None:
    """Add a quantity (or with a negative one take it away) as if it had been traded under this product."""
    if is_overnight:
        position.overnight_quantity += side * quantity
        position.overnight_value += side * quantity * price
    else:
        position.trade(side, quantity, price)
