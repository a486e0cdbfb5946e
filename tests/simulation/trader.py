"""The primary's trader: bursts of entries and exits, changed and cancelled while they are being copied."""

import asyncio
from random import Random
from typing import Any

from app.exchange.accounts import Account
from app.exchange.errors import KiteError
from app.exchange.venue import Venue
from tests.simulation.history import History
from tests.simulation.setting import SimInstruments

_STOCK_QUANTITIES = (1, 7, 10, 25, 50, 90, 130)
_LOTS = (1, 1, 2, 3, 5, 13, 30)
_OPEN = ("OPEN", "TRIGGER PENDING")


class Trader:
    """Trades the primary account by hand, in Kite's own app: no tag, no request of ours."""

    def __init__(
        self, venue: Venue, account: Account, instruments: SimInstruments, random: Random, history: History
    ) -> None:
        self._venue = venue
        self._account = account
        self._instruments = instruments
        self._random = random
        self._history = history
        self.placed = 0
        self._favourites = random.sample(instruments.keys, k=random.choice((1, 2, 3)))

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long, about so many orders."""
        pace_s = for_s / max(orders, 1)
        ends_at_s = self._history.now_s + for_s
        while self._history.now_s < ends_at_s:
            await asyncio.sleep(self._random.expovariate(1 / pace_s))
            if self.placed >= orders * 2:
                continue
            draw = self._random.random()
            if draw < 0.06:
                await self._burst(self._random.randint(2, 12))
            elif draw < 0.5:
                self._enter()
            elif draw < 0.72:
                self._exit(self._pick())
            elif draw < 0.88:
                self._modify()
            else:
                self._cancel()

    async def flatten(self) -> None:
        """Cancel what rests and leave every position."""
        for row in self._resting():
            self._do("cancels", row["order_id"], self._venue.cancel, row["order_id"], {})
        await asyncio.sleep(1.0)
        self._venue.step()
        for key in self._instruments.keys:
            self._exit(key, whole=True)

    async def _burst(self, most: int) -> None:
        for _ in range(most):
            if self._random.random() < 0.7:
                self._enter()
            else:
                self._exit(self._pick())
            if self._random.random() < 0.5:
                await asyncio.sleep(self._random.uniform(0.0, 0.05))

    def _pick(self) -> str:
        return self._random.choice(self._favourites)

    def _enter(self) -> None:
        key = self._pick()
        net = self._net(key)
        side = "BUY" if net >= 0 else "SELL"
        if self._random.random() < 0.15:
            side = "SELL" if side == "BUY" else "BUY"
        self._place(key, side, self._quantity(key))

    def _exit(self, key: str, *, whole: bool = False) -> None:
        net = self._net(key)
        if net == 0:
            return
        lot = self._lot(key)
        units = abs(net)
        if not whole and self._random.random() < 0.4:
            units = max(units // 2 // lot * lot, lot)
        side = "SELL" if net > 0 else "BUY"
        freeze = 1755 if lot > 1 else units
        while units > 0:
            self._place(key, side, min(units, freeze), is_sure=whole)
            units -= freeze

    def _quantity(self, key: str) -> int:
        lot = self._lot(key)
        return lot * self._random.choice(_LOTS) if lot > 1 else self._random.choice(_STOCK_QUANTITIES)

    def _place(self, key: str, side: str, quantity: int, *, is_sure: bool = False) -> None:
        exchange, symbol = key.split(":")
        form: dict[str, str] = {
            "exchange": exchange,
            "tradingsymbol": symbol,
            "transaction_type": side,
            "quantity": str(quantity),
            "product": "CNC" if lot_is_one(self._lot(key)) and self._random.random() < 0.02 else "MIS",
            "validity": "DAY",
        }
        kind = "MARKET" if is_sure else self._random.choice(("MARKET", "LIMIT", "LIMIT", "LIMIT", "SL"))
        sign = 1 if side == "BUY" else -1
        form["order_type"] = kind
        if kind == "MARKET":
            form["market_protection"] = "-1"
        if kind == "LIMIT":
            # Mostly at or through the market, sometimes a little away from it, so that it rests.
            form["price"] = self._price(key, sign * self._random.choice((6, 3, 1, 0, -1, -2, -5)))
        if kind == "SL":
            distance = self._random.choice((1, 2, 4))
            form["trigger_price"] = self._price(key, sign * distance)
            form["price"] = self._price(key, sign * (distance + 5))
        self.placed += 1
        self._do("places", f"{side} {quantity} {symbol} {kind}", self._venue.place, form)

    def _modify(self) -> None:
        rows = self._resting()
        if not rows:
            return
        row = self._random.choice(rows)
        key = f"{row['exchange']}:{row['tradingsymbol']}"
        sign = 1 if row["transaction_type"] == "BUY" else -1
        change: dict[str, str] = {}
        if self._random.random() < 0.4:
            change["quantity"] = str(self._quantity(key))
        if row["status"] == "TRIGGER PENDING":
            distance = self._random.choice((1, 2, 3))
            change |= {
                "trigger_price": self._price(key, sign * distance),
                "price": self._price(key, sign * (distance + 4)),
            }
        elif not change or self._random.random() < 0.5:
            if self._random.random() < 0.15:
                change |= {"order_type": "MARKET", "market_protection": "-1"}
            else:
                change["price"] = self._price(key, sign * self._random.choice((4, 1, 0, -1, -3)))
        self._do("modifies", row["order_id"], self._venue.modify, row["order_id"], change)

    def _cancel(self) -> None:
        rows = self._resting()
        if rows:
            row = self._random.choice(rows)
            self._do("cancels", row["order_id"], self._venue.cancel, row["order_id"], {})

    def _do(self, verb: str, what: str, call: Any, *arguments: Any) -> None:
        form = arguments[-1]
        try:
            if verb == "places":
                answer = call(self._account, "regular", form)
            else:
                answer = call(self._account, "regular", *arguments)
        except KiteError as e:
            self._history.note(f"trader {verb}", detail=f"{what}, refused: {e.message}")
        else:
            self._history.note(f"trader {verb}", answer["order_id"], detail=f"{what} {form}")

    def _resting(self) -> list[dict[str, Any]]:
        return [row for row in self._venue.orders(self._account) if row["status"] in _OPEN]

    def _net(self, key: str) -> int:
        rows = [
            row
            for row in self._venue.orders(self._account)
            if f"{row['exchange']}:{row['tradingsymbol']}" == key and row["product"] == "MIS"
        ]
        return sum(row["filled_quantity"] * (1 if row["transaction_type"] == "BUY" else -1) for row in rows)

    def _lot(self, key: str) -> int:
        instrument = self._instruments.find(key)
        assert instrument is not None
        return instrument.lot_size

    def _price(self, key: str, ticks: int) -> str:
        instrument = self._instruments.find(key)
        assert instrument is not None
        last = self._venue.ltp([key])[key]["last_price"]
        return str(round(float(last) + ticks * float(instrument.tick_size) * 4, 2))


def lot_is_one(lot: int) -> bool:
    """Tell shares, which may be delivered, from contracts."""
    return lot == 1
