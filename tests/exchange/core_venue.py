"""A venue in virtual time with one or two accounts, for tests of the exchange's core."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.exchange.accounts import Account
from app.exchange.clock import IST, SessionClock
from app.exchange.venue import Venue

MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=IST)
Row = dict[str, Any]


class VirtualVenue:
    """Own the time, place orders with few words, and let time pass."""

    def __init__(
        self, at: datetime = MONDAY, *, seed: int = 7, state_dir: Path | None = None, **switches: Any
    ) -> None:
        self.now = at
        self.clock = SessionClock(lambda: self.now)
        self.venue = Venue(clock=self.clock, seed=seed, state_dir=state_dir, **switches)
        self.account = self.venue.accounts.create("PA0001")
        self.updates: list[Row] = []
        self.venue.on_order.append(lambda _account, row: self.updates.append(row))

    def pass_time(self, **units: float) -> None:
        """Let time pass and the venue catch up; default one second."""
        self.now += timedelta(**(units or {"seconds": 1}))
        self.venue.step()

    def pass_to(self, hour: int, minute: int, second: int = 0) -> None:
        """Let time pass until that time of the day, in steps the venue sees at their end only."""
        target = self.clock.now().replace(hour=hour, minute=minute, second=second, microsecond=0)
        self.pass_time(seconds=(target - self.clock.now()).total_seconds())

    def place(self, text: str, account: Account | None = None, **params: Any) -> str:
        """Place "BUY 5 INFY" (MIS, NSE, protected MARKET unless told otherwise) and return the order id."""
        return str(self.answer(text, account, **params)["order_id"])

    def answer(self, text: str, account: Account | None = None, **params: Any) -> Row:
        """Place an order and return the whole answer."""
        variety = params.pop("variety", "regular")
        return self.venue.place(account or self.account, variety, form(text, **params))

    def row(self, order_id: str, account: Account | None = None) -> Row:
        """Return the order's row in the order list."""
        rows = self.venue.orders(account or self.account)
        return next(row for row in rows if row["order_id"] == order_id)

    def last(self, key: str = "NSE:INFY") -> float:
        """Return the last price in rupees."""
        return float(self.venue.ltp([key])[key]["last_price"])

    def net(self, symbol: str = "INFY", product: str = "MIS", account: Account | None = None) -> Row:
        """Return one net position."""
        rows = self.venue.positions(account or self.account)["net"]
        return next(one for one in rows if (one["tradingsymbol"], one["product"]) == (symbol, product))


def form(text: str, **params: Any) -> dict[str, str]:
    """Return the form fields of an order written as "SELL 10 NFO:NIFTY26NOVFUT"."""
    side, quantity, name = text.split()
    exchange, _, symbol = name.rpartition(":")
    fields = {
        "exchange": exchange or "NSE",
        "tradingsymbol": symbol,
        "transaction_type": side,
        "quantity": quantity,
        "product": "MIS",
        "order_type": "LIMIT" if "price" in params else "MARKET",
        "market_protection": "-1",
    }
    return fields | {name: str(value) for name, value in params.items()}
