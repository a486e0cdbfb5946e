"""What a day left open: closed under its own date as what is known of it, and told in the morning."""

from datetime import date, timedelta

from app.domain import events as e
from app.domain.accounts import CopyMode
from app.domain.copies import Copy, CopyState
from app.domain.ids import AccountId
from app.domain.reasons import Reason, ReasonCode
from app.engine.service import SetMode
from app.engine.state import EngineState
from tests.builders.days import Days, over_days
from tests.fakes.broker import Twist
from tests.fakes.journal import MemoryJournal

S1, S2 = AccountId("S1"), AccountId("S2")
FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
EVENING = "2026-11-20 23:58:00"


async def _leave_open(days: Days) -> dict[str, str]:
    """Leave a copy at rest, one without an answer, one that is not sent and one that waits for a tick."""
    resting = days.primary_places()
    await days.until(lambda: days.brokers[S1].accepted and days.brokers[S2].accepted)
    days.brokers[S2].is_session_dead = True
    await days.until(lambda: S2 in days.runtime.engine.state.blocked if days.runtime else False)
    await days.at("2026-11-20 23:59:48")
    days.brokers[S1].script("place", Twist.LOSE_REQUEST)
    lost = days.primary_places()
    await days.until(lambda: _state(days, lost.order_id) is CopyState.IN_DOUBT)
    await days.command(SetMode, mode=CopyMode.MANUAL)
    held = days.primary_places()
    await days.until(lambda: _state(days, held.order_id) is CopyState.HELD)
    return {"resting": resting.order_id, "lost": lost.order_id, "held": held.order_id}


def _state(days: Days, order_id: str) -> CopyState | None:
    copy = days.runtime.engine.state.copies.get(f"{order_id}:S1") if days.runtime else None  # type: ignore[call-overload]  # a plain string is a key as well
    return copy.state if copy else None


def _before(journal: MemoryJournal) -> dict[str, tuple[CopyState, ReasonCode | None]]:
    state = EngineState()
    for recorded in journal.recover(FRIDAY):
        state.apply(recorded.fact, recorded.at)
    return {
        str(copy_id): (copy.state, reason.code if (reason := _reason(copy)) else None)
        for copy_id, copy in state.copies.items()
    }


def _reason(copy: Copy) -> Reason | None:
    return copy.legs[0].reason if copy.legs else copy.reason


def test_each_open_end_is_closed_as_what_is_known_of_it() -> None:
    async def scenario(days: Days) -> None:
        ids = await _leave_open(days)
        await days.at("2026-11-21 00:00:30")
        before = _before(days.journal)
        asked = (CopyState.NEEDS_OPERATOR, ReasonCode.DAY_OVER)
        unsent = (CopyState.EXPIRED, ReasonCode.DAY_OVER)
        assert before[f"{ids['resting']}:S1"] == before[f"{ids['resting']}:S2"] == asked
        assert before[f"{ids['lost']}:S1"] == asked
        assert before[f"{ids['lost']}:S2"] == unsent
        assert before[f"{ids['held']}:S1"] == unsent

    over_days(EVENING, scenario)


def test_a_day_is_closed_once_however_often_the_next_one_starts() -> None:
    async def scenario(days: Days) -> None:
        await _leave_open(days)
        await days.at("2026-11-21 00:00:30")
        facts = list(days.journal.recover(FRIDAY))
        told = days.alerts()
        await days.restart()
        await days.restart()
        assert list(days.journal.recover(FRIDAY)) == facts
        assert days.alerts() == told

    over_days(EVENING, scenario)


def test_a_start_on_a_host_that_is_a_day_ahead_closes_nothing_until_the_broker_tells_the_day() -> None:
    async def scenario(days: Days) -> None:
        ids = await _leave_open(days)
        for broker in days.brokers.values():
            broker.is_session_dead = True
        days.host.ahead = timedelta(hours=12)
        await days.restart()
        assert days.snapshot()["status"]["trade_date"] == SATURDAY.isoformat()
        await days.at("2026-11-20 23:59:58")
        before = _before(days.journal)
        assert before[f"{ids['held']}:S1"][0] is CopyState.HELD
        assert not [text for text in days.alerts() if FRIDAY.isoformat() in text]
        await days.at("2026-11-21 00:00:40")
        days.log_in(S1)
        await days.until(lambda: _before(days.journal)[f"{ids['held']}:S1"][0] is CopyState.EXPIRED)
        assert [text for text in days.alerts() if FRIDAY.isoformat() in text]

    over_days(EVENING, scenario)


def test_closing_is_written_before_it_is_told() -> None:
    async def scenario(days: Days) -> None:
        await _leave_open(days)
        await days.at("2026-11-21 00:00:30")
        facts = [recorded.fact for recorded in days.journal.recover(SATURDAY)]
        closed = facts.index(e.DayClosed(day=FRIDAY))
        assert any(isinstance(fact, e.AlertRaised) for fact in facts[:closed])

    over_days(EVENING, scenario)
