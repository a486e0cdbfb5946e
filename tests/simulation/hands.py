"""What people do by hand in the secondary accounts: orders of their own, exits, changes of our copies."""

import asyncio
from random import Random
from typing import Any

from app.exchange.accounts import Account
from app.exchange.errors import KiteError
from app.exchange.venue import Venue
from tests.simulation.history import History
from tests.simulation.setting import SimInstruments

_RESTING = ("OPEN", "TRIGGER PENDING")
_TURN_S = 0.5


class Hands:
    """Acts in Kite's own app: what it places carries no tag; `changed` has the copies that it changed."""

    def __init__(
        self,
        venue: Venue,
        accounts: list[str],
        instruments: SimInstruments,
        *,
        per_s: float,
        random: Random,
        history: History,
    ) -> None:
        self._venue = venue
        self._accounts = [venue.accounts.get(account_id) for account_id in accounts]
        self._instruments = instruments
        self._per_s = per_s
        self._random = random
        self._history = history
        self.changed: set[str] = set()
        self.cancelled: set[str] = set()
        self.traded: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Act until cancelled, or not at all."""
        while self._per_s > 0:
            await asyncio.sleep(_TURN_S)
            if self._random.random() < self._per_s * _TURN_S:
                self._act(self._random.choice(self._accounts))

    def _act(self, account: Account) -> None:
        draw = self._random.random()
        if draw < 0.2:
            self._trade(account)
        elif draw < 0.45:
            self._exit(account, self._random.choice(self._instruments.keys))
        elif draw < 0.7:
            self._modify(account)
        elif draw < 0.95:
            self._cancel(account)
        else:
            for key in self._instruments.keys:
                self._exit(account, key, is_whole=True)

    def _trade(self, account: Account) -> None:
        key = self._random.choice(self._instruments.keys)
        lots = self._random.choice((1, 2, 5))
        self._place(account, key, self._random.choice(("BUY", "SELL")), lots * self._lot(key))

    def _exit(self, account: Account, key: str, *, is_whole: bool = False) -> None:
        held = sum(
            row["quantity"]
            for row in self._venue.positions(account)["net"]
            if f"{row['exchange']}:{row['tradingsymbol']}" == key and row["product"] == "MIS"
        )
        lots = abs(held) // self._lot(key)
        if lots:
            lots = lots if is_whole else self._random.randint(1, lots)
            self._place(account, key, "SELL" if held > 0 else "BUY", lots * self._lot(key))

    def _place(self, account: Account, key: str, side: str, quantity: int) -> None:
        exchange, symbol = key.split(":")
        form = {
            "exchange": exchange,
            "tradingsymbol": symbol,
            "transaction_type": side,
            "quantity": str(quantity),
            "product": "MIS",
            "validity": "DAY",
            "order_type": "MARKET",
            "market_protection": "-1",
            "autoslice": "true",
        }
        self.traded.add((account.user_id, key))
        self._do("places", account, f"{side} {quantity} {symbol}", self._venue.place, form)

    def _modify(self, account: Account) -> None:
        row = self._resting(account)
        if row is None:
            return
        change: dict[str, str] = {}
        if row["order_type"] in {"LIMIT", "SL"} and self._random.random() < 0.7:
            change["price"] = str(round(row["price"] + self._random.choice((-2, -1, 1, 2)) * 0.5, 2))
        if not change or self._random.random() < 0.3:
            lot = self._lot(f"{row['exchange']}:{row['tradingsymbol']}")
            change["quantity"] = str(max(row["quantity"] + self._random.choice((-1, 1)) * lot, lot))
        self.changed.add(row["order_id"])
        self._do("modifies", account, row["order_id"], self._venue.modify, row["order_id"], change)

    def _cancel(self, account: Account) -> None:
        row = self._resting(account)
        if row is not None:
            self.cancelled.add(row["order_id"])
            self._do("cancels", account, row["order_id"], self._venue.cancel, row["order_id"], {})

    def _resting(self, account: Account) -> dict[str, Any] | None:
        rows = [row for row in self._venue.orders(account) if row["status"] in _RESTING]
        return self._random.choice(rows) if rows else None

    def _do(self, verb: str, account: Account, what: str, call: Any, *arguments: Any) -> None:
        try:
            answer = call(account, "regular", *arguments)
        except KiteError as e:
            self._history.note(f"hand {verb}", account.user_id, detail=f"{what}, refused: {e.message}")
        else:
            keys = (account.user_id, str(answer["order_id"]))
            self._history.note(f"hand {verb}", *keys, detail=f"{what} {arguments[-1]}")

    def _lot(self, key: str) -> int:
        found = self._instruments.find(key)
        assert found is not None
        return found.lot_size
