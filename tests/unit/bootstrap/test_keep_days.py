"""TANDEM_KEEP_DAYS: how much of the journal outlives a start."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.reader import SqlJournalReader
from app.bootstrap.engine import _Engine
from app.bootstrap.options import EngineOptions, Link
from app.domain.events import AlertRaised
from app.domain.session import trade_date
from app.settings import Settings, Venue
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(("keep_days", "kept"), [(0, 4), (2, 3), (1, 2), (365, 4)])
def test_older_days_are_taken_out_at_a_start(tmp_path: Path, keep_days: int, kept: int) -> None:
    clock = FakeClock()
    today = trade_date(clock.now())
    days: list[date] = [today - timedelta(days=age) for age in (3, 2, 1, 0)]
    journal = SqlJournal(tmp_path / "journal.db", clock)
    for day in days:
        journal.append([AlertRaised(text="look")], day=day)
    engine = object.__new__(_Engine)  # its start needs accounts and brokers, which this is not about
    settings = Settings(data=tmp_path, keep_days=keep_days)
    engine._options = EngineOptions(settings=settings, venue=Venue.PAPER, link=Link(port=1, secret="-"))
    engine._clock = clock  # type: ignore[assignment]  # any Clock does
    engine._forget_old_days(journal)
    journal.close()
    assert SqlJournalReader(tmp_path / "journal.db").days() == days[-kept:]
