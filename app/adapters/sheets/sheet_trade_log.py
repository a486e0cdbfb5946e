"""The trade log in a Google spreadsheet: each row under its key, in explicit rows, as raw values."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import gspread
from gspread.utils import rowcol_to_a1

from app.adapters.sheets.refusals import EXPECTED, said
from app.adapters.sheets.session import open_client
from app.ports.trade_log import LogRow, Sheet, TradeLogRefusedError

_GROW_BY = 1_000
_HEADER_ROW = 1


@dataclass(slots=True)
class _Seen:
    """A worksheet as one look shows it: its keys' rows, and the first row behind all that is there."""

    worksheet: gspread.Worksheet
    has_header: bool
    row_of: dict[str, int]
    next_row: int


class SheetTradeLog:
    """TradeLog on one spreadsheet, shared with a service account.

    Appending is not idempotent at Google (after a lost answer a repeated one doubles rows), so the rows
    are looked up before each write: people may sort, and a write repeated lands on itself.
    """

    def __init__(self, key: dict[str, Any], spreadsheet: str, *, api_root: str | None = None) -> None:
        """Take a key file's content and the spreadsheet's key; asks nothing of Google yet."""
        self.email = str(key["client_email"])
        self._spreadsheet_key = spreadsheet
        self._client = open_client(key, api_root)
        self._book: gspread.Spreadsheet | None = None
        self._worksheets: dict[str, gspread.Worksheet] = {}
        self.url = f"{api_root or 'https://docs.google.com'}/spreadsheets/d/{spreadsheet}"

    def write(self, sheet: Sheet, rows: Sequence[LogRow]) -> bool:
        """Put rows into a worksheet, over those with the same key or behind all; see the port."""
        try:
            seen = self._look(sheet, len(rows))
            self._put(seen, sheet, rows)
        except EXPECTED as e:
            self._forget()
            raise said(e, self.email) from e
        except TradeLogRefusedError:
            self._forget()
            raise
        return not seen.row_of

    def _forget(self) -> None:
        """Look at everything anew next time: whatever went wrong, somebody may have changed it."""
        self._book = None
        self._worksheets.clear()

    def _look(self, sheet: Sheet, row_count: int) -> _Seen:
        """Read a worksheet's header and keys, one request; make it where it is missing.

        A key that stands there twice, because a person copied a row, means the upper one.
        """
        worksheet = self._worksheet(sheet, row_count)
        header, keys = worksheet.batch_get([f"{_HEADER_ROW}:{_HEADER_ROW}", "A:A"])
        found = tuple(str(cell) for cell in (header[0] if header else ()))
        _check_header(sheet, found)
        row_of: dict[str, int] = {}
        for number, row in enumerate(keys, _HEADER_ROW):
            if row and row[0] and number > _HEADER_ROW:
                row_of.setdefault(str(row[0]), number)
        has_header = len(found) >= len(sheet.header)
        return _Seen(worksheet, has_header, row_of, max(len(keys), _HEADER_ROW) + 1)

    def _worksheet(self, sheet: Sheet, row_count: int) -> gspread.Worksheet:
        if sheet.title not in self._worksheets:
            if self._book is None:
                self._book = self._client.open_by_key(self._spreadsheet_key)
            # One request for all of them; a lost answer to an earlier addSheet shows here as well.
            self._worksheets = {one.title: one for one in self._book.worksheets()}
            if sheet.title not in self._worksheets:
                height, width = max(_GROW_BY, _HEADER_ROW + row_count), len(sheet.header)
                made = self._book.add_worksheet(sheet.title, rows=height, cols=width)
                self._worksheets[sheet.title] = made
        return self._worksheets[sheet.title]

    def _put(self, seen: _Seen, sheet: Sheet, rows: Sequence[LogRow]) -> None:
        fresh = count(seen.next_row)
        newest = {row.key: row for row in rows}
        placed = sorted((seen.row_of.get(key) or next(fresh), row) for key, row in newest.items())
        last, width = placed[-1][0] if placed else 0, len(sheet.header)
        if last > seen.worksheet.row_count:
            seen.worksheet.resize(rows=last + _GROW_BY)
        if width > seen.worksheet.col_count:
            seen.worksheet.resize(cols=width)
        blocks = _blocks(placed)
        if not seen.has_header:
            blocks.insert(0, (_HEADER_ROW, [list(sheet.header)]))
        ranges = [
            {"range": f"A{first}:{rowcol_to_a1(first + len(cells) - 1, width)}", "values": cells}
            for first, cells in blocks
        ]
        if ranges:
            # The list is made anew for each try: gspread writes into it.
            seen.worksheet.batch_update(ranges, raw=True)
        if not seen.has_header:
            seen.worksheet.freeze(rows=_HEADER_ROW)


def _blocks(placed: list[tuple[int, LogRow]]) -> list[tuple[int, list[list[Any]]]]:
    """Join neighbouring rows, so that a long write has few ranges."""
    blocks: list[tuple[int, list[list[Any]]]] = []
    for number, row in placed:
        if blocks and blocks[-1][0] + len(blocks[-1][1]) == number:
            blocks[-1][1].append(list(row.cells))
        else:
            blocks.append((number, [list(row.cells)]))
    return blocks


def _check_header(sheet: Sheet, found: tuple[str, ...]) -> None:
    """Accept an empty header and one that an older version wrote; refuse any other, for it is not ours.

    Columns to the right of ours are the operator's.
    """
    wrong = next(
        (i for i, (is_, ours) in enumerate(zip(found, sheet.header, strict=False)) if is_ != ours), None
    )
    if wrong is None:
        return
    raise TradeLogRefusedError(
        f"The worksheet {sheet.title} has a header that is not the trade log's: column {wrong + 1} is "
        f"{found[wrong]!r}, not {sheet.header[wrong]!r}. Nothing was written over it. Put the header back, "
        "or rename the worksheet, and a new one is made. Rows wait."
    )
