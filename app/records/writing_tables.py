"""Tables as CSV and JSON, piece by piece, so that a long one needs little memory."""

import csv
import io
from collections.abc import Callable, Iterator

import msgspec

from app.ports.trade_log import Cell
from app.records.exports import Table

BOM = "\ufeff"
"""Excel takes a CSV file for UTF-8 only with this in front."""
_EXECUTED = ("=", "+", "-", "@", "\t", "\r")
_NUMERIC = frozenset("+-.0123456789")


def as_csv(table: Table) -> Iterator[str]:
    """Yield a table as CSV with a header. Text that would be executed gets an apostrophe in front."""
    yield BOM + _line(table.header)
    for row in table.rows:
        yield _line(tuple(_harmless(cell) for cell in row))


def as_json(table: Table) -> Iterator[str]:
    """Yield a table as one JSON array of objects."""
    yield "["
    separator = "\n"
    for row in table.rows:
        yield separator + msgspec.json.encode(dict(zip(table.header, row, strict=True))).decode()
        separator = ",\n"
    yield "\n]\n"


FORMATS: dict[str, Callable[[Table], Iterator[str]]] = {"csv": as_csv, "json": as_json}


def _line(row: tuple[Cell, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Leave numbers as they are, negative ones too: only words can be formulas."""
    if isinstance(cell, str) and cell.startswith(_EXECUTED) and not _NUMERIC.issuperset(cell):
        return f"'{cell}"
    return cell
