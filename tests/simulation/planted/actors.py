"""Traders and operators with one habit each, for the stages."""

import asyncio
from typing import Any

from app.domain.accounts import CopyMode
from app.engine import service as s
from tests.simulation.operators import Operators
from tests.simulation.trader import Trader


class Bursts(Trader):
    """Places a dozen orders at once, again and again."""

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long, at most about so many orders."""
        ends_at_s = self._history.now_s + for_s
        while self._history.now_s < ends_at_s and self.placed < orders * 2:
            await self._burst(12)
            await asyncio.sleep(self._random.uniform(0.3, 3.0))


class MarketOrders(Trader):
    """Places nothing that rests."""

    def _place(self, key: str, side: str, quantity: int, *, is_sure: bool = False) -> None:
        super()._place(key, side, quantity, is_sure=True)


class Entries(Trader):
    """Goes one way in each instrument, and never leaves."""

    def _enter(self) -> None:
        key = self._pick()
        side = "BUY" if self._instruments.keys.index(key) % 2 else "SELL"
        self._place(key, side, self._quantity(key))

    def _exit(self, key: str, *, whole: bool = False) -> None:
        """Stay."""


class Fiddler(Trader):
    """Rests a few orders far from the market, and changes each as often as Kite allows."""

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long."""
        ends_at_s = self._history.now_s + for_s
        for key in self._favourites:
            self._rest(key)
        while self._history.now_s < ends_at_s:
            await asyncio.sleep(1.4)
            for row in self._resting():
                key = f"{row['exchange']}:{row['tradingsymbol']}"
                change = {"price": self._price(key, -self._random.randint(50, 90))}
                self._do("modifies", row["order_id"], self._venue.modify, row["order_id"], change)

    def _rest(self, key: str) -> None:
        exchange, symbol = key.split(":")
        form = {
            "exchange": exchange,
            "tradingsymbol": symbol,
            "transaction_type": "BUY",
            "quantity": str(10 * self._lot(key)),
            "product": "MIS",
            "validity": "DAY",
            "order_type": "LIMIT",
            "price": self._price(key, -60),
        }
        self._do("places", f"BUY {symbol}", self._venue.place, form)


class Enlarger(Trader):
    """Rests small orders at the market, and enlarges what still rests of them again and again."""

    def _cancel(self) -> None:
        self._modify()

    def _quantity(self, key: str) -> int:
        return self._lot(key) * self._random.choice((2, 4))

    def _modify(self) -> None:
        for row in self._resting():
            change = {"quantity": str(min(row["quantity"] * 2, 64 * self._lot(self._key(row))))}
            self._do("modifies", row["order_id"], self._venue.modify, row["order_id"], change)

    def _key(self, row: dict[str, Any]) -> str:
        return f"{row['exchange']}:{row['tradingsymbol']}"


class Canceller(Trader):
    """Places a few orders of one symbol at once, and cancels them before long."""

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long, at most about so many orders."""
        ends_at_s = self._history.now_s + for_s
        while self._history.now_s < ends_at_s and self.placed < orders * 2:
            for _ in range(4):
                self._enter()
            await asyncio.sleep(self._random.uniform(0.5, 2.0))
            for _ in range(4):
                self._cancel()


class Scalper(Trader):
    """Builds a position in a few orders, and leaves it in a few at once."""

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long, at most about so many orders."""
        ends_at_s = self._history.now_s + for_s
        while self._history.now_s < ends_at_s and self.placed < orders * 2:
            key = self._pick()
            for _ in range(4):
                self._place(key, "BUY", 10 * self._lot(key), is_sure=True)
                await asyncio.sleep(0.5)
            await asyncio.sleep(3.0)
            for _ in range(4):
                self._place(key, "SELL", 10 * self._lot(key), is_sure=True)
            await asyncio.sleep(3.0)


class FuturesTrader(Trader):
    """Trades nothing but futures, a dozen lots or two at a time."""

    def _pick(self) -> str:
        return self._random.choice([key for key in self._instruments.keys if self._lot(key) > 1])

    def _quantity(self, key: str) -> int:
        return self._lot(key) * self._random.choice((11, 13, 15))


class Whale(Trader):
    """Trades a hundred times as much, and leaves nothing resting."""

    async def run(self, for_s: float, orders: int) -> None:
        """Trade for so long, about so many orders."""
        await super().run(for_s, orders)
        for row in self._resting():
            self._do("cancels", row["order_id"], self._venue.cancel, row["order_id"], {})

    def _quantity(self, key: str) -> int:
        return super()._quantity(key) * (100 if self._lot(key) == 1 else 10)


class Tagging(Trader):
    """Places orders of which some carry a tag like ours."""

    def _do(self, verb: str, what: str, call: Any, *arguments: Any) -> None:
        if verb == "places" and self._random.random() < 0.3:
            arguments[-1]["tag"] = "TC" + "".join(
                self._random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=18)
            )
        super()._do(verb, what, call, *arguments)


class Investor(Trader):
    """Takes delivery of every third order."""

    def _do(self, verb: str, what: str, call: Any, *arguments: Any) -> None:
        form = arguments[-1]
        if verb == "places" and form["exchange"] == "NSE" and self._random.random() < 0.3:
            form["product"] = "CNC"
        super()._do(verb, what, call, *arguments)


class NoHands(Operators):
    """Only stops, and switches the mode; ticks nothing and retries nothing."""

    async def _tick(self) -> None:
        """Tick nothing."""

    async def _retry(self) -> None:
        """Retry nothing."""


class Absent(Operators):
    """Do nothing at all while faults last."""

    async def run(self, *, is_manual: bool) -> None:
        """Do nothing until cancelled."""
        await asyncio.Event().wait()

    def panic(self, in_s: float) -> None:
        """Stop nothing."""


class Nervous(Operators):
    """Stops everything again and again."""

    async def run(self, *, is_manual: bool) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self._random.uniform(0.2, 2.0))
            await self._stop_a_while()


class DoubleClicks(Operators):
    """Hold everything and tick it, mostly both at once."""

    async def run(self, *, is_manual: bool) -> None:
        """Work until cancelled."""
        await self._give(s.SetMode, mode=CopyMode.MANUAL)
        while True:
            await asyncio.sleep(self._random.uniform(0.3, 2.0))
            await self._tick()

    async def _race(self, make: Any, **fields: Any) -> None:
        self.races += 1
        first = f"c{next(self._ids)}"
        await asyncio.gather(
            self._give(make, command_id=first, **fields), self._give(make, command_id=first, **fields)
        )


class Patient(Operators):
    """Retry only, and think it over for a while."""

    async def run(self, *, is_manual: bool) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self._random.uniform(0.3, 2.0))
            await self._retry()

    async def _race(self, make: Any, **fields: Any) -> None:
        await asyncio.sleep(self._random.uniform(8.0, 12.0))
        await self._give(make, **fields)


class Hasty(Operators):
    """Retry, and click once more when the first click seems to have come to nothing."""

    async def run(self, *, is_manual: bool) -> None:
        """Work until cancelled."""
        while True:
            await asyncio.sleep(self._random.uniform(0.3, 2.0))
            await self._retry()

    async def _race(self, make: Any, **fields: Any) -> None:
        self.races += 1
        await self._give(make, **fields)
        await asyncio.sleep(self._random.uniform(1.0, 4.0))
        await self._give(make, **fields)
