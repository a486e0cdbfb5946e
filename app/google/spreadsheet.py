"""One spreadsheet: its worksheets, who may edit it, and changes that happen whole or not at all."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from app.google.a1 import Area, parse
from app.google.errors import GoogleError, invalid
from app.google.worksheet import Worksheet


@dataclass(slots=True)
class Spreadsheet:
    """`editors` are the addresses it is shared with."""

    spreadsheet_id: str
    title: str
    editors: set[str] = field(default_factory=set)
    worksheets: list[Worksheet] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.worksheets:
            self.worksheets.append(Worksheet(0, "Sheet1", 0))

    def metadata(self, url: str) -> dict[str, Any]:
        """Return what the API tells of a spreadsheet without its cells."""
        return {
            "spreadsheetId": self.spreadsheet_id,
            "properties": {"title": self.title, "locale": "en_US", "timeZone": "Asia/Kolkata"},
            "sheets": [{"properties": one.properties()} for one in self._in_order()],
            "spreadsheetUrl": url,
        }

    def locate(self, text: str) -> tuple[Worksheet, Area]:
        """Return the worksheet and area that a range names; the first worksheet where it names none."""
        area = parse(text, frozenset(one.title for one in self.worksheets))
        if area.title is None:
            return self._in_order()[0], area
        found = next((one for one in self.worksheets if one.title == area.title), None)
        if found is None:
            raise invalid(f"Unable to parse range: {text}")
        return found, area

    def batch_update(self, requests: list[Any]) -> list[dict[str, Any]]:
        """Carry out structural changes, all or none; return a reply for each. GoogleError."""
        before = deepcopy(self.worksheets)
        try:
            return [self._change(number, request) for number, request in enumerate(requests)]
        except GoogleError:
            self.worksheets = before
            raise

    def _change(self, number: int, request: Any) -> dict[str, Any]:
        if not isinstance(request, dict) or len(request) != 1:
            raise invalid(f"Invalid requests[{number}]: expected one kind of change.")
        ((kind, told),) = request.items()
        changes = {
            "addSheet": self._add_sheet,
            "updateSheetProperties": self._update_properties,
            "appendDimension": self._append_dimension,
            "deleteSheet": self._delete_sheet,
        }
        if kind not in changes:
            raise invalid(f"Invalid requests[{number}].{kind}: this stand-in does not know it.")
        try:
            return changes[kind](told)
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            raise invalid(f"Invalid requests[{number}].{kind}: {e}") from e

    def _add_sheet(self, told: Any) -> dict[str, Any]:
        properties = told["properties"]
        title = properties["title"]
        if any(one.title == title for one in self.worksheets):
            text = f'A sheet with the name "{title}" already exists. Please enter another name.'
            raise invalid(f"Invalid requests[0].addSheet: {text}")
        grid = properties.get("gridProperties", {})
        number = max((one.sheet_id for one in self.worksheets), default=0) + 1
        added = Worksheet(number, title, properties.get("index", len(self.worksheets)))
        added.resize(grid.get("rowCount", 1000), grid.get("columnCount", 26))
        self.worksheets.append(added)
        return {"addSheet": {"properties": added.properties()}}

    def _update_properties(self, told: Any) -> dict[str, Any]:
        properties = told["properties"]
        sheet = self._by_id(properties["sheetId"])
        grid = properties.get("gridProperties", {})
        for name in told["fields"].replace("/", ".").split(","):  # gspread writes a slash
            match name.strip():
                case "title":
                    sheet.title = properties["title"]
                case "index":
                    sheet.index = properties["index"]
                case "gridProperties.frozenRowCount":
                    sheet.frozen_rows = grid["frozenRowCount"]
                case "gridProperties.rowCount":
                    sheet.resize(grid["rowCount"], sheet.column_count)
                case "gridProperties.columnCount":
                    sheet.resize(sheet.row_count, grid["columnCount"])
                case unknown:
                    raise invalid(f"Invalid field: {unknown}: this stand-in does not know it.")
        return {}

    def _append_dimension(self, told: Any) -> dict[str, Any]:
        sheet, more = self._by_id(told["sheetId"]), told["length"]
        if told["dimension"] == "ROWS":
            sheet.resize(sheet.row_count + more, sheet.column_count)
        else:
            sheet.resize(sheet.row_count, sheet.column_count + more)
        return {}

    def _delete_sheet(self, told: Any) -> dict[str, Any]:
        sheet = self._by_id(told["sheetId"])
        if len(self.worksheets) == 1:
            raise invalid("You can't remove all the sheets in a document.")
        self.worksheets.remove(sheet)
        return {}

    def _by_id(self, sheet_id: int) -> Worksheet:
        found = next((one for one in self.worksheets if one.sheet_id == sheet_id), None)
        if found is None:
            raise invalid(f"No grid with id: {sheet_id}")
        return found

    def _in_order(self) -> list[Worksheet]:
        return sorted(self.worksheets, key=lambda one: one.index)
