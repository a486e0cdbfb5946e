"""Google away for an hour of a busy day: nothing is lost, and the rest takes few requests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.sheets.sheet_trade_log import SheetTradeLog
from app.domain.events import Fact, PrimaryOrderSeen
from app.domain.ids import OrderId
from app.records.cursor import CursorFile
from app.records.rows import tags_of
from app.records.trade_logger import TradeLogger
from tests.builders.facts import FRIDAY, planned
from tests.builders.google import LocalGoogle, google
from tests.builders.orders import an_order
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryJournal
from tests.fakes.journal_reader import MemoryJournalReader

HOUR_S = 3_600
ROWS_A_MINUTE = 84
MOST_REQUESTS = 15
"""For 5,000 rows, looks and writes together."""


@pytest.fixture
def local() -> Iterator[LocalGoogle]:
    with google() as running:
        yield running


def test_an_hours_outage_loses_nothing_and_is_made_up_for_in_few_requests(
    local: LocalGoogle, tmp_path: Path
) -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock.now)
    log = SheetTradeLog(local.key, local.spreadsheet_id, api_root=local.root)
    cursor = CursorFile(tmp_path / "cursor", local.spreadsheet_id)
    logger = TradeLogger(log, MemoryJournalReader(journal), cursor, clock, tags_of(bytes(32)))
    for group in (
        "read",
        "write",
    ):  # not the token desk: Google's own library sleeps between its attempts there
        local.control("faults", kind="503_before", group=group, count=None)
    written = 0
    for _ in range(HOUR_S // 60):
        written += _trade(journal, f"{written}", ROWS_A_MINUTE)
        clock.advance(60)
        logger.step()
    assert logger.status.queued == written
    assert logger.status.problem is not None

    local.control("clear-faults")
    local.control("quota")  # nothing is spent: the stand-in counts minutes of the wall clock, not of ours
    local.service.asked.clear()
    while logger.status.queued:
        clock.advance(1)
        logger.step()
    asked = [one.group for one in local.service.asked if one.group in {"read", "write"}]
    keys = [row[0] for row in local.cells(FRIDAY.isoformat())[1:]]
    assert written >= 5_000
    assert len(keys) == len(set(keys)) == written
    assert len(asked) <= MOST_REQUESTS * written / 5_000, asked
    while logger.status.problem:  # the summary, which waits for its own time
        clock.advance(1)
        logger.step()


def _trade(journal: MemoryJournal, prefix: str, rows: int) -> int:
    """Journal so many copies of as many primary orders, and return how many."""
    facts: list[Fact] = []
    for number in range(rows):
        order_id = f"{prefix}-{number}"
        facts.append(PrimaryOrderSeen(order=an_order(order_id=OrderId(order_id)), is_decided=True))
        facts.append(planned(order_id))
    journal.append(facts, day=FRIDAY)
    return rows
