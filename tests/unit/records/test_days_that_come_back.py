"""A journal whose days go A, B, A, as a clock that was wrong for a while leaves it: each day is whole."""

from datetime import date
from pathlib import Path

import pytest

from app.domain import events as e
from app.domain.ids import AccountId
from app.records import exports as exports_module
from app.records import trade_logger
from app.records.activity import Activity, Wanted
from app.records.comparing import differences
from app.records.exports import KINDS, Exports
from app.records.fold import DayFold, pages_of
from app.records.rows import tags_of
from app.records.trade_logger import FLUSH_EVERY_S, SUMMARY_EVERY_S
from tests.fakes.journal import MemoryJournal
from tests.fakes.journal_reader import MemoryJournalReader
from tests.unit.records.test_trade_logger import DAY, Desk

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _a_life_of_tomorrow(desk: Desk) -> None:
    """Let the journal have facts of a day that the broker does not know yet."""
    for _ in range(4):
        desk.copier.journal.append([e.AlertRaised(text="of tomorrow")], day=SATURDAY)


def _days_go_and_come_back(desk: Desk) -> None:
    desk.copier.primary_places()
    _a_life_of_tomorrow(desk)
    desk.copier.take_all()
    _a_life_of_tomorrow(desk)
    desk.copier.primary_places()
    _a_life_of_tomorrow(desk)


@pytest.mark.parametrize("at_once", [1, 3, 2_000])
def test_the_trade_log_follows(desk: Desk, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(trade_logger, "READ_AT_ONCE", at_once)
    _days_go_and_come_back(desk)
    desk.pass_time(SUMMARY_EVERY_S * 2)
    assert [row["State"] for row in desk.log.sheets[DAY].values()] == ["OPEN", "OPEN", "SENDING", "SENDING"]
    sums = {row["Account"]: (row["Copies"], row["Open"]) for row in desk.log.sheets["Summary"].values()}
    assert sums == {"S1": (2, 1), "S2": (2, 1)}


def test_the_trade_log_follows_while_the_days_change(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S)
    _a_life_of_tomorrow(desk)
    desk.pass_time(FLUSH_EVERY_S)
    desk.copier.take_all()
    desk.pass_time(FLUSH_EVERY_S * 2)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}


def test_the_trade_log_goes_on_from_a_mark_in_the_day_between(desk: Desk) -> None:
    desk.copier.primary_places()
    _a_life_of_tomorrow(desk)
    desk.pass_time(SUMMARY_EVERY_S + FLUSH_EVERY_S)
    desk.copier.take_all()
    desk.start()
    desk.pass_time(SUMMARY_EVERY_S + FLUSH_EVERY_S)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}
    assert {row["Open"] for row in desk.log.sheets["Summary"].values()} == {1}


@pytest.mark.parametrize("what", list(KINDS))
@pytest.mark.parametrize("size", [1, 3, 500])
def test_an_export_has_the_whole_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, what: str, size: int
) -> None:
    monkeypatch.setattr(exports_module, "PAGE", size)
    _days_go_and_come_back(desk)
    plain = MemoryJournal()
    plain.rows = [row for row in desk.copier.journal.rows if row[0] == FRIDAY]
    of_it, alone = (
        list(Exports(MemoryJournalReader(journal), tags_of(b"k" * 32)).table(what, FRIDAY).rows)
        for journal in (desk.copier.journal, plain)
    )
    assert of_it == alone
    if what not in {"fills", "tradebook"}:
        assert of_it


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY])
def test_the_activity_of_a_day_is_whole_and_of_nothing_else(desk: Desk, day: date) -> None:
    _days_go_and_come_back(desk)
    activity = Activity(desk.reader)
    of_day = {recorded.seq for found, recorded in desk.copier.journal.rows if found == day}
    every = {item.seq for item in activity.page(Wanted(), {}, limit=500).items}
    shown = [item.seq for item in activity.page(Wanted(day=day), {}, limit=500).items]
    assert shown == sorted(every & of_day, reverse=True)
    assert [row[0] for row in activity.table(Wanted(day=day), {}).rows] == shown[::-1]


def test_a_day_is_compared_with_the_brokers_as_a_whole(desk: Desk) -> None:
    _days_go_and_come_back(desk)
    fold = DayFold(FRIDAY)
    for page in pages_of(desk.reader, FRIDAY, size=2):
        fold.take(page)
    assert len(fold.copies()) == 4
    [missing] = differences(fold, AccountId("S1"), ())
    taken = desk.copier.desks[AccountId("S1")].orders
    assert not list(differences(fold, AccountId("S1"), taken.values()))
    assert next(iter(taken)) in missing


def test_pages_end_below_a_number_and_without_a_day(desk: Desk) -> None:
    _days_go_and_come_back(desk)
    last = desk.reader.last_of(FRIDAY)
    found = [one.recorded.seq for page in pages_of(desk.reader, FRIDAY, size=3, below=last) for one in page]
    rows = desk.copier.journal.rows
    assert found == [recorded.seq for day, recorded in rows if day == FRIDAY and recorded.seq < last]
    assert not list(pages_of(desk.reader, date(2026, 1, 1), size=3))
