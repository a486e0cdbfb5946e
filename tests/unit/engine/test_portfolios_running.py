"""What accounts hold, in the whole running engine: shown beside copying, and never in its way."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.domain.ids import AccountId
from app.engine.rows import Delta
from app.web.mirror import Mirror
from tests.builders.copier import PRIMARY, an_order_for
from tests.builders.eventually import eventually_async
from tests.builders.running import Running, running

S1, S2 = AccountId("S1"), AccountId("S2")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.engine.portfolios.POSITIONS_EVERY_S", 0.05)
    monkeypatch.setattr("app.engine.portfolios.FUNDS_EVERY_S", 0.05)
    monkeypatch.setattr("app.engine.portfolios.SHOWN_AT_MOST_EVERY_S", 0.05)


def _expected(engine: Running, account_id: str) -> list[int | None]:
    shown = engine.runtime.snapshot()["portfolios"].get(account_id)
    return [held["expected"] for held in shown["positions"]] if shown else []


async def test_portfolios_are_shown_and_their_deltas_add_up_to_the_snapshot() -> None:
    async with running({"S1": "1", "S2": "2.5"}, has_readers=True) as engine:
        mirror = Mirror(engine.runtime.snapshot())
        told: list[Delta] = []
        engine.runtime.subscribe(mirror.apply)
        engine.runtime.subscribe(told.append)
        engine.reader(PRIMARY).hold("NSE:INFY", -10)
        await eventually_async(lambda: _expected(engine, "S2") == [-25])
        assert mirror.snapshot() == engine.runtime.snapshot()
        assert any(delta["portfolios"] for delta in told)


async def test_an_edit_changes_what_is_expected_and_an_account_taken_out_is_gone() -> None:
    async with running({"S1": "1", "S2": "1"}, has_readers=True) as engine:
        mirror = Mirror(engine.runtime.snapshot())
        engine.runtime.subscribe(mirror.apply)
        engine.reader(PRIMARY).hold("NSE:INFY", 10)
        await eventually_async(lambda: _expected(engine, "S1") == [10] and _expected(engine, "S2"))
        first = replace(engine.config.rulebook.secondaries[0], multiplier=Fraction(3))
        engine.config.edit(replace(engine.config.rulebook, secondaries=(first,), revision="r2"))
        await eventually_async(lambda: _expected(engine, "S1") == [30])
        assert set(mirror.snapshot()["portfolios"]) == {PRIMARY, S1}
        assert set(mirror.snapshot()["accounts"]) == {PRIMARY, S1}


async def test_a_fill_is_read_at_once_in_the_account_that_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running(has_readers=True) as engine:
        await eventually_async(lambda: {"S1", PRIMARY} <= engine.runtime.snapshot()["portfolios"].keys())
        await eventually_async(lambda: engine.reader(S1).reads and engine.reader(PRIMARY).reads)
        monkeypatch.setattr("app.engine.portfolios.LEAST_GAP_S", 0.0)
        await _only_when_asked(engine)
        before = {id_: reader.reads.count("positions") for id_, reader in engine.readers.items()}
        engine.primary.desk.take(an_order_for(order_type="MARKET"), None)
        await eventually_async(
            lambda: all(engine.reader(id_).reads.count("positions") > n for id_, n in before.items())
        )


async def _only_when_asked(engine: Running) -> None:
    """Let no read come due by the clock any more."""
    assert engine.runtime.portfolios is not None
    reads = [read for account in engine.runtime.portfolios._accounts.values() for read in account.reads]
    for read in reads:
        read.every_s = 3600.0
    await eventually_async(lambda: min(read.due_s for read in reads) > engine.clock.monotonic() + 1800)


async def test_readers_that_fail_in_every_way_cost_no_copy() -> None:
    async with running({"S1": "1", "S2": "1"}, has_readers=True) as engine:
        for account_id in (PRIMARY, S1, S2):
            engine.reader(account_id).fails.extend([RuntimeError("odd")] * 1000)
        for _ in range(5):
            engine.primary.desk.take(an_order_for(order_type="MARKET"), None)
        await eventually_async(lambda: len(engine.broker(S1).accepted) == 5)
        await eventually_async(lambda: engine.runtime.snapshot()["portfolios"]["S2"]["fails"])


async def test_a_new_token_is_tried_at_once() -> None:
    async with running(has_readers=True) as engine:
        await eventually_async(lambda: engine.reader(S1).reads)
        await _only_when_asked(engine)
        engine.renewed = frozenset({S1})
        number = len(engine.reader(S1).reads)
        engine.config.edit(engine.config.rulebook)
        await eventually_async(lambda: len(engine.reader(S1).reads) > number)
