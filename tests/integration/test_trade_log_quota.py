"""The trade log's consumer and the real gspread together: how many requests a busy minute takes."""

from pathlib import Path

from app.adapters.sheets.sheet_trade_log import SheetTradeLog
from app.records.cursor import CursorFile
from app.records.rows import tags_of
from app.records.trade_logger import TradeLogger
from tests.builders.copier import Copier
from tests.builders.google import google
from tests.fakes.journal_reader import MemoryJournalReader

HALF_THE_QUOTA = 30
MINUTES = 1


def test_busy_minutes_stay_within_half_the_quota(tmp_path: Path) -> None:
    copier = Copier({"S1": "1", "S2": "2.5"})
    with google() as local:
        local.control("quota", per_user=10_000, per_project=10_000)  # here a minute takes a second
        log = SheetTradeLog(local.key, local.spreadsheet_id, api_root=local.root)
        cursor = CursorFile(tmp_path / "cursor", local.spreadsheet_id)
        reader = MemoryJournalReader(copier.journal)
        logger = TradeLogger(log, reader, cursor, copier.clock, tags_of(b"k" * 32))
        for step in range(MINUTES * 120):
            if step % 6 == 0:
                copier.primary_places()
            copier.clock.advance(0.5)
            logger.step()
        groups = [one.group for one in local.service.asked]
        assert len(local.cells("Summary")) == 3
        assert len(local.cells("2026-11-20")) >= MINUTES * 40 - 2
    assert logger.status.problem is None
    assert groups.count("read") <= HALF_THE_QUOTA * MINUTES
    assert groups.count("write") <= HALF_THE_QUOTA * MINUTES
