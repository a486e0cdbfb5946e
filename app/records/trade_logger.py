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
from app.records.fold import DayFold, pages_of
from app.records.rows import TagOf, rows_of, sheet_of
from app.records.status import LogStatus
from app.records.summary import SUMMARY, summary_row

READ_AT_ONCE = 2_000
READS_A_STEP = 10
"""The program gives a sign of life between steps, and a lost mark means to read a whole journal again."""
MOST_QUEUED = 20_000
"""Rows that wait, some 20 MB; with more the rest stays in the journal until they are written."""
MOST_ROWS = 2_000
"""Rows of one write: some 600 kB, below the 2 MB that Google advises."""
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
        self._doubtful_sums: dict[tuple[date, str], DayFold] = {}
        self._not_before_s = float("-inf")
        self._sum_at_s = clock.monotonic() + SUMMARY_EVERY_S
        self._failures = 0
        self._failing: Callable[[], None] | None = None
        self.status = LogStatus(is_on=True, at=clock.now().isoformat())

    def step(self) -> None:
        """Take in what the journal has new, and write what is due."""
        for _ in range(READS_A_STEP):
            if len(self._queue) >= MOST_QUEUED or not self._take(self._read()):
                break
        now_s = self._clock.monotonic()
        if now_s >= self._write_again_at_s:
            self._write_again()
        if now_s >= self._not_before_s:
            if self._is_summary_due(now_s):
                self._attempt(self._write_summary, ask_again_s=FLUSH_EVERY_S)  # rows do not wait for it
            elif self._queue:
                self._attempt(self._write_rows, ask_again_s=ASK_AGAIN_S)
        now = self._clock.now().isoformat()
        self.status = replace(self.status, at=now, queued=len(self._queue))

    def _start_of_day(self) -> int:
        """Return where to begin reading: the state of a day is known only from its first fact on.

        The mark's own day is read again even when it is over, for its summary may not be written yet.
        """
        marked = self._reader.read_since(max(self._kept_seq - 1, 0), limit=1)
        return max(self._reader.first_of(marked[0].day) - 1, 0) if marked else 0

    def _seq_of(self, mark: Mark) -> int:
        """Return a mark's number, 0 where this journal is not the one that it was made in.

        Another log than before gets the whole day of the mark, and what is newer.
        """
        found = self._reader.read_since(mark.seq - 1, limit=1) if mark.seq else []
        if not found or found[0].recorded.at.isoformat() != mark.at:
            return 0
        return mark.seq if mark.is_of_this_log else self._reader.first_of(found[0].day) - 1

    def _read(self) -> Sequence[Entry]:
        return self._reader.read_since(self._read_seq, limit=READ_AT_ONCE)

    def _take(self, entries: Sequence[Entry]) -> bool:
        """Fold facts in, by day and apart from what the log has; return whether there may be more."""
        kept_seq = self._kept_seq
        for (day, _), facts in groupby(entries, key=lambda one: (one.day, one.recorded.seq <= kept_seq)):
            found = list(facts)
            if self._day is None or self._day.day != day:
                self._day = self._fold_before(day, found[0].recorded.seq)
            self._take_day(self._day, found)
        return len(entries) == READ_AT_ONCE

    def _fold_before(self, day: date, seq: int) -> DayFold:
        """Return what a day had come to before a fact: most begin there, one may go on after another."""
        fold = DayFold(day)
        for page in pages_of(self._reader, day, size=READ_AT_ONCE, below=seq):
            fold.take(page)
        return fold

    def _take_day(self, fold: DayFold, entries: list[Entry]) -> None:
        seq = entries[-1].recorded.seq
        self._read_seq = seq
        changed = fold.take(entries)
        self._unsummed |= {(fold.day, copy.account_id): fold for copy in changed}
        if seq <= self._kept_seq:
            return  # the log has these rows
        for copy in changed:
            for row in rows_of(copy, fold.primary_of(copy), fold.day, self._tag_of):
                key = (sheet_of(fold.day), row.key)
                first_seq, _ = self._queue.get(key, (entries[0].recorded.seq, row))
                self._queue[key] = (first_seq, row)
                if key in self._doubtful:
                    self._doubtful[key] = (self._doubtful[key][0], row)
        self._keep(self._whole_seq())

    def _is_summary_due(self, now_s: float) -> bool:
        """Tell whether to write the summary now; not before rows that are in trouble."""
        is_due = bool(self._unsummed) and now_s >= self._sum_at_s
        return is_due and not (self._queue and self._failing == self._write_rows)

    def _write_again(self) -> None:
        """Put what may have been written late, and so over newer values, into the queue once more."""
        for key, (first_seq, row) in self._doubtful.items():
            queued_seq, _ = self._queue.get(key, (first_seq, row))
            self._queue[key] = (min(first_seq, queued_seq), row)
        self._unsummed |= self._doubtful_sums
        self._doubtful, self._doubtful_sums = {}, {}
        self._write_again_at_s = float("inf")

    def _attempt(self, write: Callable[[], None], *, ask_again_s: float) -> None:
        now = self._clock.now()
        try:
            write()
        except TradeLogUnavailableError as e:
            self._failures += 1
            self._failing = write
            ceiling_s = min(_BACK_OFF_START_S * 2.0**self._failures, _BACK_OFF_CAP_S)
            self._pause(max(self._clock.random() * ceiling_s, _BACK_OFF_START_S))
            self.status = self.status.failing(str(e), now, needs_operator=False)
        except TradeLogRefusedError as e:
            self._failing = write
            self._pause(ask_again_s)
            self.status = self.status.failing(str(e), now, needs_operator=True)
        else:
            self._failures = 0
            self._pause(FLUSH_EVERY_S)
            if self._failing in {None, write}:
                self._failing, self.status = None, self.status.well()
            self.status = replace(self.status, written_at=now.isoformat())

    def _write_rows(self) -> None:
        """Write the oldest rows of one day, and move the cursor up to what is still queued."""
        sheet = next(iter(self._queue))[0]
        keys = [key for key in self._queue if key[0] == sheet][:MOST_ROWS]
        try:
            was_empty = self._log.write(sheet, [self._queue[key][1] for key in keys])
        except TradeLogUnavailableError:
            self._doubtful |= {key: self._queue[key] for key in keys}
            self._write_again_at_s = self._clock.monotonic() + WRITE_AGAIN_AFTER_S
            raise
        for key in keys:
            del self._queue[key]
        if was_empty and self._day is not None and sheet == sheet_of(self._day.day):
            self._write_day_again(self._day, set(keys))
        self.status = replace(self.status, written=self.status.written + len(keys))
        self._keep(self._whole_seq())

    def _write_day_again(self, fold: DayFold, written: set[_Key]) -> None:
        """Put a day's other rows into the queue: there was a worksheet with them, and it is gone."""
        sheet = sheet_of(fold.day)
        for copy in fold.copies():
            for row in rows_of(copy, fold.primary_of(copy), fold.day, self._tag_of):
                if (sheet, row.key) not in written:
                    self._queue.setdefault((sheet, row.key), (self._read_seq, row))

    def _write_summary(self) -> None:
        self._sum_at_s = self._clock.monotonic() + SUMMARY_EVERY_S
        rows = [
            summary_row(day, copies[0].account_id, copies, fold.primaries())
            for (day, account_id), fold in self._unsummed.items()
            if (copies := [copy for copy in fold.copies() if copy.account_id == account_id])
        ]
        try:
            self._log.write(SUMMARY, rows)
        except TradeLogUnavailableError:
            self._doubtful_sums |= self._unsummed
            self._write_again_at_s = self._clock.monotonic() + WRITE_AGAIN_AFTER_S
            raise
        self._unsummed.clear()

    def _whole_seq(self) -> int:
        """Return the last fact up to which the log has everything."""
        unwritten = (first_seq for rows in (self._queue, self._doubtful) for first_seq, _ in rows.values())
        return min(unwritten, default=self._read_seq + 1) - 1

    def _keep(self, seq: int) -> None:
        if seq > self._kept_seq:
            self._kept_seq = seq
            found = self._reader.read_since(seq - 1, limit=1)
            with suppress(OSError):  # then the rows are written once more after a restart, over themselves
                for entry in found:
                    self._cursor.write(Mark(seq, entry.recorded.at.isoformat()))

    def _pause(self, seconds: float) -> None:
        self._not_before_s = self._clock.monotonic() + seconds
