"""The dashboard's TypeScript types, written from our JSON shapes: `python -m app.web.typescript FILE`."""

import sys
import types
import typing
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec

from app.engine import preview_rows
from app.web.schemas import activity, commands, config, health, live, pnl, previews, problems, records

_HEAD = """/**
 * What server and page exchange, written by `make api-types` from app/web/schemas and app/engine/rows.
 * Not to be edited.
 */
"""
ROOTS: tuple[type, ...] = (
    live.SnapshotResponse,
    live.Deltas,
    live.LinkRow,
    commands.CopiesRequest,
    commands.RetriesRequest,
    commands.SkipsRequest,
    commands.CancellationsRequest,
    commands.SquareOffsRequest,
    commands.ModeRequest,
    commands.BareRequest,
    commands.LookRequest,
    commands.CommandResponse,
    problems.Problem,
    health.Readiness,
    records.RecordsOverview,
    pnl.PnlResponse,
    activity.ActivityPage,
    previews.PreviewCopiesRequest,
    previews.PreviewRetriesRequest,
    preview_rows.PreviewRow,
    config.ConfigResponse,
    config.CheckRequest,
    config.CheckResponse,
    config.SaveRequest,
    config.RestoreRequest,
    config.AccountRequest,
    config.SavedResponse,
    config.HistoryResponse,
    config.VersionResponse,
    config.ConfigRefusal,
)
"""What travels by itself; whatever they hold is written too."""

_PLAIN: dict[Any, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    None: "null",
    object: "unknown",
    Any: "unknown",
}


def typescript() -> str:
    """Return the text of the types file."""
    found: dict[str, str] = {}
    for root in ROOTS:
        _declare(root, found)
    return _HEAD + "\n" + "\n".join(found[name] for name in sorted(found))


def _declare(kind: type, found: dict[str, str]) -> str:
    """Write an object's or enum's declaration, and those of all that it holds; return its name."""
    name = kind.__name__
    if name in found:
        return name
    found[name] = ""  # holds its place while its fields are written, which may name it again
    if issubclass(kind, StrEnum):
        found[name] = f"export type {name} = {_one_of([member.value for member in kind])};\n"
        return name
    optional = _optional_fields(kind)
    lines = [
        f"  {field}{'?' if field in optional else ''}: {_written(hint, found)};\n"
        for field, hint in get_type_hints(kind, include_extras=True).items()
    ]
    doc = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
    found[name] = f"/** {doc} */\nexport interface {name} {{\n{''.join(lines)}}}\n"
    return name


def _optional_fields(kind: type) -> set[str]:
    """Return the fields a client may leave out of a request; answers always have all."""
    if not issubclass(kind, msgspec.Struct) or not kind.__name__.endswith("Request"):
        return set()
    return {field.name for field in msgspec.structs.fields(kind) if not field.required}


def _written(hint: Any, found: dict[str, str]) -> str:
    if hint in _PLAIN:
        return _PLAIN[hint]
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Annotated, typing.Required, typing.NotRequired}:
        return _written(inner[0], found)
    if origin in {Union, types.UnionType}:
        return " | ".join(dict.fromkeys(_written(one, found) for one in inner))
    if origin is Literal:
        return _one_of(list(inner))
    if origin in {dict, Mapping}:
        return f"Record<string, {_written(inner[1], found)}>"
    if origin in {list, tuple, Sequence} or (isinstance(origin, type) and issubclass(origin, Sequence)):
        item = _written(inner[0], found)
        return f"({item})[]" if "|" in item else f"{item}[]"
    if hasattr(hint, "__supertype__"):
        return _written(hint.__supertype__, found)
    if isinstance(hint, type) and (
        is_typeddict(hint)
        or issubclass(hint, msgspec.Struct | StrEnum)
        or hasattr(hint, "__dataclass_fields__")
    ):
        return _declare(hint, found)
    raise TypeError(f"{hint!r} has no TypeScript form here; add one.")


def _one_of(values: list[Any]) -> str:
    return " | ".join(f'"{value}"' for value in values)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(typescript(), encoding="utf-8")
