"""Strange answers to the primary's looks: said in the status, never copied from, and then forgotten."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from app.domain.ids import AccountId
from app.engine.runtime import Runtime
from app.engine.service import LookNow
from tests.builders.copying import copying_on
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.builders.meddler import Meddler, Meddling, Rows, meddler
from tests.builders.strange_answers import STRANGE

PRIMARY, SECONDARY = AccountId("PA0001"), AccountId("PA0002")
UNHURRIED = ("a trickle",)
"""Ends with the time-out only; the secondaries' looks have it too."""


class Desk:
    """The primary account, what stands between it and Tandem, and Tandem."""

    def __init__(self, exchange: ExchangeServer, between: Meddler, runtime: Runtime) -> None:
        self.exchange, self.between, self.runtime = exchange, between, runtime
        self._commands = 0

    def buy(self, symbol: str) -> str:
        """Buy 4 at the market by hand, in Kite."""
        kite = self.exchange.kite(PRIMARY)
        order = {"exchange": "NSE", "tradingsymbol": symbol, "transaction_type": "BUY", "quantity": 4}
        kind = {"product": "MIS", "order_type": "MARKET", "market_protection": -1}
        return str(kite.place_order("regular", **order, **kind))

    async def look(self) -> None:
        """Let Tandem look now, as the page's button does."""
        self._commands += 1
        command = LookNow(command_id=f"look{self._commands}", by="test", accounts=(PRIMARY,))
        await self.runtime.execute(command)

    async def comes(self, condition: Callable[[], Any]) -> None:
        """Look until something is so."""

        async def looked() -> Any:
            await self.look()
            return condition()

        await eventually_async(looked)

    @property
    def fails(self) -> str | None:
        """What the status says about looking."""
        return self.runtime.snapshot()["status"]["looking_fails"]

    def alerts(self, words: str) -> list[str]:
        """What was told with these words in it."""
        return [alert["text"] for alert in self.runtime.snapshot()["alerts"] if words in alert["text"]]

    def copy(self, order_id: str) -> dict[str, Any]:
        """The copy of an order in the one secondary that is watched; empty where there is none."""
        return dict(self.runtime.snapshot()["copies"].get(f"{order_id}:{SECONDARY}", {}))


@pytest.fixture(scope="module")
def exchange() -> Any:
    with running_exchange(accounts=4) as running:
        yield running


@asynccontextmanager
async def desk_on(exchange: ExchangeServer, folder: Path) -> AsyncIterator[Desk]:
    async with meddler(exchange.root) as between:
        copying = copying_on(exchange, folder, elsewhere={PRIMARY: between.root})
        async with copying as runtime:
            desk = Desk(exchange, between, runtime)
            await eventually_async(lambda: runtime.snapshot()["accounts"][SECONDARY]["state"] == "ready")
            await desk.comes(lambda: desk.runtime.snapshot()["status"]["looked_at"])
            yield desk


async def test_no_list_that_is_none_is_copied_from_or_ends_the_watching(
    exchange: ExchangeServer, tmp_path: Path
) -> None:
    async with desk_on(exchange, tmp_path) as desk:
        first = desk.buy("INFY")
        await desk.comes(lambda: desk.copy(first).get("state") == "FILLED")
        for name, said in STRANGE.items():
            if name in UNHURRIED:
                continue
            desk.between.meddle(PRIMARY, "list", Meddling(says=said, is_passed_on=False))
            await desk.comes(lambda: desk.fails)
            assert desk.fails is not None
            assert "the order list was not read" in desk.fails, name
            desk.between.leave_alone()
            await desk.comes(lambda: desk.fails is None)
        second = desk.buy("TCS")
        await desk.comes(lambda: desk.copy(second).get("state") == "FILLED")
        placed = [entry["tag"] for entry in exchange.ledger(account=SECONDARY, action="place")]
        assert len(placed) == len(set(placed)) == 2


def _rewriting(order_id: str, **changes: object) -> Meddling:
    def rewrite(rows: Rows) -> object:
        return [{**row, **changes} if row["order_id"] == order_id else row for row in rows]

    return Meddling(rewrites=rewrite)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "FROBNICATED"}, "'FROBNICATED'"),
        ({"status": None}, "it has no status"),
        ({"quantity": "many"}, "quantity 'many'"),
        ({"quantity": 10**17}, "no count of units"),
        ({"price": "NaN"}, "price 'NaN'"),
        ({"filled_quantity": 400}, "filled 400 of 4"),
        ({"filled_quantity": 0}, "filled 0 of 4"),
        ({"product": None}, "it has no product"),
        ({"transaction_type": "HOLD"}, "transaction_type 'HOLD'"),
        ({"tags": {"a": 1}}, "tags"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_an_order_that_makes_no_sense_is_not_copied_is_told_once_and_copied_when_it_does(
    exchange: ExchangeServer, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    async with desk_on(exchange, tmp_path) as desk:
        desk.between.meddle(PRIMARY, "list", Meddling(rewrites=lambda rows: rows[:-1]))
        order_id = desk.buy("RELIANCE")
        desk.between.meddle(PRIMARY, "list", _rewriting(order_id, **changes))
        await desk.comes(lambda: desk.alerts(words))
        for _ in range(3):
            await desk.look()
        assert len(desk.alerts(words)) == 1
        assert desk.copy(order_id) == {}
        desk.between.leave_alone()
        await desk.comes(lambda: desk.copy(order_id).get("state") == "FILLED")


async def test_what_might_close_an_order_that_cannot_be_read_waits_for_a_tick(
    exchange: ExchangeServer, tmp_path: Path
) -> None:
    async with desk_on(exchange, tmp_path) as desk:
        odd = desk.buy("SBIN")
        desk.between.meddle(PRIMARY, "list", _rewriting(odd, status=None))
        await desk.comes(lambda: desk.alerts("it has no status"))
        same, other = desk.buy("SBIN"), desk.buy("INFY")
        await desk.comes(lambda: desk.copy(other).get("state") == "FILLED")
        assert desk.copy(same)["state"] == "HELD"
        assert desk.copy(same)["reason"]["code"] == "ORDER_LIST_UNREADABLE"
