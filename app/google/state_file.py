"""What a stand-in remembers over restarts: spreadsheets and public keys, in one file replaced whole."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.google.service import Service
from app.google.spreadsheet import Spreadsheet
from app.google.worksheet import Worksheet

STATE_FILE = "google.json"


class StateFile:
    """Saves a service when it has changed; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, service: Service) -> None:
        self._path = None if folder is None else folder / STATE_FILE
        self._service = service
        self._saved_version = service.version

    def load(self) -> None:
        """Take up what was saved before; ValueError for a file that is not ours."""
        if self._path is None or not self._path.exists():
            return
        try:
            told = json.loads(self._path.read_text())
            self._service.desk.public_keys.update(told["public_keys"])
            for one in told["spreadsheets"]:
                book = _spreadsheet(one)
                self._service.spreadsheets[book.spreadsheet_id] = book
        except (ValueError, KeyError, TypeError) as e:
            raise ValueError(f"{self._path} cannot be read ({e}). Move it away to begin anew.") from e

    def save(self) -> None:
        """Write what there is, if anything is new."""
        if self._path is None or self._service.version == self._saved_version:
            return
        version = self._service.version
        books = [_line(book) for book in self._service.spreadsheets.values()]
        text = json.dumps({"public_keys": self._service.desk.public_keys, "spreadsheets": books})
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text)
        fresh.replace(self._path)
        self._saved_version = version


def _line(book: Spreadsheet) -> dict[str, Any]:
    return asdict(book) | {"editors": sorted(book.editors)}


def _spreadsheet(told: dict[str, Any]) -> Spreadsheet:
    return Spreadsheet(
        told["spreadsheet_id"],
        told["title"],
        set(told["editors"]),
        [Worksheet(**one) for one in told["worksheets"]],
    )
