"""Where fills go: into the order, the account's trades and its position."""

from typing import Any

from app.exchange import risk
from app.exchange.accounts import Accounts
from app.exchange.matching import Fill
from app.exchange.money import rupees
from app.exchange.numbering import Counters
from app.exchange.orders import OrderRecord
from app.exchange.state_log import StateLog


def post_fills(
    fills: list[Fill], accounts: Accounts, counters: Counters, stamp: str, log: StateLog
) -> list[OrderRecord]:
    """Post every fill and return the orders touched, each once, in the order they first traded."""
    touched: dict[str, OrderRecord] = {}
    for order, quantity, price in fills:
        account = accounts.get(order.user_id)
        order.filled += quantity
        order.filled_value += quantity * price
        order.exchange_timestamp = stamp
        row = trade_row(order, quantity, price, counters.trade_id(), stamp)
        account.trades.append(row)
        log.trade(account.user_id, row)
        risk.settle_fill(account, order, quantity, price)
        touched[order.order_id] = order
    return list(touched.values())


def trade_row(order: OrderRecord, quantity: int, price: int, trade_id: str, stamp: str) -> dict[str, Any]:
    """Return the row of GET /trades."""
    return {
        "trade_id": trade_id,
        "order_id": order.order_id,
        "exchange": order.instrument.exchange,
        "tradingsymbol": order.instrument.tradingsymbol,
        "instrument_token": order.instrument.instrument_token,
        "product": order.product,
        "average_price": rupees(price),
        "quantity": quantity,
        "exchange_order_id": order.exchange_order_id,
        "transaction_type": "BUY" if order.side > 0 else "SELL",
        "fill_timestamp": stamp,
        "order_timestamp": stamp[11:],
        "exchange_timestamp": stamp,
    }
