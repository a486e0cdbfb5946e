"""The JSON Schemas of the configuration files, for editors; `python -m app.adapters.files.schemas DIR`."""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from app.adapters.files.accounts import ACCOUNTS_FILE
from app.adapters.files.checking import COPIER_FILE, ORDER_TYPES_FILE
from app.adapters.files.entries import AccountEntry, CopierEntry, OrderTypesEntry

_TITLES: dict[str, tuple[Any, str]] = {
    ACCOUNTS_FILE: (list[AccountEntry], "Accounts of Tandem: one primary, one or more secondaries"),
    ORDER_TYPES_FILE: (OrderTypesEntry, "Order types that Tandem copies"),
    COPIER_FILE: (CopierEntry, "Everything else about copying"),
}


def schemas() -> dict[str, str]:
    """Return the text of each schema file by its name."""
    return {name.replace(".json", ".schema.json"): _schema(*form) for name, form in _TITLES.items()}


def write(folder: Path) -> None:
    """Write all schema files into a folder."""
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")


def _schema(form: Any, title: str) -> str:
    schema = TypeAdapter(form).json_schema(by_alias=True)
    draft = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": title}
    return json.dumps(_without_titles(draft), indent=2, ensure_ascii=False) + "\n"


def _without_titles(node: Any, depth: int = 0) -> Any:
    """Drop the titles that only repeat a key's name."""
    if isinstance(node, dict):
        return {
            key: _without_titles(value, depth + 1)
            for key, value in node.items()
            if depth == 0 or key != "title" or not isinstance(value, str)
        }
    return [_without_titles(value, depth + 1) for value in node] if isinstance(node, list) else node


if __name__ == "__main__":
    write(Path(sys.argv[1]))
