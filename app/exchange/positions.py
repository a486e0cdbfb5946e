"""What an account owns: positions of the day by instrument and product, and shares in delivery."""

from dataclasses import dataclass
from typing import Any

from app.exchange.instruments import Instrument
from app.exchange.money import rupees

Row = dict[str, Any]


@dataclass(slots=True, eq=False)
class Position:
    """One instrument under one product: what came over night, today's trades, and what open orders may add.

    Values are paise. Everything in NSE, BSE, NFO and BFO is counted in single units, so the multiplier is 1.
    """

    instrument: Instrument
    product: str
    overnight_quantity: int = 0
    overnight_value: int = 0
    close_price: int = 0
    day_buy_quantity: int = 0
    day_buy_value: int = 0
    day_sell_quantity: int = 0
    day_sell_value: int = 0
    pending_buy: int = 0
    pending_buy_value: int = 0
    pending_sell: int = 0
    pending_sell_value: int = 0
    blocked: int = 0

    @property
    def quantity(self) -> int:
        """Return the net quantity, negative when short."""
        return self.overnight_quantity + self.day_buy_quantity - self.day_sell_quantity

    @property
    def has_traded_today(self) -> bool:
        """Say whether there was any trade or conversion today."""
        return bool(self.day_buy_quantity or self.day_sell_quantity)

    @property
    def is_shown(self) -> bool:
        """Say whether Kite lists this position."""
        return self.has_traded_today or self.overnight_quantity != 0

    def trade(self, side: int, quantity: int, price: int) -> None:
        """Add one fill."""
        if side > 0:
            self.day_buy_quantity += quantity
            self.day_buy_value += quantity * price
        else:
            self.day_sell_quantity += quantity
            self.day_sell_value += quantity * price

    def pend(self, side: int, quantity: int, price: int) -> None:
        """Count an open order, or with a negative quantity stop counting it."""
        if side > 0:
            self.pending_buy += quantity
            self.pending_buy_value += quantity * price
        else:
            self.pending_sell += quantity
            self.pending_sell_value += quantity * price

    def totals(self, overnight_value: int) -> tuple[int, int, int, int]:
        """Return bought quantity and value, sold quantity and value, with the night's part at that value."""
        carried = self.overnight_quantity
        long_part, short_part = max(carried, 0), max(-carried, 0)
        return (
            long_part + self.day_buy_quantity,
            (overnight_value if carried > 0 else 0) + self.day_buy_value,
            short_part + self.day_sell_quantity,
            (-overnight_value if carried < 0 else 0) + self.day_sell_value,
        )

    def net_row(self, last_price: int) -> Row:
        """Return the row of the "net" list."""
        totals = self.totals(self.overnight_value)
        marked = self.totals(self.overnight_quantity * self.close_price)
        return self._row(last_price, totals, marked, self.quantity, self.overnight_quantity)

    def day_row(self, last_price: int) -> Row:
        """Return the row of the "day" list: today's trades alone."""
        totals = (self.day_buy_quantity, self.day_buy_value, self.day_sell_quantity, self.day_sell_value)
        return self._row(last_price, totals, totals, self.day_buy_quantity - self.day_sell_quantity, 0)

    def _row(
        self,
        last_price: int,
        totals: tuple[int, int, int, int],
        marked: tuple[int, int, int, int],
        quantity: int,
        overnight: int,
    ) -> Row:
        buys, buy_value, sells, sell_value = totals
        worth = quantity * last_price
        pnl = sell_value - buy_value + worth
        average = buy_value / buys if quantity > 0 else sell_value / sells if quantity < 0 else 0
        return {
            "tradingsymbol": self.instrument.tradingsymbol,
            "exchange": self.instrument.exchange,
            "instrument_token": self.instrument.instrument_token,
            "product": self.product,
            "quantity": quantity,
            "overnight_quantity": overnight,
            "multiplier": 1,
            "average_price": rupees(average),
            "close_price": rupees(self.close_price),
            "last_price": rupees(last_price),
            "value": rupees(sell_value - buy_value),
            "pnl": rupees(pnl),
            "m2m": rupees(marked[3] - marked[1] + worth),
            "unrealised": rupees(pnl),
            "realised": 0,
            "buy_quantity": buys,
            "buy_price": _average(buy_value, buys),
            "buy_value": rupees(buy_value),
            "buy_m2m": rupees(marked[1]),
            "sell_quantity": sells,
            "sell_price": _average(sell_value, sells),
            "sell_value": rupees(sell_value),
            "sell_m2m": rupees(marked[3]),
        } | self._day_part()

    def _day_part(self) -> Row:
        return {
            "day_buy_quantity": self.day_buy_quantity,
            "day_buy_price": _average(self.day_buy_value, self.day_buy_quantity),
            "day_buy_value": rupees(self.day_buy_value),
            "day_sell_quantity": self.day_sell_quantity,
            "day_sell_price": _average(self.day_sell_value, self.day_sell_quantity),
            "day_sell_value": rupees(self.day_sell_value),
        }


@dataclass(slots=True, eq=False)
class Holding:
    """Shares of one company in delivery; ``value`` is what they cost in paise."""

    instrument: Instrument
    quantity: int = 0
    t1_quantity: int = 0
    value: int = 0
    mtf_quantity: int = 0
    mtf_value: int = 0
    authorised_date: str = ""

    @property
    def total(self) -> int:
        """Return the shares owned outright, those settling tomorrow included."""
        return self.quantity + self.t1_quantity

    def row(self, last_price: int, close_price: int, sold_today: int) -> Row:
        """Return Kite's row; ``sold_today`` counts delivery sales that have not left yet."""
        average = self.value / self.total if self.total else 0
        change = last_price - close_price
        return {
            "tradingsymbol": self.instrument.tradingsymbol,
            "exchange": self.instrument.exchange,
            "instrument_token": self.instrument.instrument_token,
            "isin": self.instrument.isin,
            "product": "CNC",
            "price": 0,
            "quantity": self.quantity,
            "used_quantity": min(sold_today, self.total),
            "t1_quantity": self.t1_quantity,
            "realised_quantity": self.quantity,
            "authorised_quantity": 0,
            "authorised_date": self.authorised_date,
            "authorisation": {},
            "opening_quantity": self.quantity,
            "short_quantity": 0,
            "collateral_quantity": 0,
            "collateral_type": "",
            "discrepancy": False,
            "average_price": rupees(average),
            "last_price": rupees(last_price),
            "close_price": rupees(close_price),
            "pnl": rupees(last_price * self.total - self.value),
            "day_change": rupees(change),
            "day_change_percentage": change / close_price * 100 if close_price else 0,
            "mtf": {
                "quantity": self.mtf_quantity,
                "used_quantity": 0,
                "average_price": _average(self.mtf_value, self.mtf_quantity),
                "value": rupees(self.mtf_value),
                "initial_margin": rupees(self.mtf_value * 30 // 100),
            },
        }


def _average(value: int, quantity: int) -> float:
    return rupees(value / quantity) if quantity else 0
