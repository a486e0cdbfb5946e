"""The official client as witness: it trades on the primary and reads the copies on the secondaries."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from kiteconnect import KiteConnect

from app.domain.ids import is_our_tag
from app.engine.runtime import Runtime
from tests.builders.copying import MULTIPLIERS, copying_on
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange


@pytest.fixture
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange() as server:
        yield server


async def _copies_on(exchange: ExchangeServer, **wanted: Any) -> bool:
    """Tell whether each secondary's account shows one copy with these values, sized by its multiplier."""
    for account_id, multiplier in MULTIPLIERS.items():
        rows = await asyncio.to_thread(exchange.kite(account_id).orders)
        ours = [row for row in rows if is_our_tag(row["tag"] or "")]
        assert len(ours) == 1, account_id
        expected = {**wanted, "quantity": int(wanted["quantity"] * multiplier)}
        assert {name: ours[0][name] for name in expected} == expected, account_id
    return True


def _limit_below(kite: KiteConnect, symbol: str = "INFY") -> float:
    """Return a price that rests: 1 % below the last, on a ten-paise tick."""
    last = kite.ltp(f"NSE:{symbol}")[f"NSE:{symbol}"]["last_price"]
    return float(Decimal(str(last * 0.99)).quantize(Decimal("0.1")))


async def test_an_order_is_copied_modified_and_cancelled_on_every_secondary(
    exchange: ExchangeServer, tmp_path: Path
) -> None:
    primary = exchange.kite("PA0001")
    price = await asyncio.to_thread(_limit_below, primary)
    async with copying_on(exchange, tmp_path):
        order_id = await asyncio.to_thread(
            primary.place_order, "regular", "NSE", "INFY", "BUY", 20, "MIS", "LIMIT", price=price
        )
        shown = {
            "quantity": 20,
            "status": "OPEN",
            "price": price,
            "transaction_type": "BUY",
            "product": "MIS",
        }
        await eventually_async(lambda: _copies_on(exchange, **shown), what="a copy on each secondary")

        await asyncio.to_thread(
            primary.modify_order, "regular", order_id, price=price - 1, quantity=40, order_type="LIMIT"
        )
        changed = {**shown, "price": price - 1, "quantity": 40}
        await eventually_async(lambda: _copies_on(exchange, **changed), what="the change on each secondary")

        await asyncio.to_thread(primary.cancel_order, "regular", order_id)
        gone = {**changed, "status": "CANCELLED"}
        await eventually_async(lambda: _copies_on(exchange, **gone), what="the cancellations")


async def test_a_market_entry_and_its_exit_leave_everybody_flat(
    exchange: ExchangeServer, tmp_path: Path
) -> None:
    primary = exchange.kite("PA0001")
    async with copying_on(exchange, tmp_path):
        for side in ("BUY", "SELL"):
            await asyncio.to_thread(
                primary.place_order, "regular", "NSE", "SBIN", side, 10, "MIS", "MARKET", market_protection=-1
            )
        await eventually_async(lambda: _everybody_is_flat(exchange), what="flat accounts after both trades")


async def _everybody_is_flat(exchange: ExchangeServer) -> bool:
    for account_id, multiplier in MULTIPLIERS.items():
        positions = await asyncio.to_thread(exchange.kite(account_id).positions)
        held = [(row["buy_quantity"], row["quantity"]) for row in positions["day"]]
        assert held == [(10 * multiplier, 0)], account_id
    return True


@pytest.mark.parametrize(
    "kind", ["reply_lost", "timed_out_after", "reset_after", "5xx_after", "garbled_after"]
)
async def test_an_answer_lost_after_acceptance_leaves_one_order(
    exchange: ExchangeServer, tmp_path: Path, kind: str
) -> None:
    exchange.fault(kind, account="PA0002", count=1)
    async with copying_on(exchange, tmp_path) as runtime:
        await _place_limit(exchange)
        await eventually_async(lambda: _state_in(runtime, "PA0002") == "OPEN", what="the copy to be found")
    [only] = _placed(exchange, "PA0002")
    assert only["fault"] == kind


async def test_a_restart_between_send_and_answer_leaves_one_order(
    exchange: ExchangeServer, tmp_path: Path
) -> None:
    exchange.fault("hang", account="PA0002", count=1)
    async with copying_on(exchange, tmp_path) as runtime:
        await _place_limit(exchange)
        await eventually_async(lambda: _state_in(runtime, "PA0002") == "SENDING")
    async with copying_on(exchange, tmp_path) as runtime:
        assert _state_in(runtime, "PA0002") == "IN_DOUBT"
        await eventually_async(lambda: _state_in(runtime, "PA0003") == "OPEN")
    assert len(_placed(exchange, "PA0003")) == 1
    assert len(_placed(exchange, "PA0002")) <= 1


async def _place_limit(exchange: ExchangeServer) -> str:
    primary = exchange.kite("PA0001")
    price = await asyncio.to_thread(_limit_below, primary)
    order_id: str = await asyncio.to_thread(
        primary.place_order, "regular", "NSE", "INFY", "BUY", 20, "MIS", "LIMIT", price=price
    )
    return order_id


def _state_in(runtime: Runtime, account_id: str) -> str | None:
    copies = runtime.snapshot()["copies"].values()
    return next((copy["state"] for copy in copies if copy["account_id"] == account_id), None)


def _placed(exchange: ExchangeServer, account_id: str) -> list[dict[str, Any]]:
    """Return the orders that the exchange took for an account: the outside truth."""
    rows = exchange.ledger(account=account_id, action="place")
    return [row for row in rows if row["order_ids"]]
