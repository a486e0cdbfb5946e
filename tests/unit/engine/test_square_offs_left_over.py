"""A square-off that was asked for and not decided when its day ends: closed with its day, and told of."""

from datetime import date

from app.domain import events as e
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.reasons import ReasonCode
from app.engine.service import SquareOff
from app.engine.state import EngineState
from tests.builders.days import Days, over_days

S1 = AccountId("S1")
INFY = "NSE:INFY"
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
EVENING = "2026-11-20 23:58:00"


async def _leave_undecided(days: Days) -> None:
    """Ask for a square-off in S1, whose session dies before a look can tell what is held."""
    days.primary_places(order_type="MARKET")
    await days.until(lambda: _holds(days))
    await days.at("2026-11-20 23:59:40")
    days.brokers[S1].is_session_dead = True
    answer = await days.command(SquareOff, accounts=(S1,), instruments=(), count=1)
    assert answer.accepted, answer
    await days.until(lambda: S1 in days.runtime.engine.state.blocked if days.runtime else False)


def _holds(days: Days) -> bool:
    copies = days.runtime.engine.state.copies.values() if days.runtime else ()
    return [copy.state for copy in copies] == [CopyState.FILLED] * 2


def _told(days: Days) -> list[str]:
    return [text for text in days.alerts() if FRIDAY.isoformat() in text]


def _before(days: Days) -> EngineState:
    state = EngineState()
    for recorded in days.journal.recover(FRIDAY):
        state.apply(recorded.fact, recorded.at)
    return state


def _decided(days: Days) -> list[e.SquareOffDecided]:
    facts = [recorded.fact for recorded in days.journal.recover(FRIDAY)]
    return [fact for fact in facts if isinstance(fact, e.SquareOffDecided)]


def test_it_ends_with_its_day_and_the_operator_reads_that_nothing_was_sent() -> None:
    async def scenario(days: Days) -> None:
        await _leave_undecided(days)
        sent = days.requests(S1)
        assert _before(days).square_offs
        await days.at("2026-11-21 00:00:30")
        assert _before(days).square_offs == {}
        [decided] = _decided(days)
        assert decided.order is None
        assert decided.reason is not None
        assert decided.reason.code is ReasonCode.DAY_OVER
        [alert] = [one for one in days.snapshot()["alerts"] if FRIDAY.isoformat() in one["text"]]
        assert alert["account_id"] == S1
        assert INFY in alert["text"]
        assert "sent nothing" in alert["text"]
        assert "squares off" in alert["text"]
        days.log_in(S1)
        await days.at("2026-11-21 00:02:00")
        assert days.requests(S1) == sent

    over_days(EVENING, scenario)


def test_it_is_closed_and_told_once_however_often_the_next_day_starts() -> None:
    async def scenario(days: Days) -> None:
        await _leave_undecided(days)
        await days.at("2026-11-21 00:00:30")
        told = _told(days)
        await days.restart()
        assert len(_decided(days)) == 1
        assert _told(days) == told
        assert len(told) == 1

    over_days(EVENING, scenario)


def test_a_crash_between_closing_and_telling_loses_no_telling() -> None:
    async def scenario(days: Days) -> None:
        await _leave_undecided(days)
        await days.at("2026-11-21 00:00:30")
        told = _told(days)
        days.journal.rows = [row for row in days.journal.rows if row[0] != SATURDAY]
        await days.restart()
        assert len(_decided(days)) == 1
        assert _told(days) == told

    over_days(EVENING, scenario)


def test_one_that_was_given_up_on_its_day_is_not_told_of_again() -> None:
    async def scenario(days: Days) -> None:
        await _leave_undecided(days)
        assert days.runtime is not None
        [square_off] = days.runtime.engine.state.square_offs.values()
        await days.kill()
        days.journal.append(
            [e.SquareOffDecided(origin=square_off.origin, account_id=S1, reason=None)], day=FRIDAY
        )
        await days.at("2026-11-21 00:00:10")
        await days.begin()
        await days.at("2026-11-21 00:00:30")
        assert len(_decided(days)) == 1
        assert _told(days) == []

    over_days(EVENING, scenario)
