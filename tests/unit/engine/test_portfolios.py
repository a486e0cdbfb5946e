"""What accounts hold, read in virtual time: when each is read, what is shown of it, and what never is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.domain.accounts import AccountMode
from app.domain.ids import AccountId
from app.engine import portfolios as loops
from app.engine.portfolios import Portfolios
from app.engine.rows import PortfolioRow
from app.ports.broker import BrokerUnavailableError, OrderList, SessionExpiredError
from tests.builders.copier import PRIMARY, KnownInstruments, rules_for
from tests.builders.days import VirtualTime
from tests.builders.eventually import eventually_async
from tests.builders.orders import an_order
from tests.fakes.account_reader import FakeAccountReader
from tests.fakes.clock import FRIDAY_MORNING
from tests.simulation.virtual_loop import run_virtually

S1, S2 = AccountId("S1"), AccountId("S2")
INFY, FUTURE = "NSE:INFY", "NFO:NIFTYFUT"


class Desk:
    """Portfolios over readers that a test fills, and what they showed and when."""

    def __init__(self, multipliers: dict[str, str], **rules: Any) -> None:
        self.clock = VirtualTime(FRIDAY_MORNING)
        self.rulebook = rules_for(multipliers, accounts={}, **rules)
        self.readers = {id_: FakeAccountReader(id_) for id_ in (PRIMARY, *map(AccountId, multipliers))}
        self.shown: list[tuple[float, PortfolioRow]] = []
        self.began_s = self.clock.monotonic()
        self.portfolios = Portfolios(
            lambda account_id: self.readers[account_id],
            clock=self.clock,
            rulebook=lambda: self.rulebook,
            instruments=KnownInstruments(),
            show=lambda row: self.shown.append((self.age_s, row)),
        )

    @property
    def age_s(self) -> float:
        return self.clock.monotonic() - self.began_s

    def row(self, account_id: str = "S1") -> PortfolioRow:
        return next(row for _, row in reversed(self.shown) if row["account_id"] == account_id)

    def times(self, account_id: str = "S1") -> list[float]:
        return [at_s for at_s, row in self.shown if row["account_id"] == account_id]

    def expected(self, account_id: str = "S1", instrument: str = INFY, product: str = "MIS") -> int | None:
        rows = self.row(account_id)["positions"]
        return next(r["expected"] for r in rows if (r["instrument"], r["product"]) == (instrument, product))

    def count(self, read: str, account_id: str = "S1") -> int:
        return self.readers[AccountId(account_id)].reads.count(read)

    def configure(self, account_id: str, **changes: Any) -> None:
        secondaries = tuple(
            replace(account, **changes) if account.account_id == account_id else account
            for account in self.rulebook.secondaries
        )
        self.rulebook = replace(self.rulebook, secondaries=secondaries)
        self.portfolios.follow_rules()


@asynccontextmanager
async def at_work(multipliers: dict[str, str] | None = None, **rules: Any) -> AsyncIterator[Desk]:
    """Run until the block ends; nothing may have ended the loops before."""
    desk = Desk(multipliers or {"S1": "1"}, **rules)
    work = asyncio.create_task(desk.portfolios.run())
    await asyncio.sleep(0)
    yield desk
    assert not work.done()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
    await desk.portfolios.close()


def virtually(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Let a test happen in virtual time."""

    def run() -> None:
        run_virtually(test)

    run.__name__ = test.__name__
    return run


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
async def test_an_account_that_hangs_delays_no_other() -> None:
    async with at_work({"S1": "1", "S2": "1"}) as desk:
        desk.readers[S1].positions = _never  # type: ignore[method-assign]  # it hangs
        await asyncio.sleep(30)
        assert desk.count("positions", "S2") >= 9


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
