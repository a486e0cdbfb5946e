"""The program that keeps records: what it follows while it runs, and what it tells of itself."""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.adapters.sheets import session
from app.adapters.storage.backup import BACKUPS, backups_in
from app.adapters.storage.install_key import install_key
from app.adapters.storage.journal import SqlJournal
from app.adapters.storage.opening import JOURNAL_FILE
from app.bootstrap import records
from app.bootstrap.exports import exports_of
from app.bootstrap.logs import HIDDEN, configure_logs
from app.bootstrap.options import RecordsOptions
from app.bootstrap.records import DailyBackup, TradeLogKeeper
from app.google.worksheet import Cell
from app.records.status import STATUS_FILE, read_status
from app.settings import PAPER_SPREADSHEET, Settings, Venue
from tests.builders.copier import Copier
from tests.builders.eventually import eventually
from tests.builders.google import LocalGoogle, google
from tests.fakes.clock import FakeClock

DAY = date(2026, 11, 20)
EMAIL = "trade-log@paper.invalid"


class Office:
    """A data folder with a journal that grows, a stand-in for Google, and the keeper between them."""

    def __init__(self, folder: Path, local: LocalGoogle, settings: Settings) -> None:
        self.local, self.settings = local, settings
        self.home = settings.home(Venue.PAPER)
        rules = settings.rules_folder(Venue.PAPER)
        rules.mkdir(parents=True)
        (rules / "copier.json").write_text("{}")
        install_key(self.home)
        self.journal = SqlJournal(self.home / JOURNAL_FILE, FakeClock())
        self.copier = Copier({"S1": "1", "S2": "2.5"})
        self.written = 0
        self.redactor = configure_logs("records", settings, Venue.PAPER)
        self.keeper = TradeLogKeeper(RecordsOptions(settings=settings, venue=Venue.PAPER), self.redactor)

    def copy_one(self) -> None:
        """Let the primary place an order, and write what came of it to the journal on the disk."""
        self.copier.primary_places()
        facts = self.copier.journal.facts
        self.journal.append(facts[self.written :], day=DAY)
        self.written = len(facts)

    def step_until_written(self, count: int) -> None:
        """Let the keeper work until so many rows are in the sheet."""

        def is_written() -> bool:
            self.keeper.step()
            return len(self.rows()) == count

        eventually(is_written, what=f"{count} rows")

    def rows(self) -> list[list[Cell]]:
        """Return today's rows."""
        books = self.local.service.spreadsheets[PAPER_SPREADSHEET].worksheets
        return next((one.cells[1:] for one in books if one.title == DAY.isoformat()), [])


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(session, "TIMEOUT_S", (2.0, 2.0))
    key_file = Settings(data=tmp_path).paper_key_file
    key_file.parent.mkdir()
    with google(key_file=key_file) as local:
        port = int(local.root.rpartition(":")[2])
        made = Office(tmp_path, local, Settings(data=tmp_path, google_port=port))
        yield made
        made.journal.close()


def test_a_new_key_file_is_taken_up_without_a_restart(office: Office) -> None:
    office.copy_one()
    office.step_until_written(2)
    office.local.control("revoke", email=EMAIL)
    office.copy_one()

    def is_refused() -> bool:
        office.keeper.step()
        return office.keeper.status.needs_operator

    eventually(is_refused, what="a refusal")
    fresh = office.local.control("accounts", email=EMAIL)
    office.settings.paper_key_file.write_text(json.dumps(fresh))
    office.step_until_written(4)
    assert not office.keeper.status.needs_operator


def test_a_key_file_that_goes_missing_while_it_works_stops_nothing(office: Office) -> None:
    office.copy_one()
    office.step_until_written(2)
    office.settings.paper_key_file.unlink()
    office.keeper.step()
    assert office.keeper.status.problem is None
    assert office.keeper.status.share_with == EMAIL


def test_the_private_key_is_in_no_log_and_in_no_status(office: Office) -> None:
    office.copy_one()
    office.step_until_written(2)
    key = json.loads(office.settings.paper_key_file.read_text())["private_key"]
    logging.getLogger("x").warning("It says %s and %r and %s", key, key, json.dumps({"key": key}))
    kept = (office.home / "logs" / "records.jsonl").read_text()
    assert HIDDEN in kept
    middle = key.splitlines()[3]
    assert middle not in kept
    assert middle not in (office.home / STATUS_FILE).read_text()


def test_a_journal_that_cannot_be_read_for_a_while_is_told_of(office: Office) -> None:
    office.copy_one()
    office.step_until_written(2)
    away = office.home / "elsewhere.db"
    office.journal.close()
    (office.home / JOURNAL_FILE).rename(away)
    (office.home / JOURNAL_FILE).write_text("this is no journal, and long enough to be looked at" * 20)
    office.keeper.step()
    told = read_status(office.home, datetime.now(UTC))
    assert told is not None
    assert told.needs_operator
    assert "journal" in str(told.problem)
    away.replace(office.home / JOURNAL_FILE)
    office.journal = SqlJournal(office.home / JOURNAL_FILE, FakeClock())
    office.copy_one()
    office.step_until_written(4)
    assert office.keeper.status.problem is None


def test_a_file_that_is_not_valid_leaves_what_was_in_use(office: Office) -> None:
    office.copy_one()
    office.step_until_written(2)
    path = office.settings.rules_folder(Venue.PAPER) / "copier.json"
    path.write_text("{")
    office.keeper.step()
    assert office.keeper.status.is_on
    path.write_text('{"trade_log": {"is_on": false}}')
    office.keeper.step()
    assert not office.keeper.status.is_on


def test_at_its_end_it_says_that_no_log_is_kept(office: Office) -> None:
    office.keeper.step()
    office.keeper.close()
    told = read_status(office.home, datetime.now(UTC))
    assert told is not None
    assert not told.is_on


def test_a_backup_is_made_once_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "FIRST_BACKUP_AFTER_S", 0.0)
    monkeypatch.setattr(records, "LOOK_FOR_BACKUP_EVERY_S", 0.0)
    office.copy_one()
    backups = DailyBackup(office.home)
    backups.step()
    backups.step()
    (made,) = backups_in(office.home / BACKUPS)
    assert made.stem.endswith("-daily")
    assert made.stat().st_mode & 0o077 == 0
    assert made.with_suffix(".key").stat().st_mode & 0o077 == 0


def test_exports_made_before_the_install_key_have_its_tags_later(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    exports = exports_of(settings, Venue.PAPER)
    home = settings.home(Venue.PAPER)
    home.mkdir()
    copier = Copier({"S1": "1"})
    order = copier.primary_places(quantity=10)
    copy = copier.copy_of(order)
    before = exports.tag_of(copy, order, DAY)
    install_key(home)
    after = exports.tag_of(copy, order, DAY)
    assert after != before
    assert after == exports_of(settings, Venue.PAPER).tag_of(copy, order, DAY)
