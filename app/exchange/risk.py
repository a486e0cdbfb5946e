"""What an order or a position blocks of an account's money, in paise, and how that adds up."""

from typing import Any, NamedTuple

from app.exchange.accounts import Account
from app.exchange.instruments import Instrument
from app.exchange.money import rupees
from app.exchange.orders import OrderRecord
from app.exchange.positions import Position

Row = dict[str, Any]
# Shares of the value in basis points.
_INTRADAY_BP, _FUNDED_BP, _FULL_BP = 2_000, 3_000, 10_000
_INDEX_SPAN_BP, _STOCK_SPAN_BP, _EXPOSURE_BP = 900, 1_500, 300

_UTILISED_HEADS = (
    "debits",
    "exposure",
    "m2m_realised",
    "m2m_unrealised",
    "option_premium",
    "payout",
    "span",
    "holding_sales",
    "turnover",
    "liquid_collateral",
    "stock_collateral",
    "delivery",
)


class Blocked(NamedTuple):
    """What one position and its open orders block, by the heads of Kite's margin report."""

    span: int = 0
    exposure: int = 0
    premium: int = 0
    delivery: int = 0
    realised: int = 0

    @property
    def total(self) -> int:
        """Return the sum; profits already made today free money, losses take it."""
        return self.span + self.exposure + self.premium + self.delivery - self.realised


def blocked_by(position: Position) -> Blocked:
    """Reckon one line: the greater of its two directions, since an order that closes needs nothing."""
    held = position.quantity
    opening_buys = _opening_value(position.pending_buy, position.pending_buy_value, max(-held, 0))
    opening_sells, short_value = _opening_sells(position, held)
    instrument = position.instrument
    if instrument.is_option:
        short = max(-held, 0) + opening_sells
        flow = position.day_buy_value - position.day_sell_value
        span_bp = _span_bp(instrument)
        notional = short * instrument.strike
        return Blocked(
            span=notional * span_bp // 10_000,
            exposure=notional * _EXPOSURE_BP // 10_000,
            premium=flow + opening_buys,
        )
    buys, buy_value, sells, sell_value = position.totals(position.overnight_quantity * position.close_price)
    matched = min(buys, sells)
    realised = (sell_value * matched // sells - buy_value * matched // buys) if matched else 0
    long_side = (buy_value * held // buys if held > 0 else 0) + opening_buys
    short_side = (sell_value * -held // sells if held < 0 else 0) + short_value
    if instrument.is_derivative:
        value = max(long_side, short_side)
        return Blocked(
            span=value * _span_bp(instrument) // 10_000,
            exposure=value * _EXPOSURE_BP // 10_000,
            realised=realised,
        )
    if position.product == "MIS":
        return Blocked(exposure=max(long_side, short_side) * _INTRADAY_BP // 10_000, realised=realised)
    rate = _FUNDED_BP if position.product == "MTF" else _FULL_BP
    return Blocked(delivery=long_side * rate // 10_000, realised=realised)


def required_for(position: Position, side: int, quantity: int, price: int) -> int:
    """Return how much more this line would block with one more order; it must have been reckoned before."""
    position.pend(side, quantity, price)
    after = blocked_by(position).total
    position.pend(side, -quantity, price)
    return after - position.blocked


def available(account: Account) -> int:
    """Return what the account may still block."""
    return account.cash - account.blocked


def reckon(account: Account, position: Position) -> None:
    """Bring the account's sum in step after its position changed."""
    blocked = blocked_by(position).total
    account.blocked += blocked - position.blocked
    position.blocked = blocked


def reserve(account: Account, order: OrderRecord, quantity: int) -> None:
    """Block money for so many more of an open order; a negative quantity lets it go, at most all of it."""
    quantity = max(quantity, -order.reserved)
    if not quantity:
        return
    order.reserved += quantity
    position = account.position(order.instrument, order.product)
    position.pend(order.side, quantity, order.margin_price)
    reckon(account, position)


def settle_fill(account: Account, order: OrderRecord, quantity: int, price: int) -> None:
    """Add a fill to the account's position; the money blocked for that part of the order is let go."""
    position = account.position(order.instrument, order.product)
    released = min(quantity, order.reserved)
    order.reserved -= released
    position.pend(order.side, -released, order.margin_price)
    position.trade(order.side, quantity, price)
    reckon(account, position)


def margin_report(account: Account, unrealised: int) -> Row:
    """Return the equity segment of Kite's margin report: net = cash - debits, always."""
    heads = [blocked_by(position) for position in account.positions.values()]
    realised = sum(head.realised for head in heads)
    return _segment(
        account.cash,
        {
            "debits": account.blocked,
            "exposure": sum(head.exposure for head in heads),
            "m2m_realised": realised,
            "m2m_unrealised": unrealised,
            "option_premium": sum(head.premium for head in heads),
            "span": sum(head.span for head in heads),
            "delivery": sum(head.delivery for head in heads),
        },
    )


def empty_report() -> Row:
    """Return the commodity segment: enabled and without money, since nothing of MCX is listed here."""
    return _segment(0, {})


def _segment(cash: int, utilised: dict[str, int]) -> Row:
    net = rupees(cash - utilised.get("debits", 0))
    return {
        "enabled": True,
        "net": net,
        "available": {
            "adhoc_margin": 0,
            "cash": rupees(cash),
            "opening_balance": rupees(cash),
            "live_balance": net,
            "collateral": 0,
            "intraday_payin": 0,
        },
        "utilised": {head: rupees(utilised.get(head, 0)) for head in _UTILISED_HEADS},
    }


def _opening_value(pending: int, pending_value: int, closing: int) -> int:
    """Return the value of that part of open orders which opens something new."""
    opening = pending - closing
    return pending_value * opening // pending if opening > 0 else 0


def _opening_sells(position: Position, held: int) -> tuple[int, int]:
    opening = max(0, position.pending_sell - max(held, 0))
    value = position.pending_sell_value * opening // position.pending_sell if opening else 0
    return opening, value


def _span_bp(instrument: Instrument) -> int:
    return _INDEX_SPAN_BP if instrument.underlying.startswith("NSE:NIFTY") else _STOCK_SPAN_BP
