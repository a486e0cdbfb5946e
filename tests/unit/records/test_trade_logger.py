"""The trade log's consumer: each copy's rows once, in the end as they are, whatever the log answered."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.accounts import CopyMode
from app.engine.service import CopyOrders
from app.ports.broker import Rejected
from app.ports.trade_log import TradeLogRefusedError, TradeLogUnavailableError
from app.records.cursor import CursorFile
from app.records.rows import COLUMNS, tags_of
from app.records.trade_logger import (
    ASK_AGAIN_S,
    FLUSH_EVERY_S,
    SUMMARY_EVERY_S,
    WRITE_AGAIN_AFTER_S,
    TradeLogger,
)
from tests.builders.copier import Copier
from tests.fakes.journal import MemoryJournal
from tests.fakes.journal_reader import MemoryJournalReader
from tests.fakes.trade_log import MemoryTradeLog

DAY = "2026-11-20"


class Desk:
    """A copier, its journal's reader and a log, with the consumer between them."""

    def __init__(self, folder: Path, mode: CopyMode = CopyMode.AUTO) -> None:
        self.copier = Copier({"S1": "1", "S2": "2.5"}, mode=mode)
        self.reader = MemoryJournalReader(self.copier.journal)
        self.log = MemoryTradeLog()
        self.folder = folder
        self.start()

    def start(self, spreadsheet: str = "sheet") -> None:
        """Start the consumer, as after a crash."""
        cursor = CursorFile(self.folder / "cursor", spreadsheet)
        self.logger = TradeLogger(self.log, self.reader, cursor, self.copier.clock, tags_of(b"k" * 32))

    def pass_time(self, seconds: float) -> None:
        """Let time pass in steps of half a second."""
        for _ in range(int(seconds * 2)):
            self.copier.clock.advance(0.5)
            self.logger.step()

    @property
    def states(self) -> dict[str, object]:
        """The states in the log, by account."""
        return {str(row["Account"]): row["State"] for row in self.log.sheets[DAY].values()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def unavailable() -> Exception:
    return TradeLogUnavailableError("Google Sheets cannot be reached.")


def test_each_copy_has_a_row_with_its_story(desk: Desk) -> None:
    order = desk.copier.primary_places(quantity=10)
    desk.copier.take_all()
    desk.logger.step()
    row = desk.log.sheets[DAY][desk.copier.copy_of(order).legs[0].tag]
    assert set(row) == set(COLUMNS)
    told = {name: row[name] for name in ("Primary order", "Account", "Copy quantity", "State", "Attempts")}
    assert told == {
        "Primary order": order.order_id,
        "Account": "S1",
        "Copy quantity": 10,
        "State": "OPEN",
        "Attempts": 1,
    }
    assert str(row["Planned"]).startswith("2026-11-20 10:")
    assert desk.logger.status.queued == 0
    assert desk.logger.status.written == 2


def test_slippage_is_what_the_copy_paid_more(desk: Desk) -> None:
    order = desk.copier.primary_places(quantity=10)
    copies = desk.copier.take_all()
    desk.copier.primary_shows(order, status="COMPLETE", filled_quantity=10, average_price=1500)
    desk.copier.desks[copies[0].account_id].update(
        copies[0].order_id, status="COMPLETE", filled_quantity=10, average_price=1501
    )
    desk.copier.look_at_all()
    desk.logger.step()
    row = desk.log.sheets[DAY][desk.copier.copy_of(order).legs[0].tag]
    assert (row["Slippage per unit"], row["Slippage"]) == (1.0, 10.0)


def test_a_change_comes_with_the_next_write_and_not_at_once(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.logger.step()
    desk.copier.take_all()
    desk.logger.step()
    assert desk.states == {"S1": "SENDING", "S2": "SENDING"}
    desk.pass_time(FLUSH_EVERY_S)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}


def test_a_held_copy_keeps_its_row_when_it_is_sent(tmp_path: Path) -> None:
    desk = Desk(tmp_path, CopyMode.MANUAL)
    order = desk.copier.primary_places()
    desk.logger.step()
    assert desk.states == {"S1": "HELD", "S2": "HELD"}
    desk.copier.command(CopyOrders, orders=(order.order_id,))
    desk.copier.take_all()
    desk.pass_time(FLUSH_EVERY_S)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}
    assert len(desk.log.sheets[DAY]) == 2


