"""Kite's field sets, noted once from its published sample answers, and the comparison with ours."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_FIELDS: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).resolve().parents[1] / "data" / "kite_fields.json").read_text()
)


def assert_kite_fields(kind: str, rows: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> None:
    """Compare the fields of one row or of each with Kite's: all that always come, none it never sends."""
    always, sometimes = set(_FIELDS[kind]["always"]), set(_FIELDS[kind]["sometimes"])
    for row in [rows] if isinstance(rows, Mapping) else rows:
        missing, unknown = always - set(row), set(row) - always - sometimes
        assert not missing, f"{kind} lacks {sorted(missing)}"
        assert not unknown, f"{kind} has {sorted(unknown)}, which Kite does not send"
