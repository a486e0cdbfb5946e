"""The person at the primary account: places, changes and cancels orders by the Kite API, whatever breaks."""

import threading
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import requests
from kiteconnect.exceptions import KiteException

from tests.chaos.house import PRIMARY, House

TRADED = ("HDFCBANK", "ICICIBANK", "AXISBANK", "KOTAKBANK", "BHARTIARTL", "TATASTEEL")
"""Bought and sold at once. The scripted day of the exchange leaves them alone."""
ODD = "TATASTEEL"
"""Only this one has odd quantities, which multipliers of 2.5 and 0.5 have to round."""
RESTED = ("LT", "HINDUNILVR", "YESBANK")
"""Bought far below the market: these orders rest, are changed and cancelled."""
TAG = "BYHAND"
_MOST_HELD = 24
PAUSE_S = (0.02, 0.35)
_LOOK_EVERY_S = 0.02
_UNREACHED = (requests.RequestException, KiteException)


class Trader:
    """Trades until `wanted` orders are placed for certain; an order whose answer was lost is not counted."""

    def __init__(
        self, house: House, random: Random, wanted: int, *, pause_s: tuple[float, float] = PAUSE_S
    ) -> None:
        self._house = house
        self._random = random
        self._kite = house.kite(PRIMARY)
        self._wanted = wanted
        self._pause = threading.Event()
        self._pause_s = pause_s
        self._net: dict[str, int] = {}
        self._prices = dict.fromkeys((*TRADED, *RESTED), Decimal(1000))
        self._resting: list[str] = []
        self._most = wanted
        self.placed = 0
        self.changed = 0
        self.cancelled = 0

    def wait_for(self, most: int) -> None:
        """Place no more than `most` orders until told otherwise."""
        self._most = most

    @property
    def is_done(self) -> bool:
        """Tell whether all wanted orders are placed."""
        return self.placed >= self._wanted

    def work(self, stop: threading.Event) -> None:
        """Trade until done or stopped."""
        while not self.is_done and not stop.is_set():
            if self.placed >= self._most:
                self._pause.wait(_LOOK_EVERY_S)
                continue
            draw = self._random.random()
            if draw < 0.7:
                self._trade()
            elif draw < 0.82 or not self._resting:
                self._rest()
            elif draw < 0.94:
                self._change()
            else:
                self._cancel()
            self._pause.wait(self._random.uniform(*self._pause_s))

    def close(self) -> None:
        """Let go of the connections."""
        self._kite.reqsession.close()

    def _trade(self) -> None:
        symbol = self._random.choice(TRADED)
        net = self._net.get(symbol, 0)
        is_closing = net and (abs(net) >= _MOST_HELD or self._random.random() < 0.4)
        if is_closing:
            side = "SELL" if net > 0 else "BUY"
            quantity = abs(net) if self._random.random() < 0.3 else self._random.choice((2, 4))
        else:
            side = "BUY" if net > 0 or self._random.random() < 0.7 else "SELL"
            quantity = self._random.choice((1, 2, 3, 5) if symbol == ODD else (2, 2, 4, 6))
        if self._random.random() < 0.6:
            more = {"order_type": "MARKET", "market_protection": -1}
        else:
            price = self._price(symbol, 1.0 if side == "BUY" else -1.0)
            more = {"order_type": "LIMIT", "price": price}
        if self._place(symbol, side, quantity, **more):
            self._net[symbol] = net + (quantity if side == "BUY" else -quantity)

    def _rest(self) -> None:
        symbol = self._random.choice(RESTED)
        quantity = self._random.choice((2, 4, 6))
        order_id = self._place(
            symbol,
            "BUY",
            quantity,
            order_type="LIMIT",
            price=self._price(symbol, -self._random.uniform(3, 6)),
        )
        if order_id:
            self._resting.append(order_id)

    def _change(self) -> None:
        order_id = self._random.choice(self._resting)
        row = self._try(lambda: self._kite.order_history(order_id))
        if not row:
            return
        symbol = row[-1]["tradingsymbol"]
        change: dict[str, Any] = {"price": self._price(symbol, -self._random.uniform(3, 6))}
        if self._random.random() < 0.4:
            change["quantity"] = self._random.choice((2, 4, 6, 8))
        if self._try(lambda: self._kite.modify_order("regular", order_id, **change)):
            self.changed += 1

    def _cancel(self) -> None:
        order_id = self._resting.pop(self._random.randrange(len(self._resting)))
        if self._try(lambda: self._kite.cancel_order("regular", order_id)):
            self.cancelled += 1

    def _place(self, symbol: str, side: str, quantity: int, **more: Any) -> str | None:
        order_id: str | None = self._try(
            lambda: self._kite.place_order(
                "regular",
                exchange="NSE",
                tradingsymbol=symbol,
                transaction_type=side,
                quantity=quantity,
                product="MIS",
                tag=f"{TAG}{self.placed}",
                **more,
            )
        )
        self.placed += order_id is not None
        return order_id

    def _price(self, symbol: str, percent: float) -> float:
        key = f"NSE:{symbol}"
        # His screen shows prices all the time; asking Kite's API is limited to one a second.
        quote = self._try(lambda: self._house.control("POST", "/prices", {"key": key}))
        last = Decimal(str(quote[key]["last_price"])) if quote else self._prices[symbol]
        self._prices[symbol] = last
        # Whole rupees are on every tick; ten-paise ones keep a cheap share off the market price.
        step = Decimal("0.1") if last < 100 else Decimal(1)
        return float((last * (1 + Decimal(percent) / 100) / step).to_integral_value() * step)

    def _try(self, call: Callable[[], Any]) -> Any:
        """Call, and where that fails wait for the exchange: a person does not repeat an order blindly."""
        try:
            return call()
        except _UNREACHED as e:
            if isinstance(e, requests.RequestException):
                self._house.wait_exchange()
            return None
