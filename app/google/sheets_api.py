"""The calls of the Sheets API, each from its path, query and body to its answer; sockets are elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.google.a1 import Area
from app.google.errors import invalid
from app.google.service import Json
from app.google.spreadsheet import Spreadsheet
from app.google.worksheet import Worksheet


@dataclass(frozen=True, slots=True)
class Call:
    """One call: `place` is the range in the path, where there is one."""

    book: Spreadsheet
    url: str
    place: str = ""
    query: dict[str, list[str]] = field(default_factory=dict)
    body: Json = field(default_factory=dict)

    def first(self, name: str, default: str = "") -> str:
        """Return one value of the query."""
        return self.query.get(name, [default])[0]


def metadata(call: Call) -> Json:
    """spreadsheets.get, without the cells."""
    if call.first("includeGridData", "false") != "false":
        raise invalid("includeGridData: this stand-in gives no cells here; read values instead.")
    return call.book.metadata(call.url)


def batch_update(call: Call) -> Json:
    """spreadsheets.batchUpdate."""
    requests = call.body.get("requests")
    if not isinstance(requests, list) or not requests:
        raise invalid("Must specify at least one request.")
    return {"spreadsheetId": call.book.spreadsheet_id, "replies": call.book.batch_update(requests)}


def values_get(call: Call) -> Json:
    """spreadsheets.values.get."""
    return _read(call, call.place)


def values_batch_get(call: Call) -> Json:
    """spreadsheets.values.batchGet."""
    ranges = [_read(call, one) for one in call.query.get("ranges", [])]
    return {"spreadsheetId": call.book.spreadsheet_id, "valueRanges": ranges}


def values_update(call: Call) -> Json:
    """spreadsheets.values.update."""
    return _write(call, call.place, call.body, is_raw=_is_raw(call.first("valueInputOption")))


def values_batch_update(call: Call) -> Json:
    """spreadsheets.values.batchUpdate: every range or none."""
    is_raw = _is_raw(str(call.body.get("valueInputOption", "")))
    data = call.body.get("data")
    if not isinstance(data, list):
        raise invalid("Must specify data.")
    kept = [(one, list(map(list, one.cells)), dict(one.formulas)) for one in call.book.worksheets]
    try:
        answers = [_write(call, str(one["range"]), one, is_raw=is_raw) for one in data]
    except Exception:
        for sheet, cells, formulas in kept:
            sheet.cells, sheet.formulas = cells, formulas
        raise
    return {
        "spreadsheetId": call.book.spreadsheet_id,
        "totalUpdatedRows": sum(answer["updatedRows"] for answer in answers),
        "totalUpdatedColumns": max((answer["updatedColumns"] for answer in answers), default=0),
        "totalUpdatedCells": sum(answer["updatedCells"] for answer in answers),
        "totalUpdatedSheets": len({str(answer["updatedRange"]).rpartition("!")[0] for answer in answers}),
        "responses": answers,
    }


def values_append(call: Call) -> Json:
    """spreadsheets.values.append. The table ends with the last row that is not empty."""
    sheet, area = call.book.locate(call.place)
    values = _values(call.body)
    went_to = sheet.append(values, is_raw=_is_raw(call.first("valueInputOption")))
    updates = _written(call, sheet, went_to, values)
    return {
        "spreadsheetId": call.book.spreadsheet_id,
        "tableRange": sheet.name_of(area),
        "updates": updates,
    }


def values_clear(call: Call) -> Json:
    """spreadsheets.values.clear."""
    sheet, area = call.book.locate(call.place)
    sheet.clear(area)
    return {"spreadsheetId": call.book.spreadsheet_id, "clearedRange": sheet.name_of(area)}


def values_batch_clear(call: Call) -> Json:
    """spreadsheets.values.batchClear."""
    places = [call.book.locate(str(one)) for one in call.body.get("ranges", [])]
    for sheet, area in places:
        sheet.clear(area)
    cleared = [sheet.name_of(area) for sheet, area in places]
    return {"spreadsheetId": call.book.spreadsheet_id, "clearedRanges": cleared}


CALLS: dict[tuple[str, str], tuple[str, Callable[[Call], Json]]] = {
    ("GET", ""): ("read", metadata),
    ("POST", ":batchUpdate"): ("write", batch_update),
    ("GET", "/values:batchGet"): ("read", values_batch_get),
    ("POST", "/values:batchUpdate"): ("write", values_batch_update),
    ("POST", "/values:batchClear"): ("write", values_batch_clear),
    ("GET", "/values/"): ("read", values_get),
    ("PUT", "/values/"): ("write", values_update),
    ("POST", "/values/:append"): ("write", values_append),
    ("POST", "/values/:clear"): ("write", values_clear),
}
"""By method and form of the path behind the spreadsheet's id: the quota's group, and the call."""


def _read(call: Call, place: str) -> Json:
    if call.first("valueRenderOption", "FORMATTED_VALUE") not in {"FORMATTED_VALUE", "UNFORMATTED_VALUE"}:
        raise invalid("valueRenderOption: this stand-in keeps no formulas.")
    sheet, area = call.book.locate(place)
    rows = sheet.read(area)
    if call.first("valueRenderOption", "FORMATTED_VALUE") == "FORMATTED_VALUE":
        shown: list[list[Any]] = [[_shown(cell) for cell in row] for row in rows]
    else:
        shown = [list(row) for row in rows]
    answer: Json = {"range": sheet.name_of(area), "majorDimension": "ROWS"}
    if call.first("majorDimension") == "COLUMNS":
        width = max((len(row) for row in shown), default=0)
        shown = [[row[at] if at < len(row) else "" for row in shown] for at in range(width)]
        answer["majorDimension"] = "COLUMNS"
    if shown:
        answer["values"] = shown
    return answer


def _write(call: Call, place: str, told: Json, *, is_raw: bool) -> Json:
    sheet, area = call.book.locate(place)
    values = _values(told)
    sheet.write(area, values, is_raw=is_raw)
    return _written(call, sheet, area, values)


def _written(call: Call, sheet: Worksheet, area: Area, values: list[list[Any]]) -> Json:
    width = max((len(row) for row in values), default=0)
    top, left = area.first_row or 1, area.first_column or 1
    exact = Area(sheet.title, top, left, top + max(len(values), 1) - 1, left + max(width, 1) - 1)
    return {
        "spreadsheetId": call.book.spreadsheet_id,
        "updatedRange": sheet.name_of(exact),
        "updatedRows": len(values),
        "updatedColumns": width,
        "updatedCells": sum(len(row) for row in values),
    }


def _values(told: Json) -> list[list[Any]]:
    values = told.get("values", [])
    if not isinstance(values, list) or not all(isinstance(row, list) for row in values):
        raise invalid("Invalid values: expected rows of cells.")
    if told.get("majorDimension") not in {None, "ROWS"}:
        raise invalid("majorDimension: this stand-in takes rows only.")
    return values


def _is_raw(option: str) -> bool:
    if option not in {"RAW", "USER_ENTERED"}:
        raise invalid("'valueInputOption' is required but not specified")
    return option == "RAW"


def _shown(cell: Any) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell)
