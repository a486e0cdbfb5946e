"""How the state of a session is written whole and brought back: the snapshot and the changes after it."""

from datetime import datetime
from typing import Any

from app.exchange import risk
from app.exchange.accounts import Account, Accounts
from app.exchange.instruments import Catalogue
from app.exchange.numbering import Counters
from app.exchange.orders import OrderRecord
from app.exchange.positions import Holding, Position
from app.exchange.prices import Prices
from app.exchange.state_log import Line, account_line, order_line

_POSITION_FIELDS = (
    "overnight_quantity",
    "overnight_value",
    "close_price",
    "day_buy_quantity",
    "day_buy_value",
    "day_sell_quantity",
    "day_sell_value",
)


def snapshot(
    accounts: Accounts, counters: Counters, prices: Prices, halted: dict[str, bool], now: datetime
) -> Line:
    """Return the whole state as one line."""
    return {
        "at": now.isoformat(),
        "counters": [counters.exchange_orders, counters.trades, counters.arrivals],
        "accounts": [
            account_line(account)
            | {
                "positions": [
                    [one.instrument.key, one.product, *(getattr(one, name) for name in _POSITION_FIELDS)]
                    for one in account.positions.values()
                    if one.is_shown
                ],
                "orders": [order_line(one) | {"history": one.history} for one in account.orders.values()],
                "trades": account.trades,
            }
            for account in accounts.all()
        ],
        "hands": prices.hands(),
        "halted": list(halted),
    }


class Restorer:
    """Bring the lines of a session file back into an empty venue, in order."""

    def __init__(
        self,
        accounts: Accounts,
        counters: Counters,
        prices: Prices,
        halted: dict[str, bool],
        catalogue: Catalogue,
    ) -> None:
        self._accounts = accounts
        self._counters = counters
        self._prices = prices
        self._halted = halted
        self._catalogue = catalogue

    def restore(self, lines: list[Line]) -> None:
        """Apply the snapshot and every change, then reckon what is blocked."""
        for line in lines:
            getattr(self, f"_{line['kind']}")(line)
        for account in self._accounts.all():
            for order in account.orders.values():
                account.position(order.instrument, order.product).pend(
                    order.side, order.reserved, order.margin_price
                )
            for position in account.positions.values():
                risk.reckon(account, position)

    def _session(self, line: Line) -> None:
        counters = self._counters
        counters.exchange_orders, counters.trades, counters.arrivals = line["counters"]
        for saved in line["accounts"]:
            self._account({"account": saved})
            account = self._accounts.get(saved["user_id"])
            account.trades = saved["trades"]
            for key, product, *values in saved["positions"]:
                position = Position(self._catalogue.by_key[key], product, *values)
                account.positions[(key, product)] = position
            for order in saved["orders"]:
                self._order({"order": order, "history": order.pop("history")})
        for key, hands in line["hands"].items():
            for tick, shift, frozen in hands:
                self._prices.restore_hand(key, tick, shift, frozen)
        for key in line["halted"]:
            self._halted[key] = True

    def _account(self, line: Line) -> None:
        saved = dict(line["account"])
        holdings = {
            key: Holding(self._catalogue.by_key[key], *values)
            for key, values in saved.pop("holdings").items()
        }
        for name in ("positions", "orders", "trades"):
            saved.pop(name, None)
        account = self._accounts.find(saved["user_id"])
        if account is None:
            account = Account(**saved)
            self._accounts.adopt(account)
        for name, value in saved.items():
            setattr(account, name, value)
        account.holdings = holdings

    def _order(self, line: Line) -> None:
        saved: dict[str, Any] = dict(line["order"])
        account = self._accounts.get(saved["user_id"])
        instrument = self._catalogue.by_key[saved.pop("key")]
        known = account.orders.get(saved["order_id"])
        history = (known.history if known else []) + line["history"]
        order = OrderRecord(instrument=instrument, history=history, **saved)
        account.orders[order.order_id] = order
        self._counters.arrivals = max(self._counters.arrivals, order.priority)
        if order.exchange_order_id is not None:
            self._counters.has_used(order.exchange_order_id)

    def _trade(self, line: Line) -> None:
        row = line["row"]
        account = self._accounts.get(line["user_id"])
        account.trades.append(row)
        self._counters.trades += 1
        instrument = self._catalogue.by_key[f"{row['exchange']}:{row['tradingsymbol']}"]
        side = 1 if row["transaction_type"] == "BUY" else -1
        paise = round(row["average_price"] * 100)
        account.position(instrument, row["product"]).trade(side, row["quantity"], paise)

    def _conversion(self, line: Line) -> None:
        account = self._accounts.get(line["user_id"])
        for key, product, *values in line["positions"]:
            position = account.position(self._catalogue.by_key[key], product)
            for name, value in zip(_POSITION_FIELDS, values, strict=True):
                setattr(position, name, value)

    def _hand(self, line: Line) -> None:
        self._prices.restore_hand(line["key"], line["tick"], line["shift"], line["frozen"])

    def _halt(self, line: Line) -> None:
        if line["is_halted"]:
            self._halted[line["key"]] = True
        else:
            self._halted.pop(line["key"], None)


def conversion_line(account: Account, positions: list[Position]) -> Line:
    """Return the line that tells how positions stand after a conversion."""
    return {
        "user_id": account.user_id,
        "positions": [
            [one.instrument.key, one.product, *(getattr(one, name) for name in _POSITION_FIELDS)]
            for one in positions
        ],
    }
