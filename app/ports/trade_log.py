"""The operator's own record of copies, kept outside: rows by key in named sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name and the header of its columns. The first column holds the keys."""

    title: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row, as wide as its sheet's header; `key` is its first cell as well."""

    key: str
    cells: tuple[Cell, ...]


class TradeLogUnavailableError(Exception):
    """The log cannot be reached now: network, quota, trouble on the other side. Trying again helps."""


class TradeLogRefusedError(Exception):
    """The log will not be written until a person acts; the text says what to do."""


class TradeLog(Protocol):
    """Keeps rows by key: writing the same row twice leaves one, whatever became of the first answer."""

    def write(self, sheet: Sheet, rows: Sequence[LogRow]) -> bool:
        """Put rows into a sheet, made where it is missing: over those with the same key, or behind all.

        Return whether the sheet was empty before, in which case somebody may have taken an older one away.

        Raises TradeLogUnavailableError or TradeLogRefusedError; then some or none of them were written,
        and writing all of them again is right.
        """
        ...
