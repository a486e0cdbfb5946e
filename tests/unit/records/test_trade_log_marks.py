"""Where the trade log goes on after a restart, with another spreadsheet, and while its summary is stale."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.ports.journal_reader import Entry
from app.ports.trade_log import LogRow, Sheet, TradeLogRefusedError, TradeLogUnavailableError
from app.records import trade_logger
from app.records.cursor import CursorFile, Mark
from app.records.summary import SUMMARY
from app.records.trade_logger import (
    ASK_AGAIN_S,
    FLUSH_EVERY_S,
    SUMMARY_EVERY_S,
    WRITE_AGAIN_AFTER_S,
)
from tests.fakes.trade_log import MemoryTradeLog
from tests.unit.records.test_trade_logger import DAY, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


class ForeignSummary(MemoryTradeLog):
    """A log in whose Summary somebody has edited the header."""

    def write(self, sheet: Sheet, rows: list[LogRow]) -> bool:  # type: ignore[override]  # a list is enough here
        """Refuse the summary only."""
        if sheet == SUMMARY:
            raise TradeLogRefusedError("The worksheet Summary has a foreign header.")
        return super().write(sheet, rows)


def test_another_spreadsheet_gets_the_whole_day_and_no_earlier_one(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S)
    desk.copier.clock.advance(86_400.0)
    desk.copier.restart()
    desk.reader.journal = desk.copier.journal
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S * 3)
    assert [row["Reason code"] for row in desk.log.sheets[DAY].values()] == ["DAY_OVER"] * 2
    old, desk.log = desk.log, MemoryTradeLog()
    desk.start(spreadsheet="another")
    desk.pass_time(FLUSH_EVERY_S)
    assert desk.log.sheets["2026-11-21"] == old.sheets["2026-11-21"]
    assert len(old.sheets["2026-11-21"]) == 2
    assert DAY not in desk.log.sheets
    desk.start(spreadsheet="another")
    writes = len(desk.log.writes)
    desk.pass_time(FLUSH_EVERY_S)
    assert len(desk.log.writes) == writes


def test_what_an_earlier_day_still_owed_goes_to_the_other_spreadsheet(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S)
    desk.log.failures = [TradeLogRefusedError("It does not exist.") for _ in range(9)]
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S * 2)
    desk.copier.clock.advance(86_400.0)
    desk.copier.restart()
    desk.reader.journal = desk.copier.journal
    desk.copier.primary_places()
    desk.log = MemoryTradeLog()
    desk.start(spreadsheet="another")
    desk.pass_time(FLUSH_EVERY_S * 2)
    assert (len(desk.log.sheets[DAY]), len(desk.log.sheets["2026-11-21"])) == (4, 2)


def test_a_worksheet_that_was_taken_away_gets_the_whole_day_again(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S)
    whole = dict(desk.log.sheets.pop(DAY))
    desk.pass_time(FLUSH_EVERY_S)
    desk.copier.primary_places()
    desk.pass_time(FLUSH_EVERY_S * 3)
    assert len(whole) == 2
    assert whole.items() <= desk.log.sheets[DAY].items()
    assert len(desk.log.sheets[DAY]) == 4
    assert [count for title, count in desk.log.writes if title == DAY] == [2, 2, 2]


def test_a_mark_knows_its_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "cursor"
    CursorFile(path, "one").write(Mark(7, "then"))
    assert CursorFile(path, "one").read() == Mark(7, "then")
    assert CursorFile(path, "other").read() == Mark(7, "then", is_of_this_log=False)
    path.write_text("7 then")
    assert not CursorFile(path, "one").read().is_of_this_log


def test_a_summary_that_a_crash_kept_back_is_written_after_it(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(SUMMARY_EVERY_S + 1)
    desk.copier.take_all()
    desk.pass_time(FLUSH_EVERY_S)
    assert {row["Open"] for row in desk.log.sheets["Summary"].values()} == {0}
    desk.copier.clock.advance(86_400.0)
    desk.copier.restart()
    desk.reader.journal = desk.copier.journal
    desk.copier.primary_places()
    desk.start()
    desk.pass_time(SUMMARY_EVERY_S + 1)
    days = {row["Trade date"]: row["Open"] for row in desk.log.sheets["Summary"].values()}
    assert days == {DAY: 0, "2026-11-21": 0}, "what rested is closed with its day"


def test_a_summary_is_written_in_a_busy_hour_too(desk: Desk) -> None:
    for _ in range(int(SUMMARY_EVERY_S / FLUSH_EVERY_S) + 5):
        desk.copier.primary_places()
        desk.copier.clock.advance(FLUSH_EVERY_S)
        desk.logger.step()
    assert desk.log.sheets["Summary"]


def test_a_summary_that_failed_is_written_once_more_when_late_writes_are_over(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.pass_time(SUMMARY_EVERY_S - 1)
    desk.log.failures = [TradeLogUnavailableError("It cannot be reached.")]
    desk.pass_time(10 + SUMMARY_EVERY_S)
    assert desk.log.sheets["Summary"]
    desk.log.sheets["Summary"].clear()  # stands for a late write that put something older there
    desk.pass_time(WRITE_AGAIN_AFTER_S + SUMMARY_EVERY_S)
    assert desk.log.sheets["Summary"]


def test_an_edited_summary_is_told_of_and_keeps_no_row_back(desk: Desk) -> None:
    desk.log = ForeignSummary()
    desk.start()
    desk.copier.primary_places()
    desk.pass_time(SUMMARY_EVERY_S + FLUSH_EVERY_S)
    assert desk.logger.status.problem == "The worksheet Summary has a foreign header."
    for _ in range(int(ASK_AGAIN_S / FLUSH_EVERY_S)):
        desk.copier.primary_places()
        desk.pass_time(FLUSH_EVERY_S * 3)
        assert desk.logger.status.queued == 0
        assert desk.logger.status.needs_operator


def test_a_long_outage_does_not_fill_the_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade_logger, "READ_AT_ONCE", 5)
    monkeypatch.setattr(trade_logger, "MOST_QUEUED", 6)
    desk.log.failures = [TradeLogRefusedError("Share it.") for _ in range(2)]
    for _ in range(20):
        desk.copier.primary_places()
        desk.logger.step()
    assert 6 <= desk.logger.status.queued < 6 + 5
    desk.pass_time(ASK_AGAIN_S * 2 + FLUSH_EVERY_S * 10)
    assert len(desk.log.sheets[DAY]) == 40


def test_a_long_journal_is_read_in_several_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trade_logger, "READ_AT_ONCE", 2)
    monkeypatch.setattr(trade_logger, "READS_A_STEP", 3)
    for _ in range(10):
        desk.copier.primary_places()
    seen: list[int] = []
    monkeypatch.setattr(desk.reader, "read_since", _counting(desk.reader.read_since, seen))
    desk.logger.step()
    assert seen.count(2) == 3
    desk.pass_time(FLUSH_EVERY_S * 10)
    assert len(desk.log.sheets[DAY]) == 20


def _counting(read: Callable[..., Sequence[Entry]], seen: list[int]) -> Callable[..., Sequence[Entry]]:
    def read_since(seq: int, *, limit: int) -> Sequence[Entry]:
        seen.append(limit)
        return read(seq, limit=limit)

    return read_since


def test_rows_that_failed_are_written_again_though_new_ones_come_all_the_time(desk: Desk) -> None:
    desk.log.failures = [TradeLogUnavailableError("It cannot be reached.")]
    first_tag = desk.copier.copy_of(desk.copier.primary_places()).legs[0].tag
    desk.pass_time(10)
    del desk.log.sheets[DAY][first_tag]  # stands for a late write that put something older there
    for _ in range(int(WRITE_AGAIN_AFTER_S / FLUSH_EVERY_S) + 5):
        desk.copier.primary_places()
        desk.copier.clock.advance(FLUSH_EVERY_S)
        desk.logger.step()
    assert first_tag in desk.log.sheets[DAY]
