"""When accounts are read: in their rhythm, after fills, ever less often while they fail, in nobody's way."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from app.domain.ids import AccountId
from app.engine import portfolios as loops
from app.engine.rows import PortfolioRow
from app.ports.broker import BrokerUnavailableError, OrderList, SessionExpiredError
from tests.builders.eventually import eventually_async
from tests.builders.orders import an_order
from tests.builders.portfolios import INFY, S1, Desk, at_work, virtually
from tests.simulation.virtual_loop import run_virtually


@virtually
async def test_each_account_is_read_in_its_rhythm_and_not_all_at_once() -> None:
    async with at_work({f"S{n}": "1" for n in range(1, 9)}) as desk:
        begun: dict[str, float] = {}
        while len(begun) < 9:
            await asyncio.sleep(0.01)
            begun |= {
                id_: desk.age_s for id_, reader in desk.readers.items() if reader.reads and id_ not in begun
            }
        gaps = sorted(begun.values())
        assert all(later - earlier > 0.1 for earlier, later in pairwise(gaps))
        assert gaps[-1] <= loops.POSITIONS_EVERY_S
        await asyncio.sleep(60)
        assert 20 <= desk.count("positions") <= 22
        assert 12 <= desk.count("funds") <= 14


@virtually
async def test_an_account_that_hangs_delays_no_other() -> None:
    async with at_work({"S1": "1", "S2": "1"}) as desk:
        desk.readers[S1].positions = _never  # type: ignore[method-assign]  # it hangs
        await asyncio.sleep(30)
        assert desk.count("positions", "S2") >= 9


@virtually
async def test_a_read_that_fails_is_shown_since_when_and_repeated_ever_more_seldom() -> None:
    async with at_work() as desk:
        desk.readers[S1].hold(INFY, 7)
        await asyncio.sleep(10)
        good = desk.row()
        desk.readers[S1].fails.extend([BrokerUnavailableError("No answer.")] * 1000)
        before = desk.count("positions")
        await asyncio.sleep(600)
        assert 10 <= desk.count("positions") - before <= 25
        row = desk.row()
        assert (row["fails"], row["positions"], row["pnl"]) == ("No answer.", good["positions"], good["pnl"])
        assert str(row["as_of"]) <= str(row["fails_since"])
        first_told = next(shown for _, shown in desk.shown if shown["fails"])
        assert row["fails_since"] == first_told["fails_since"]
        desk.readers[S1].fails.clear()
        await asyncio.sleep(loops.LONGEST_PAUSE_S + 1)
        assert (desk.row()["fails"], desk.row()["fails_since"]) == (None, None)


@virtually
async def test_failing_funds_are_told_while_positions_are_read() -> None:
    async with at_work() as desk:
        desk.readers[S1].funds = _refuse  # type: ignore[method-assign]  # only these fail
        await asyncio.sleep(60)
        assert (desk.row()["fails"], desk.row()["pnl"]) == ("No funds.", "0.00")
        assert desk.count("positions") >= 19


async def _refuse() -> Any:
    raise BrokerUnavailableError("No funds.")


@virtually
async def test_a_dead_session_is_left_alone_until_it_is_renewed() -> None:
    async with at_work() as desk:
        desk.readers[S1].fails.extend([SessionExpiredError("Dead.")] * 1000)
        await asyncio.sleep(5)
        before = len(desk.readers[S1].reads)
        await asyncio.sleep(20)
        assert len(desk.readers[S1].reads) == before
        desk.readers[S1].fails.clear()
        desk.portfolios.renew(S1)
        await asyncio.sleep(1.1)
        assert desk.row()["fails"] is None


@virtually
async def test_a_renewal_during_a_read_that_fails_is_not_lost() -> None:
    async with at_work() as desk:
        failing = asyncio.Event()

        async def slowly_fails() -> Any:
            failing.set()
            await asyncio.sleep(2)
            raise SessionExpiredError("Dead.")

        desk.readers[S1].positions = slowly_fails  # type: ignore[method-assign]  # once
        await failing.wait()
        del desk.readers[S1].positions
        desk.portfolios.renew(S1)
        await asyncio.sleep(3)
        assert desk.count("positions") >= 1


@virtually
async def test_an_unforeseen_error_of_a_reader_or_of_the_screen_ends_nothing() -> None:
    async with at_work() as desk:
        desk.readers[S1].fails.append(RuntimeError("odd"))
        await asyncio.sleep(2.2)
        told = [str(row["fails"]) for _, row in desk.shown if row["fails"]]
        assert "Tandem failed (RuntimeError)" in told[0]
        desk.portfolios._show = _break_down
        await asyncio.sleep(10)
        desk.portfolios._show = lambda row: desk.shown.append((desk.age_s, row))
        number = len(desk.shown)
        await asyncio.sleep(10)
        assert len(desk.shown) > number


def _break_down(_row: PortfolioRow) -> None:
    raise RuntimeError


def _list(*filled: int, is_unchanged: bool = False) -> OrderList:
    orders = tuple(an_order(order_id=str(n), filled_quantity=units) for n, units in enumerate(filled))
    return OrderList(orders=orders, is_unchanged=is_unchanged)


@virtually
async def test_a_fill_is_followed_by_a_read_at_once_but_not_by_one_for_each_fill() -> None:
    async with at_work() as desk:
        desk.portfolios.note_list(S1, _list(0))
        await _until_read(desk)
        await asyncio.sleep(loops.LEAST_GAP_S)
        before = desk.count("positions"), desk.count("funds")
        desk.portfolios.note_list(S1, _list(5))
        await asyncio.sleep(loops.AFTER_FILL_S + 0.01)
        assert (desk.count("positions"), desk.count("funds")) == (before[0] + 1, before[1] + 1)
        for filled in range(6, 26):
            desk.portfolios.note_list(S1, _list(filled))
            await asyncio.sleep(0.1)
        assert 2 <= desk.count("positions") - before[0] <= 4


async def _until_read(desk: Desk) -> None:
    """Wait until both reads have just been made."""
    number = desk.count("positions"), desk.count("funds")
    await eventually_async(
        lambda: desk.count("positions") > number[0] and desk.count("funds") > number[1], what="both reads"
    )


@pytest.mark.parametrize("shown", [_list(0), _list(5, is_unchanged=True)])
def test_a_list_without_a_fill_changes_nothing(shown: OrderList) -> None:
    async def scenario() -> None:
        async with at_work() as desk:
            desk.portfolios.note_list(S1, _list(0))
            await _until_read(desk)
            await asyncio.sleep(0.3)
            before = len(desk.readers[S1].reads)
            desk.portfolios.note_list(S1, shown)
            desk.portfolios.note_list(AccountId("NOBODY"), shown)
            await asyncio.sleep(loops.AFTER_FILL_S + 0.01)
            assert len(desk.readers[S1].reads) == before

    run_virtually(scenario)


@virtually
async def test_a_fill_of_an_account_that_fails_does_not_shorten_its_pause() -> None:
    async with at_work() as desk:
        desk.portfolios.note_list(S1, _list(0))
        desk.readers[S1].fails.extend([BrokerUnavailableError("No.")] * 1000)
        await asyncio.sleep(120)
        before = len(desk.readers[S1].reads)
        for filled in range(1, 20):
            desk.portfolios.note_list(S1, _list(filled))
            await asyncio.sleep(0.5)
        assert len(desk.readers[S1].reads) - before <= 2


async def _never() -> Any:
    await asyncio.sleep(1e9)
