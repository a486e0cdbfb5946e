"""A trade log in memory that fails when it is told to."""

from collections import defaultdict
from collections.abc import Sequence

from app.ports.trade_log import Cell, LogRow, Sheet


class MemoryTradeLog:
    """Keeps rows by key. `failures` are raised by the next writes, in order."""

    def __init__(self) -> None:
        self.sheets: dict[str, dict[str, dict[str, Cell]]] = defaultdict(dict)
        self.writes: list[tuple[str, int]] = []
        self.failures: list[Exception] = []

    def write(self, sheet: Sheet, rows: Sequence[LogRow]) -> bool:
        """Keep rows and tell whether the sheet was empty, or fail."""
        if self.failures:
            raise self.failures.pop(0)
        was_empty = not self.sheets[sheet.title]
        self.writes.append((sheet.title, len(rows)))
        for row in rows:
            assert row.key == row.cells[0]
            self.sheets[sheet.title][row.key] = dict(zip(sheet.header, row.cells, strict=True))
        return was_empty