def test_an_outage_delays_rows_and_loses_none(desk: Desk) -> None:
    desk.log.failures = [unavailable() for _ in range(20)]
    desk.copier.primary_places()
    desk.logger.step()
    assert desk.logger.status.problem is not None
    assert not desk.logger.status.needs_operator
    since = desk.logger.status.since
    desk.copier.take_all()
    desk.copier.primary_places()
    desk.pass_time(5)
    assert desk.logger.status.queued == 4
    assert desk.logger.status.since == since
    desk.pass_time(1500)
    assert len(desk.log.sheets[DAY]) == 4
    assert desk.logger.status.problem is None


def test_a_refusal_is_the_operators_and_asked_about_again(desk: Desk) -> None:
    desk.log.failures = [TradeLogRefusedError("Share it.")]
    desk.copier.primary_places()
    desk.logger.step()
    assert desk.logger.status.needs_operator
    assert desk.logger.status.problem == "Share it."
    desk.pass_time(ASK_AGAIN_S)
    assert len(desk.log.sheets[DAY]) == 2
    assert not desk.logger.status.needs_operator


def test_what_failed_is_written_once_more_when_late_writes_are_over(desk: Desk) -> None:
    desk.log.failures = [unavailable()]
    desk.copier.primary_places()
    desk.logger.step()
    desk.pass_time(10)
    desk.copier.take_all()
    desk.pass_time(10)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}
    desk.log.sheets[DAY].clear()  # stands for a late write that put something older there
    desk.pass_time(WRITE_AGAIN_AFTER_S)
    assert desk.states == {"S1": "OPEN", "S2": "OPEN"}


def test_a_restart_goes_on_where_it_was_and_writes_nothing_twice(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.copier.take_all()
    desk.pass_time(SUMMARY_EVERY_S + 1)
    before = list(desk.log.writes)
    desk.start()
    desk.pass_time(10)
    assert desk.log.writes == before
    desk.copier.primary_places()
    desk.pass_time(10)
    assert len(desk.log.sheets[DAY]) == 4


def test_a_crash_before_the_write_loses_nothing(desk: Desk) -> None:
    desk.log.failures = [unavailable()]
    desk.copier.primary_places()
    desk.logger.step()
    desk.start()
    desk.logger.step()
    assert len(desk.log.sheets[DAY]) == 2


def test_a_lost_cursor_writes_all_rows_over_themselves(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.logger.step()
    (desk.folder / "cursor").write_text("nonsense")
    desk.start()
    desk.logger.step()
    assert len(desk.log.sheets[DAY]) == 2


def test_another_journal_is_read_from_its_beginning(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.copier.take_all()
    desk.logger.step()
    desk.copier.lose_the_journal()
    desk.reader.journal = desk.copier.journal
    desk.start()
    desk.copier.look(gap_s=0.0)
    desk.copier.look_at_all()
    desk.copier.primary_places(quantity=3)
    desk.pass_time(10)
    assert len(desk.log.sheets[DAY]) == 4


def test_a_new_day_has_a_sheet_of_its_own(desk: Desk) -> None:
    desk.copier.primary_places()
    desk.logger.step()
    desk.copier.clock.advance(timedelta(days=1).total_seconds())
    desk.copier.restart()
    desk.reader.journal = desk.copier.journal
    desk.copier.primary_places()
    desk.pass_time(10)
    assert len(desk.log.sheets[DAY]) == 2
    assert desk.log.sheets["2026-11-21"]


def test_the_summary_counts_each_account(desk: Desk) -> None:
    desk.copier.primary_places()
    sends, desk.copier.sent = desk.copier.sent, []
    desk.copier.accept(sends[0])
    desk.copier.answer(sends[1], Rejected("Insufficient funds.", "MarginException"))
    desk.copier.look_at_all()
    desk.pass_time(SUMMARY_EVERY_S + 1)
    rows = {row["Account"]: row for row in desk.log.sheets["Summary"].values()}
    assert (rows["S1"]["Open"], rows["S1"]["Need you"]) == (1, 0)
    assert (rows["S2"]["Open"], rows["S2"]["Need you"]) == (0, 1)


def test_an_empty_journal_is_no_trouble(tmp_path: Path) -> None:
    copier = Copier()
    logger = TradeLogger(
        MemoryTradeLog(),
        MemoryJournalReader(MemoryJournal()),
        CursorFile(tmp_path / "cursor", "sheet"),
        copier.clock,
        tags_of(b"k" * 32),
    )
    logger.step()
    assert logger.status.queued == 0
