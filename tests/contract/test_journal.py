"""What every Journal must do, checked on the durable one and on the one that other tests use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.storage.journal import SqlJournal
from app.domain.accounts import CopyMode
from app.domain.events import (
    AlertRaised,
    CopyingResumed,
    CopyingStopped,
    CopyModeChanged,
    CopyPlanned,
    CopyWithdrawn,
    EngineStarted,
    LegPlanned,
    LegsAdded,
    SquareOffAsked,
    SquareOffDecided,
)
from app.domain.ids import AccountId, OrderId
from app.domain.reasons import Reason, ReasonCode
from app.domain.squaring import SQUARE_OFF
from app.ports.journal import CommandAnswer, DoubledIntentError, Journal, JournalError
from tests.builders.facts import FRIDAY, SATURDAY, leg_order, planned, started, tag_of
from tests.builders.orders import an_order
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryJournal

Restart = Callable[[], Journal]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sql"])
def restart(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Restart]:
    """Return the way to start anew on the same record; the one before is closed."""
    held: list[MemoryJournal | SqlJournal] = []

    def start() -> Journal:
        if held:
            held[-1].close()
        if request.param == "sql":
            held.append(SqlJournal(tmp_path / "journal.db", clock))
        elif held and isinstance(held[-1], MemoryJournal):
            held.append(held[-1].reopened())
        else:
            held.append(MemoryJournal(clock.now))
        return held[-1]

    yield start
    held[-1].close()


@pytest.fixture
def journal(restart: Restart) -> Journal:
    return restart()


def test_tc_j01_numbers_and_stamps_what_it_writes(journal: Journal, clock: FakeClock) -> None:
    first = journal.append([AlertRaised(text="one"), AlertRaised(text="two")], day=FRIDAY)
    clock.advance(5)
    second = journal.append([AlertRaised(text="three")], day=FRIDAY)
    assert [r.seq for r in first + second] == [1, 2, 3]
    assert second[0].at - first[0].at == timedelta(seconds=5)
    assert first[0].at.tzinfo is UTC


def test_tc_j02_a_restart_finds_the_day_in_order(restart: Restart) -> None:
    copy = planned(legs=3)
    written = restart().append([copy, started(copy, number=2), AlertRaised(text="x")], day=FRIDAY)
    assert list(restart().recover(FRIDAY)) == written


def test_tc_j03_other_days_leave_only_their_last_lasting_facts(journal: Journal) -> None:
    journal.append([CopyModeChanged(mode=CopyMode.AUTO, by="a"), CopyingStopped(by="a")], day=FRIDAY)
    journal.append([AlertRaised(text="gone"), planned()], day=FRIDAY)
    last = journal.append(
        [CopyModeChanged(mode=CopyMode.MANUAL, by="b"), CopyingStopped(by="b"), CopyingResumed(by="b")],
        day=FRIDAY,
    )
    today = journal.append([AlertRaised(text="here")], day=SATURDAY)
    assert list(journal.recover(SATURDAY)) == last + today


def test_tc_j04_a_stop_holds_although_the_clock_went_back_a_day(journal: Journal) -> None:
    stop = journal.append([CopyingStopped(by="a")], day=SATURDAY)
    today = journal.append([AlertRaised(text="here")], day=FRIDAY)
    assert list(journal.recover(FRIDAY)) == stop + today


def test_tc_j04a_the_day_before_is_the_newest_earlier_one_with_facts(journal: Journal) -> None:
    assert journal.last_day(before=SATURDAY) is None
    journal.append([AlertRaised(text="old")], day=FRIDAY - timedelta(days=3))
    journal.append([AlertRaised(text="new")], day=FRIDAY)
    journal.append([AlertRaised(text="today")], day=SATURDAY)
    assert journal.last_day(before=SATURDAY) == FRIDAY
    assert journal.last_day(before=FRIDAY) == FRIDAY - timedelta(days=3)


@pytest.mark.parametrize("same_batch", [True, False])
def test_tc_j05_refuses_a_second_intent_of_the_same_meaning(journal: Journal, same_batch: bool) -> None:
    batches = [[planned(), planned(tag="TCANOTHER")]] if same_batch else [[planned()], [planned(tag="TCX")]]
    for batch in batches[:-1]:
        journal.append(batch, day=FRIDAY)
    with pytest.raises(DoubledIntentError, match="SA0001"):
        journal.append(batches[-1], day=FRIDAY)


def test_tc_j06_refuses_a_tag_used_before(journal: Journal) -> None:
    journal.append([planned("1", tag="TCSAME")], day=FRIDAY)
    with pytest.raises(DoubledIntentError, match="TCSAME"):
        journal.append([planned("2", tag="TCSAME")], day=FRIDAY)


def test_tc_j07_an_operators_retry_and_another_day_are_other_intents(journal: Journal) -> None:
    for day, generation in ((FRIDAY, 0), (FRIDAY, 1), (SATURDAY, 0)):
        journal.append([planned(generation=generation, day=day)], day=day)
    assert len(list(journal.recover(FRIDAY))) == 2


def test_tc_j08_refuses_an_attempt_started_twice(restart: Restart) -> None:
    copy = planned()
    restart().append([copy, started(copy)], day=FRIDAY)
    again = restart()
    with pytest.raises(DoubledIntentError, match=copy.legs[0].tag):
        again.append([started(copy)], day=FRIDAY)
    again.append([started(copy, attempt=2)], day=FRIDAY)


def test_tc_j09_refuses_an_attempt_without_an_intent(journal: Journal) -> None:
    with pytest.raises(JournalError) as caught:
        journal.append([started(planned())], day=FRIDAY)
    assert not isinstance(caught.value, DoubledIntentError)


def test_tc_j10_nothing_of_a_refused_batch_stays(restart: Restart) -> None:
    journal = restart()
    kept = journal.append([planned("1")], day=FRIDAY)
    with pytest.raises(DoubledIntentError):
        journal.append(
            [AlertRaised(text="x"), planned("2"), planned("1")],
            day=FRIDAY,
            answer=CommandAnswer("c1", "f", "done"),
        )
    assert journal.answer_of("c1") is None
    more = journal.append([planned("2")], day=FRIDAY)
    assert more[0].seq == 2
    assert list(restart().recover(FRIDAY)) == kept + more


def test_tc_j11_a_command_keeps_its_answer_over_restarts(restart: Restart) -> None:
    answer = CommandAnswer("c1", "fingerprint", '{"accepted":true}')
    journal = restart()
    assert journal.answer_of("c1") is None
    assert journal.append([], day=FRIDAY, answer=answer) == []
    assert journal.append([AlertRaised(text="x")], day=FRIDAY)[0].seq == 1
    assert restart().answer_of("c1") == answer


def test_tc_j12_refuses_to_answer_a_command_twice(journal: Journal) -> None:
    journal.append([], day=FRIDAY, answer=CommandAnswer("c1", "f", "yes"))
    with pytest.raises(JournalError, match="c1"):
        journal.append([AlertRaised(text="x")], day=FRIDAY, answer=CommandAnswer("c1", "f", "no"))
    assert list(journal.recover(FRIDAY)) == []
    assert journal.answer_of("c1") == CommandAnswer("c1", "f", "yes")


def test_tc_j13_the_last_look_is_kept_over_restarts(restart: Restart, clock: FakeClock) -> None:
    journal = restart()
    assert journal.last_look() is None
    journal.note_look(clock.now())
    clock.advance(1)
    journal.note_look(clock.now())
    assert restart().last_look() == clock.now()


def test_tc_j14_a_closed_journal_refuses_everything_but_closing(journal: Journal) -> None:
    journal.close()
    journal.close()
    uses: list[Callable[[], object]] = [
        lambda: journal.append([AlertRaised(text="x")], day=FRIDAY),
        lambda: list(journal.recover(FRIDAY)),
        lambda: journal.answer_of("c1"),
        lambda: journal.note_look(datetime.now(UTC)),
        journal.last_look,
    ]
    for use in uses:
        with pytest.raises(JournalError, match="closed"):
            use()


def test_tc_j15_a_failure_to_write_keeps_nothing_and_may_pass(journal: Journal) -> None:
    kept = journal.append([planned("1")], day=FRIDAY)
    with failing(journal), pytest.raises(JournalError):
        journal.append([planned("2")], day=FRIDAY, answer=CommandAnswer("c", "f", "a"))
    assert list(journal.recover(FRIDAY)) == kept
    assert journal.answer_of("c") is None
    assert journal.append([planned("2")], day=FRIDAY)[0].seq == 2


def test_tc_j16_a_start_may_be_recorded_beside_other_facts(restart: Restart) -> None:
    written = []
    for boot in ("b1", "b2"):
        fact = EngineStarted(boot_id=boot, version="1", revision="r")
        written += restart().append([fact, AlertRaised(text=boot)], day=FRIDAY)
    assert list(restart().recover(FRIDAY)) == written


def _added(copy: CopyPlanned, number: int) -> LegsAdded:
    tag = tag_of(copy.primary_order_id, copy.account_id, number, 0)
    leg = LegPlanned(tag=tag, number=number, generation=0, order=leg_order())
    return LegsAdded(
        copy_id=copy.copy_id,
        primary_order_id=copy.primary_order_id,
        account_id=copy.account_id,
        legs=(leg,),
        split=copy.legs[0].tag,
    )


def test_tc_j17_a_leg_that_was_added_is_an_intent_as_any_other(restart: Restart) -> None:
    copy = planned()
    added = _added(copy, 1)
    attempt = replace(started(copy), tag=added.legs[0].tag)
    written = restart().append([copy, added, attempt], day=FRIDAY)
    again = restart()
    assert list(again.recover(FRIDAY)) == written
    with pytest.raises(DoubledIntentError):
        again.append([_added(copy, 1)], day=FRIDAY)
    with pytest.raises(DoubledIntentError):
        again.append([_added(copy, 0)], day=FRIDAY)


def test_tc_j18_a_withdrawal_is_read_back_as_it_was_written(restart: Restart) -> None:
    reason = Reason(ReasonCode.PRIMARY_LEFT, "The primary has left this position.")
    copy = planned()
    fact = CopyWithdrawn(copy_id=copy.copy_id, account_id=copy.account_id, units=0, reason=reason)
    by_hand = replace(fact, reason=replace(reason, code=ReasonCode.CANCELLED_BY_OPERATOR), requested_by="ops")
    written = restart().append([copy, fact, by_hand], day=FRIDAY)
    assert list(restart().recover(FRIDAY)) == written


def test_tc_j19_a_square_off_is_read_back_as_it_was_written(restart: Restart) -> None:
    account = AccountId("SA0001")
    asked = SquareOffAsked(
        origin=OrderId("SQ1"), account_id=account, instrument="NSE:INFY", requested_by="ops"
    )
    order = an_order(order_id=asked.origin, account_id=account, variety=SQUARE_OFF)
    decided = SquareOffDecided(origin=asked.origin, account_id=account, order=order)
    reason = Reason(ReasonCode.NOTHING_HELD, "There is nothing left.")
    ended = SquareOffDecided(origin=asked.origin, account_id=account, reason=reason)
    written = restart().append([asked, decided, asked, ended], day=FRIDAY)
    assert list(restart().recover(FRIDAY)) == written


@contextmanager
def failing(journal: Journal) -> Iterator[None]:
    """Make writes fail for a while: the fake by its switch, SQLite by its own refusal to write."""
    if isinstance(journal, MemoryJournal):
        journal.failure = "the disk is full"
        yield
        journal.failure = None
    if isinstance(journal, SqlJournal):
        assert journal._connection is not None
        cursor = journal._connection.cursor()
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")
