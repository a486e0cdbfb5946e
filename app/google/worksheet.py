"""One worksheet: a bounded grid of cells."""

from dataclasses import dataclass, field
from typing import Any

from app.google.a1 import Area, name_of
from app.google.errors import invalid

Cell = str | int | float | bool
MOST_CELLS = 10_000_000
"""Google's limit for one spreadsheet (Google's help page on file sizes)."""
EXECUTED = "#ERROR!"
"""What a formula shows here. That text was taken for one at all is what a test wants to see."""


@dataclass(slots=True)
class Worksheet:
    """Cells by row, short rows cut where they end. `formulas` are cells whose text was taken for one."""

    sheet_id: int
    title: str
    index: int
    row_count: int = 1000
    column_count: int = 26
    frozen_rows: int = 0
    cells: list[list[Cell]] = field(default_factory=list)
    formulas: dict[str, str] = field(default_factory=dict)

    def properties(self) -> dict[str, Any]:
        """Return what the API tells of a worksheet."""
        grid: dict[str, int] = {"rowCount": self.row_count, "columnCount": self.column_count}
        if self.frozen_rows:
            grid["frozenRowCount"] = self.frozen_rows
        return {
            "sheetId": self.sheet_id,
            "title": self.title,
            "index": self.index,
            "sheetType": "GRID",
            "gridProperties": grid,
        }

    def resize(self, rows: int, columns: int) -> None:
        """Change the size; what falls outside is lost."""
        if rows < 1 or columns < 1 or rows * columns > MOST_CELLS:
            raise invalid(f"A grid of {rows} rows and {columns} columns is not allowed.")
        self.row_count, self.column_count = rows, columns
        self.cells = [row[:columns] for row in self.cells[:rows]]

    def read(self, area: Area) -> list[list[Cell]]:
        """Return the cells of an area; what is empty at the ends is left out."""
        top, left, bottom, right = self._bounds(area)
        rows = [row[left - 1 : right] for row in self.cells[top - 1 : bottom]]
        return _trimmed([_cut(row) for row in rows])

    def write(self, area: Area, values: list[list[Any]], *, is_raw: bool) -> int:
        """Put values from the area's first cell on, and return how many cells that were.

        GoogleError where they do not fit the grid or the area; then nothing is written.
        """
        top, left, bottom, right = self._bounds(area)
        height, width = len(values), max((len(row) for row in values), default=0)
        if top + height - 1 > self.row_count or left + width - 1 > self.column_count:
            raise invalid(
                f"Range ({self.name_of(area)}) exceeds grid limits. Max rows: {self.row_count}, "
                f"max columns: {self.column_count}"
            )
        is_open = (area.last_row, area.last_column) == (area.first_row, area.first_column)
        if not is_open and (height > bottom - top + 1 or width > right - left + 1):
            raise invalid(f"Requested writing within range [{self.name_of(area)}], but tried more cells.")
        for down, row in enumerate(values):
            for across, value in enumerate(row):
                if value is not None:
                    self._put(top + down, left + across, value, is_raw=is_raw)
        return sum(len(row) for row in values)

    def append(self, values: list[list[Any]], *, is_raw: bool) -> Area:
        """Put values behind the last row that is not empty, growing the grid; return where they went."""
        first = len(_trimmed([_cut(row) for row in self.cells])) + 1
        width = max((len(row) for row in values), default=1)
        last = first + max(len(values), 1) - 1
        self.row_count = max(self.row_count, last)
        area = Area(self.title, first, 1, last, max(width, 1))
        self.write(area, values, is_raw=is_raw)
        return area

    def clear(self, area: Area) -> None:
        """Empty an area."""
        top, left, bottom, right = self._bounds(area)
        for row in self.cells[top - 1 : bottom]:
            for column in range(left - 1, min(right, len(row))):
                row[column] = ""

    def name_of(self, area: Area) -> str:
        """Return an area's name, its open sides closed by the grid."""
        top, left, bottom, right = self._bounds(area)
        return name_of(self.title, top, left, bottom, right)

    def _bounds(self, area: Area) -> tuple[int, int, int, int]:
        top, left = area.first_row or 1, area.first_column or 1
        bottom = area.last_row or self.row_count
        right = area.last_column or self.column_count
        return top, left, max(bottom, top), max(right, left)

    def _put(self, row: int, column: int, value: Any, *, is_raw: bool) -> None:
        if not isinstance(value, str | int | float | bool):
            raise invalid("Invalid values: a cell takes text, a number or a truth value.")
        while len(self.cells) < row:
            self.cells.append([])
        line = self.cells[row - 1]
        line.extend([""] * (column - len(line)))
        if not is_raw and isinstance(value, str) and value.startswith("="):
            self.formulas[f"{row},{column}"] = value
            value = EXECUTED
        line[column - 1] = value


def _cut(row: list[Cell]) -> list[Cell]:
    end = len(row)
    while end and row[end - 1] == "":
        end -= 1
    return row[:end]


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    end = len(rows)
    while end and not rows[end - 1]:
        end -= 1
    return rows[:end]
