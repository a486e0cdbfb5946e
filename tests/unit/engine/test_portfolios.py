"""What accounts hold, as it is shown: exactly, with what is expected, and with nothing invented."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

from app.domain.accounts import AccountMode
from app.engine.rows import PortfolioRow
from app.ports.broker import BrokerUnavailableError
from tests.builders.copier import PRIMARY
from tests.builders.portfolios import FUTURE, INFY, S1, S2, Desk, at_work, virtually


@virtually
async def test_what_an_account_holds_and_has_is_shown_exactly() -> None:
    async with at_work() as desk:
        reader = desk.readers[S1]
        reader.hold(INFY, -10, price="1500.05")
        reader.earn(INFY, "-12.50")
        reader.hold("NSE:TCS", 3, price="3000.10", product="CNC")
        reader.earn("NSE:TCS", "40.25", product="CNC")
        await asyncio.sleep(10)
        row = desk.row()
        assert (row["pnl"], row["fails"], row["as_of"] is not None) == ("27.75", None, True)
        assert [(held["instrument"], held["quantity"]) for held in row["positions"]] == [
            (INFY, -10),
            ("NSE:TCS", 3),
        ]
        funds = await reader.funds()
        assert (row["funds_free"], row["funds_used"]) == (str(funds.free), str(funds.used))


@virtually
async def test_before_anything_was_read_everything_is_unknown() -> None:
    async with at_work() as desk:
        desk.readers[S1].fails.extend([BrokerUnavailableError("No.")] * 100)
        desk.readers[PRIMARY].hold(INFY, 10)
        await asyncio.sleep(20)
        row = desk.row()
        assert (row["as_of"], row["pnl"], row["funds_free"], row["positions"]) == (None, None, None, [])
        assert row["fails"] == "No."


@virtually
async def test_expected_is_what_the_primary_asks_for_in_each_secondary() -> None:
    async with at_work({"S1": "2.5", "S2": "1/3"}) as desk:
        desk.readers[PRIMARY].hold(INFY, -10)
        desk.readers[PRIMARY].hold(FUTURE, 130)
        desk.readers[PRIMARY].hold(INFY, 5, product="CNC")
        desk.readers[PRIMARY].hold("NSE:UNKNOWN", 5)
        desk.readers[S1].hold(INFY, -20)
        desk.readers[S1].hold("NSE:INFY2", 4)
        await asyncio.sleep(10)
        assert [desk.expected("S1"), desk.expected("S2")] == [-25, -3]
        assert [desk.expected("S1", FUTURE), desk.expected("S2", FUTURE)] == [325, 0]
        assert desk.expected("S1", INFY, "CNC") is None
        assert desk.expected("S1", "NSE:UNKNOWN") is None
        empty = next(held for held in desk.row("S2")["positions"] if held["instrument"] == FUTURE)
        assert (empty["quantity"], empty["pnl"], empty["last_price"]) == (0, "0.00", "100")
        assert {held["expected"] for held in desk.row(PRIMARY)["positions"]} == {None}
        lots = {held["instrument"]: held["lot_size"] for held in desk.row(PRIMARY)["positions"]}
        assert (lots[INFY], lots[FUTURE], lots["NSE:UNKNOWN"]) == (1, 65, None)
        assert [desk.row(id_)["pnl"] for id_ in ("S1", "S2")] == ["0.00", "0.00"]


@virtually
async def test_what_only_the_secondary_holds_is_expected_to_be_none() -> None:
    async with at_work() as desk:
        desk.readers[S1].hold(INFY, 7)
        desk.readers[PRIMARY].hold("NSE:TCS", 0)
        await asyncio.sleep(10)
        assert desk.expected() == 0
        assert len(desk.row()["positions"]) == 1, "what the primary has closed is nothing to hold"


@virtually
async def test_nothing_is_expected_while_the_primary_was_never_read() -> None:
    async with at_work() as desk:
        desk.readers[PRIMARY].fails.extend([BrokerUnavailableError("No.")] * 100)
        desk.readers[S1].hold(INFY, 7)
        await asyncio.sleep(10)
        assert desk.expected() is None


@virtually
async def test_a_change_of_the_primary_or_of_the_rules_is_drawn_for_all_at_once() -> None:
    async with at_work() as desk:
        desk.readers[S1].hold(INFY, 10)
        await asyncio.sleep(10)
        desk.readers[S1].positions = _never  # type: ignore[method-assign]  # it hangs from now on
        desk.readers[PRIMARY].hold(INFY, 10)
        await asyncio.sleep(5)
        assert desk.expected() == 10
        desk.configure("S1", multiplier=2)
        await asyncio.sleep(1.1)
        assert desk.expected() == 20
        desk.configure("S1", mode=AccountMode.OFF)
        await asyncio.sleep(1.1)
        assert desk.expected() is None


async def _never() -> Any:
    await asyncio.sleep(1e9)


@virtually
async def test_an_account_is_shown_at_most_once_a_second_and_only_for_news() -> None:
    async with at_work() as desk:
        for price in range(1, 200):
            desk.readers[S1].hold(INFY, price)
            desk.portfolios.renew(S1)
            await asyncio.sleep(0.1)
        times = desk.times()
        assert len(times) > 15
        assert all(later - earlier >= 0.999 for earlier, later in pairwise(times))
        quiet_from = len(times) + 1
        await asyncio.sleep(100)
        quiet = desk.times()[quiet_from:]
        assert 10 <= len(quiet) <= 20, "only the moment of reading changes"


@virtually
async def test_accounts_come_and_go_with_the_configuration() -> None:
    async with at_work({"S1": "1", "S2": "1"}) as desk:
        await asyncio.sleep(10)
        both = desk.rulebook
        desk.rulebook = replace(both, secondaries=both.secondaries[:1])
        desk.portfolios.follow_rules()
        await asyncio.sleep(1)
        desk.portfolios.renew(S2)
        before = len(desk.readers[S2].reads)
        await asyncio.sleep(20)
        assert len(desk.readers[S2].reads) == before
        desk.rulebook = both
        desk.portfolios.follow_rules()
        await asyncio.sleep(10)
        assert len(desk.readers[S2].reads) > before


@virtually
async def test_an_account_taken_out_while_the_others_are_drawn_is_not_drawn_any_more() -> None:
    async with at_work({"S1": "1", "S2": "1"}) as desk:
        await asyncio.sleep(10)
        shown = desk.portfolios._show

        def take_out(row: PortfolioRow) -> None:
            shown(row)
            desk.portfolios._show = shown
            desk.rulebook = replace(desk.rulebook, secondaries=desk.rulebook.secondaries[:1])
            desk.portfolios.follow_rules()

        number = len(desk.times("S2"))
        desk.portfolios._show = take_out
        desk.configure("S2", multiplier=7)
        await asyncio.sleep(20)
        assert len(desk.times("S2")) == number


@virtually
async def test_rules_that_change_before_and_after_the_work_do_nothing() -> None:
    desk = Desk({"S1": "1"})
    desk.portfolios.follow_rules()
    await asyncio.sleep(10)
    assert desk.shown == []
    await desk.portfolios.close()
    assert desk.portfolios.reader(S1) is desk.portfolios.reader(S1)
    await desk.portfolios.close()
    assert desk.readers[S1].is_closed
