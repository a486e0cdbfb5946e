"""Reading positions for a square-off: all accounts at once, and every failure is an answer."""

import asyncio
from functools import partial

import pytest

from app.domain.ids import AccountId
from app.engine.positions_seen import read_positions
from app.engine.service import SquareOff
from app.ports.account_reader import Position
from app.ports.broker import BrokerUnavailableError, SessionExpiredError
from tests.builders.copier import an_order_for
from tests.builders.eventually import eventually_async
from tests.builders.running import running
from tests.fakes.account_reader import FakeAccountReader

S1, S2 = AccountId("S1"), AccountId("S2")


class _Hangs(FakeAccountReader):
    async def positions(self) -> tuple[Position, ...]:
        await asyncio.Event().wait()
        return ()


async def test_each_account_s_positions_are_read_once_however_often_it_is_named() -> None:
    readers = {S1: FakeAccountReader("S1"), S2: FakeAccountReader("S2")}
    readers[S1].hold("NSE:INFY", 10)
    seen = await read_positions([S1, S2, S1], readers.__getitem__)
    shown = seen[S1]
    assert not isinstance(shown, str)
    assert [(held.instrument, held.quantity) for held in shown] == [("NSE:INFY", 10)]
    assert seen[S2] == ()
    assert [reader.reads for reader in readers.values()] == [["positions"], ["positions"]]


@pytest.mark.parametrize("error", [BrokerUnavailableError("no route"), SessionExpiredError("no route")])
async def test_a_failure_is_told_in_its_words_and_harms_no_other_account(error: Exception) -> None:
    readers = {S1: FakeAccountReader("S1"), S2: FakeAccountReader("S2")}
    readers[S1].fails.append(error)
    assert await read_positions([S1, S2], readers.__getitem__) == {S1: "no route", S2: ()}


async def test_a_broker_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.positions_seen.PATIENCE_S", 0.01)
    assert await read_positions([S1], lambda _: _Hangs("S1")) == {S1: "no answer within 0.01 s."}


async def test_the_running_engine_asks_both_witnesses_before_it_closes() -> None:
    async with running({"S1": "1"}, has_readers=True) as engine:
        order = engine.primary.desk.take(an_order_for(order_type="MARKET"), None)
        lane = engine.runtime.engine.lanes[S1]
        await eventually_async(lambda: lane.held("NSE:INFY", "MIS") == 10)
        command = partial(SquareOff, by="operator", accounts=(S1, AccountId("NOBODY")), count=1)
        engine.reader(S1).hold("NSE:INFY", 4)
        refused = await engine.runtime.execute(command(command_id="one is wrong"))
        assert "its orders of today add up to 10" in refused.results[-1].message
        engine.reader(S1).hold("NSE:INFY", 10)
        assert (await engine.runtime.execute(command(command_id="both agree"))).accepted
        await eventually_async(lambda: lane.held("NSE:INFY", "MIS") == 0)
        assert [taken.order.quantity for taken in engine.broker(S1).accepted] == [10, 10]
        assert order.order_id in engine.runtime.engine.state.primary_orders
