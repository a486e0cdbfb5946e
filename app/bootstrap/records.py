"""The records process: keeps the trade log beside the copying, which never waits for it."""

import logging
import signal
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from app.adapters.files.checking import COPIER_FILE, TradeLogPlace, trade_log_in
from app.adapters.files.reading import read_bytes
from app.adapters.sheets.key_file import read_key
from app.adapters.sheets.sheet_trade_log import SheetTradeLog
from app.adapters.storage.backup import BACKUPS, back_up, backups_in, made_at, thin_out
from app.adapters.storage.install_key import known_install_key
from app.adapters.storage.opening import JOURNAL_FILE
from app.adapters.storage.reader import SqlJournalReader
from app.adapters.system_clock import SystemClock
from app.bootstrap.logs import Redactor, configure_logs
from app.bootstrap.options import RecordsOptions
from app.ports.config_store import ConfigRefusedError
from app.ports.journal import JournalError
from app.ports.trade_log import TradeLogRefusedError
from app.records.cursor import CursorFile
from app.records.rows import tags_of
from app.records.status import LogStatus, StatusFile
from app.records.trade_logger import TradeLogger
from app.settings import PAPER_SPREADSHEET, Venue

STEP_S = 0.5
BUILD_AGAIN_S = 5.0
FIRST_BACKUP_AFTER_S = 20.0
"""The start of a day is busy; a minute later is as good."""
LOOK_FOR_BACKUP_EVERY_S = 600.0
BACKUP_EVERY = timedelta(hours=24)
CURSOR_FILE = "trade_log.cursor"
_log = logging.getLogger("tandem.records")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to write; None for nowhere."""

    spreadsheet: str
    key_file: Path
    api_root: str | None


_FileState = tuple[int, int, int]


def _state_of(path: Path) -> _FileState | None:
    """Return what differs when a file is another one; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def run_records(options: RecordsOptions) -> int:
    """Keep records until SIGTERM; prints `records ready` at once, for nothing here is waited for."""
    redactor = configure_logs("records", options.settings, options.venue)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    keeper = TradeLogKeeper(options, redactor)
    print("records ready", flush=True)  # noqa: T201 - the supervisor reads it
    backups = DailyBackup(options.settings.home(options.venue))
    while not over.wait(STEP_S):
        options.beat()
        keeper.step()
        backups.step()
    keeper.close()
    return 0


class DailyBackup:
    """Backs the journal up once a day, and keeps the newest thirty."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._clock = SystemClock()
        self._look_at_s = self._clock.monotonic() + FIRST_BACKUP_AFTER_S

    def step(self) -> None:
        """Make a backup when the last daily one is a day old; tell of one that could not be made."""
        now_s = self._clock.monotonic()
        if now_s < self._look_at_s:
            return
        self._look_at_s = now_s + LOOK_FOR_BACKUP_EVERY_S
        folder = self._home / BACKUPS
        days = [made_at(one) for one in backups_in(folder) if one.stem.endswith("-daily")]
        newest = max((day for day in days if day is not None), default=None)
        now = self._clock.now()
        is_due = newest is None or now - newest >= BACKUP_EVERY
        if not is_due or not (self._home / JOURNAL_FILE).exists():
            return
        try:
            back_up(self._home / JOURNAL_FILE, folder, reason="daily", now=now)
            thin_out(folder)
        except JournalError as e:
            _log.error("%s", e)


class TradeLogKeeper:
    """Keeps a trade logger for what copier.json says now, and says how it fares."""

    def __init__(self, options: RecordsOptions, redactor: Redactor) -> None:
        self._options = options
        self._redactor = redactor
        self._clock = SystemClock()
        self._home = options.settings.home(options.venue)
        self._status = StatusFile(self._home)
        self._content: bytes | None = b"never read"
        self._target: _Target | None = None
        self._key_state: _FileState | None = None
        self._logger: TradeLogger | None = None
        self._build_at_s = float("-inf")
        self.status = LogStatus(is_on=False, at=self._clock.now().isoformat())

    def step(self) -> None:
        """Follow the configuration, write what is due, and tell how it went."""
        before = self.status.problem
        try:
            self._follow_configuration()
            self._follow_key_file()
            self._build()
            if self._logger is not None:
                self._logger.step()
                self._show(self._logger.status)
        except (TradeLogRefusedError, JournalError) as e:
            now = self._clock.now()
            self.status = self.status.failing(str(e), now, needs_operator=True)
        self.status = replace(self.status, at=self._clock.now().isoformat())
        self._status.write(self.status)
        if self.status.problem not in {before, None}:
            _log.warning("%s", self.status.problem)

    def close(self) -> None:
        """Say that no log is kept any more, so that nobody takes our silence for trouble."""
        self._status.write(LogStatus(is_on=False, at=self._clock.now().isoformat()))

    def _follow_configuration(self) -> None:
        try:
            content = read_bytes(self._options.settings.rules_folder(self._options.venue) / COPIER_FILE)
            if content == self._content:
                return
            place = trade_log_in(content)
        except (OSError, ConfigRefusedError):
            return  # the engine tells of it; what was valid last stays in use
        self._content = content
        target = self._target_of(place)
        if target != self._target:
            self._logger, self._target = None, target
            self.status = LogStatus(is_on=target is not None, at=self._clock.now().isoformat())

    def _follow_key_file(self) -> None:
        """Begin anew with a key file that was replaced: the old key may be one that Google refuses.

        One that is taken away changes nothing, for its key is known.
        """
        state = _state_of(self._target.key_file) if self._target is not None else None
        if state is not None and state != self._key_state:
            self._key_state, self._logger = state, None
            self._build_at_s = float("-inf")

    def _target_of(self, place: TradeLogPlace) -> _Target | None:
        settings = self._options.settings
        if not place.is_on:
            return None
        if self._options.venue is Venue.PAPER:
            return _Target(PAPER_SPREADSHEET, settings.paper_key_file, settings.google_root)
        if place.spreadsheet is None or place.key_file is None:
            return None
        return _Target(place.spreadsheet, settings.rules_folder(Venue.LIVE) / place.key_file, None)

    def _build(self) -> None:
        """Make the logger once there is what it needs. TradeLogRefusedError where the key is of no use."""
        now_s = self._clock.monotonic()
        if self._target is None or self._logger is not None or now_s < self._build_at_s:
            return
        self._build_at_s = now_s + BUILD_AGAIN_S
        install_key = known_install_key(self._home)
        if install_key is None:
            return  # the engine makes it at its first start
        key = read_key(self._target.key_file)
        self._redactor.hide(key["private_key"].splitlines())
        log = SheetTradeLog(key, self._target.spreadsheet, api_root=self._target.api_root)
        reader = SqlJournalReader(self._home / JOURNAL_FILE)
        cursor = CursorFile(self._home / CURSOR_FILE, self._target.spreadsheet)
        self._logger = TradeLogger(log, reader, cursor, self._clock, tags_of(install_key))
        self.status = replace(self.status.well(), url=log.url, share_with=log.email)

    def _show(self, shown: LogStatus) -> None:
        self.status = replace(shown, url=self.status.url, share_with=self.status.share_with)
