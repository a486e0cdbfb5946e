"""A1 notation: where a request points, as numbers."""

import re
from dataclasses import dataclass

from app.google.errors import invalid

_CELL = re.compile(r"^\$?([A-Za-z]{1,3})?\$?([1-9][0-9]{0,7})?$")


@dataclass(frozen=True, slots=True)
class Area:
    """Rows and columns, counted from 1 and inclusive; None is open to that side."""

    title: str | None
    first_row: int | None
    first_column: int | None
    last_row: int | None
    last_column: int | None


def parse(text: str, titles: frozenset[str]) -> Area:
    """Read a range such as `'2026-11-23'!A2:Z9`, `Log!B:B`, `A1` or a bare title; GoogleError if it is none.

    A bare word that is the title of a worksheet means all of it, as Google has it.
    """
    title, separator, cells = text.rpartition("!")
    if not separator:
        name = _unquoted(text)
        if name in titles:
            return Area(name, None, None, None, None)
        return _area(None, text, text)
    return _area(_unquoted(title), cells, text)


def column_letters(number: int) -> str:
    """Return the letters of a column counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def name_of(title: str, first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Write an area in A1 notation."""
    first = f"{column_letters(first_column)}{first_row}"
    last = f"{column_letters(last_column)}{last_row}"
    quoted = title.replace("'", "''")
    whole = first if first == last else f"{first}:{last}"
    return f"'{quoted}'!{whole}"


def _unquoted(title: str) -> str:
    if len(title) >= 2 and title[0] == title[-1] == "'":
        return title[1:-1].replace("''", "'")
    return title


def _area(title: str | None, cells: str, whole: str) -> Area:
    first, _, last = cells.partition(":")
    first_column, first_row = _cell(first, whole)
    if not last:
        if first_column is None or first_row is None:
            raise invalid(f"Unable to parse range: {whole}")
        return Area(title, first_row, first_column, first_row, first_column)
    last_column, last_row = _cell(last, whole)
    return Area(title, first_row, first_column, last_row, last_column)


def _cell(text: str, whole: str) -> tuple[int | None, int | None]:
    found = _CELL.match(text)
    if not text or found is None:
        raise invalid(f"Unable to parse range: {whole}")
    letters, digits = found.groups()
    column = None
    if letters:
        column = 0
        for letter in letters.upper():
            column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(digits) if digits else None
