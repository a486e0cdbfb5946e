"""The trade log's consumer: follows the journal, keeps what is to be written, and writes it in batches.

Nothing waits for it. An outage lets rows queue up, each once, in the form they have at last.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import groupby

from app.ports.clock import Clock
from app.ports.journal_reader import Entry, JournalReader
from app.ports.trade_log import LogRow, Sheet, TradeLog, TradeLogRefusedError, TradeLogUnavailableError
from app.records.cursor import CursorFile, Mark
from app.records.fold import DayFold
from app.records.rows import TagOf, rows_of, sheet_of
from app.records.status import LogStatus
from app.records.summary import SUMMARY, summary_row

READ_AT_ONCE = 2_000
MOST_ROWS = 1_000
"""Rows of one write: some 300 kB, below the 2 MB that Google advises."""
FLUSH_EVERY_S = 3.0
"""Between writes: 20 a minute and as many reads, a third of Google's quota for one user (60 of each)."""
SUMMARY_EVERY_S = 30.0
ASK_AGAIN_S = 30.0
"""Pause after a refusal: somebody may have shared the spreadsheet meanwhile."""
WRITE_AGAIN_AFTER_S = 200.0
"""Google may carry out a request as late as its own limit of 180 s (Sheets API, limits), and so put back
older values over newer ones. What failed once is therefore written once more after that."""
_BACK_OFF_START_S, _BACK_OFF_CAP_S = 0.5, 64.0
_Key = tuple[Sheet, str]


