"""A day on which each account but two gets one strange answer over and over, and then good ones again."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.engine.rows import Delta
from app.engine.runtime import Runtime
from tests.builders.copying import MULTIPLIERS, copying_on
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.meddler import Meddler, Meddling, meddler
from tests.builders.raw_server import then_closes

HEALTHY = ("PA0002", "PA0003")
FIRST, SECOND, THIRD = "INFY", "TCS", "RELIANCE"
PATIENCE_S = 180.0
"""Some two hundred accounts on one machine, perhaps with every line counted: seconds when it is quiet."""
LOST = Meddling(says=then_closes(b""))
"""An answer that is lost although the exchange took the order."""


@dataclass(slots=True)
class Account:
    """What the operator saw of one account, and what the exchange knows of it."""

    states: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reasons: list[str] = field(default_factory=list)
    order_ids: set[str] = field(default_factory=set)
    alerts: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    meanwhile: str = ""
    met: int = 0
    placed: list[str] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)


class StrangeDay:
    """Runs the day; `accounts` has what was seen of each account afterwards."""

    def __init__(self, cases: dict[str, dict[str, Meddling]], expected: dict[str, str]) -> None:
        """Take the meddling with each account by route, and the state its first copy is to be seen in."""
        self._cases = cases
        self._expected = expected
        self.accounts: dict[str, Account] = defaultdict(Account)

    async def run(self, folder: Path) -> None:
        """Let it happen: good answers, strange ones, good ones, with an order of the primary in each part."""
        with running_exchange(accounts=4) as exchange:
            for account in self._cases:
                exchange.control("POST", "/accounts", {"user_id": account})
            async with meddler(exchange.root) as between:
                elsewhere = dict.fromkeys(self._cases, between.root)
                multipliers = dict.fromkeys((*HEALTHY, *self._cases), MULTIPLIERS["PA0002"])
                copying = copying_on(exchange, folder, multipliers=multipliers, elsewhere=elsewhere)
                async with copying as runtime:
                    unsubscribe = runtime.subscribe(self._note)
                    await self._live_through(exchange, between, runtime)
                    unsubscribe()
                    self._note_snapshot(exchange, between, runtime)

    async def _live_through(self, exchange: ExchangeServer, between: Meddler, runtime: Runtime) -> None:
        await eventually_async(lambda: self._all_are(runtime, "ready"), timeout_s=PATIENCE_S)
        for account, meddlings in self._cases.items():
            for route, meddling in meddlings.items():
                between.meddle(account, route, meddling)
        await self._primary_buys(exchange, FIRST)
        await eventually_async(lambda: self._first_is_as_expected(runtime), timeout_s=PATIENCE_S)
        for account in self._cases:
            self.accounts[account].meanwhile = self._state(account, FIRST)
        await self._primary_buys(exchange, SECOND)
        await eventually_async(lambda: self._are_filled(SECOND, HEALTHY), timeout_s=PATIENCE_S)
        between.leave_alone()
        await self._primary_buys(exchange, THIRD)
        everyone = (*HEALTHY, *self._cases)
        await eventually_async(
            lambda: all(self._are_filled(symbol, everyone) for symbol in (FIRST, SECOND, THIRD)),
            timeout_s=PATIENCE_S,
        )
        await eventually_async(lambda: self._all_look_well(runtime), timeout_s=PATIENCE_S)

    async def _primary_buys(self, exchange: ExchangeServer, symbol: str) -> None:
        order = {
            "variety": "regular",
            "exchange": "NSE",
            "tradingsymbol": symbol,
            "transaction_type": "BUY",
            "quantity": 5,
            "product": "MIS",
            "order_type": "MARKET",
            "market_protection": -1,
        }
        await asyncio.to_thread(exchange.kite("PA0001").place_order, **order)

    def _note(self, delta: Delta) -> None:
        for copy in delta["copies"].values():
            states = self.accounts[copy["account_id"]].states[copy["instrument"].removeprefix("NSE:")]
            if not states or states[-1] != copy["state"]:
                states.append(copy["state"])
            ids = {leg["order_id"] for leg in copy["legs"] if leg["order_id"] is not None}
            self.accounts[copy["account_id"]].order_ids |= ids
            if copy["reason"]:
                self.accounts[copy["account_id"]].reasons.append(copy["reason"]["code"])
        for account_id, row in delta["accounts"].items():
            if row["looking_fails"]:
                self.accounts[account_id].failures.append(row["looking_fails"])
        for alert in delta["alerts"]:
            self.accounts[alert["account_id"] or ""].alerts.append(alert["text"])

    def _note_snapshot(self, exchange: ExchangeServer, between: Meddler, runtime: Runtime) -> None:
        for account_id, row in runtime.snapshot()["accounts"].items():
            account = self.accounts[account_id]
            account.row = dict(row)
            account.met = sum(met for key, met in between.met.items() if key[0] == account_id)
            account.placed = [entry["tag"] for entry in exchange.ledger(account=account_id, action="place")]

    def _state(self, account: str, symbol: str) -> str:
        states = self.accounts[account].states[symbol]
        return states[-1] if states else ""

    def _are_filled(self, symbol: str, accounts: tuple[str, ...]) -> bool:
        late = {a: self._state(a, symbol) for a in accounts if self._state(a, symbol) != "FILLED"}
        assert not late, (symbol, late)
        return True

    def _first_is_as_expected(self, runtime: Runtime) -> bool:
        self._are_filled(FIRST, HEALTHY)
        rows = runtime.snapshot()["accounts"]
        for account, state in self._expected.items():
            is_seen = rows[account]["looking_fails"] if state == "" else self._state(account, FIRST) == state
            assert is_seen, (account, state, self._state(account, FIRST))
        return True

    def _all_are(self, runtime: Runtime, state: str) -> bool:
        return all(row["state"] == state for row in runtime.snapshot()["accounts"].values())

    def _all_look_well(self, runtime: Runtime) -> bool:
        return not any(row["looking_fails"] for row in runtime.snapshot()["accounts"].values())