class TradeLogger:
    """Copies the journal's copies into a trade log, at least once each, so that each row is there once.

    `step` does what is due and never raises for what the log answers; JournalError where the journal
    cannot be read.
    """

    def __init__(
        self, log: TradeLog, reader: JournalReader, cursor: CursorFile, clock: Clock, tag_of: TagOf
    ) -> None:
        self._log = log
        self._reader = reader
        self._cursor = cursor
        self._clock = clock
        self._tag_of = tag_of
        self._kept_seq = self._seq_of(cursor.read())
        self._day: DayFold | None = None
        self._read_seq = self._start_of_day()
        self._queue: dict[_Key, tuple[int, LogRow]] = {}
        """Rows to write, each with the first fact that is not in the log yet."""
        self._doubtful: dict[_Key, tuple[int, LogRow]] = {}
        """Rows whose write failed: an answer may be lost and the write be carried out late."""
        self._write_again_at_s = float("inf")
        self._unsummed: dict[tuple[date, str], DayFold] = {}
        self._not_before_s = float("-inf")
        self._sum_at_s = float("-inf")
        self._failures = 0
        self.status = LogStatus(is_on=True, at=clock.now().isoformat())

    def step(self) -> None:
        """Take in what the journal has new, and write what is due."""
        while self._take(self._reader.read_since(self._read_seq, limit=READ_AT_ONCE)):
            pass
        now_s = self._clock.monotonic()
        if not self._queue and now_s >= self._write_again_at_s:
            self._queue, self._doubtful = self._doubtful, {}
            self._write_again_at_s = float("inf")
        if self._queue and now_s >= self._not_before_s:
            self._attempt(self._write_rows)
        elif self._unsummed and not self._queue and now_s >= max(self._sum_at_s, self._not_before_s):
            self._attempt(self._write_summary)
        now = self._clock.now().isoformat()
        self.status = replace(self.status, at=now, queued=len(self._queue))

    def _start_of_day(self) -> int:
        """Return where to begin reading: the state of a day is known only from its first fact on."""
        unread = self._reader.read_since(self._kept_seq, limit=1)
        days = [entry.day for entry in unread] or self._reader.days()[-1:]
        return max(self._reader.first_of(days[0]) - 1, 0) if days else 0

    def _seq_of(self, mark: Mark) -> int:
        """Return a mark's number, 0 where this journal is not the one that it was made in."""
        found = self._reader.read_since(mark.seq - 1, limit=1) if mark.seq else []
        is_ours = any(entry.recorded.at.isoformat() == mark.at for entry in found)
        return mark.seq if is_ours else 0

    def _take(self, entries: Sequence[Entry]) -> bool:
        """Fold facts in, day by day; return whether there may be more."""
        for day, facts in groupby(entries, key=lambda entry: entry.day):
            if self._day is None or self._day.day != day:
                self._day = DayFold(day)
            self._take_day(self._day, list(facts))
        return len(entries) == READ_AT_ONCE

    def _take_day(self, fold: DayFold, entries: list[Entry]) -> None:
        seq = entries[-1].recorded.seq
        self._read_seq = seq
        changed = fold.take(entries)
        if seq <= self._kept_seq:
            return  # the log has these rows
        for copy in changed:
            for row in rows_of(copy, fold.primary_of(copy), fold.day, self._tag_of):
                key = (sheet_of(fold.day), row.key)
                first_seq, _ = self._queue.get(key, (entries[0].recorded.seq, row))
                self._queue[key] = (first_seq, row)
                if key in self._doubtful:
                    self._doubtful[key] = (self._doubtful[key][0], row)
            self._unsummed[fold.day, copy.account_id] = fold
        self._keep(self._whole_seq())

    def _attempt(self, write: Callable[[], None]) -> None:
        now = self._clock.now()
        try:
            write()
        except TradeLogUnavailableError as e:
            self._failures += 1
            ceiling_s = min(_BACK_OFF_START_S * 2.0**self._failures, _BACK_OFF_CAP_S)
            self._pause(max(self._clock.random() * ceiling_s, _BACK_OFF_START_S))
            self.status = self.status.failing(str(e), now, needs_operator=False)
        except TradeLogRefusedError as e:
            self._pause(ASK_AGAIN_S)
            self.status = self.status.failing(str(e), now, needs_operator=True)
        else:
            self._failures = 0
            self._pause(FLUSH_EVERY_S)
            self.status = replace(self.status.well(), written_at=now.isoformat())

    def _write_rows(self) -> None:
        """Write the oldest rows of one day, and move the cursor up to what is still queued."""
        sheet = next(iter(self._queue))[0]
        keys = [key for key in self._queue if key[0] == sheet][:MOST_ROWS]
        try:
            self._log.write(sheet, [self._queue[key][1] for key in keys])
        except TradeLogUnavailableError:
            self._doubtful |= {key: self._queue[key] for key in keys}
            self._write_again_at_s = self._clock.monotonic() + WRITE_AGAIN_AFTER_S
            raise
        for key in keys:
            del self._queue[key]
        self.status = replace(self.status, written=self.status.written + len(keys))
        self._keep(self._whole_seq())

    def _write_summary(self) -> None:
        rows = [
            summary_row(day, copies[0].account_id, copies, fold.primaries())
            for (day, account_id), fold in self._unsummed.items()
            if (copies := [copy for copy in fold.copies() if copy.account_id == account_id])
        ]
        self._log.write(SUMMARY, rows)
        self._unsummed.clear()
        self._sum_at_s = self._clock.monotonic() + SUMMARY_EVERY_S

    def _whole_seq(self) -> int:
        """Return the last fact up to which the log has everything."""
        unwritten = (first_seq for rows in (self._queue, self._doubtful) for first_seq, _ in rows.values())
        return min(unwritten, default=self._read_seq + 1) - 1

    def _keep(self, seq: int) -> None:
        if seq > self._kept_seq:
            self._kept_seq = seq
            found = self._reader.read_since(seq - 1, limit=1)
            with suppress(OSError):  # then the rows are written once more after a restart, over themselves
                self._cursor.write(Mark(seq, found[0].recorded.at.isoformat()))

    def _pause(self, seconds: float) -> None:
        self._not_before_s = self._clock.monotonic() + seconds
