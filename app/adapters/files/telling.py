"""What an edit of a configuration file means, in a line for each thing, and never with a secret."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel, ValidationError

from app.adapters.files.accounts import ACCOUNTS_FILE
from app.adapters.files.checking import COPIER_FILE, ORDER_TYPES_FILE
from app.adapters.files.entries import (
    TODAYS_FREEZE_QUANTITIES,
    AccountEntry,
    CopierEntry,
    OrderTypesEntry,
)
from app.adapters.files.json_reader import JsonDocument
from app.adapters.files.masking import SECRETS

_MODELS: dict[str, type[BaseModel]] = {ORDER_TYPES_FILE: OrderTypesEntry, COPIER_FILE: CopierEntry}
_WORDS: dict[tuple[str, ...], str] = {
    ("ps_multiplier",): "multiplier",
    ("cred1",): "API key",
    ("cred2",): "access token",
}
_UNTOLD = {("schema_address",), ("account_id",)}
_LONGEST = 60

Parts = dict[tuple[str, ...], Any]


def changes_between(file_name: str, before: JsonDocument | None, after: JsonDocument) -> tuple[str, ...]:
    """Tell what is different, key by key and account by account; `before` may be no valid file.

    Defaults count as if they were written, and layout does not count.
    """
    was = before.value if before is not None else None
    if file_name == ACCOUNTS_FILE:
        return tuple(_accounts(was, after.value))
    model = _MODELS[file_name]
    return tuple(_differences(_parts_of(model, was), _parts_of(model, after.value)))


def primary_of(document: JsonDocument | None) -> str | None:
    """Return which account a file makes the primary, None where it makes none."""
    rows = _by_id(document.value if document is not None else None).items()
    return next((account_id for account_id, entry in rows if entry.get("primary") is True), None)


def _accounts(was: Any, now: Any) -> Iterator[str]:
    before, after = _by_id(was), _by_id(now)
    for account_id, entry in after.items():
        if account_id not in before:
            role = "the primary" if entry.get("primary") is True else "a secondary"
            yield f"{account_id}: added as {role}"
            continue
        old, new = (_parts_of(AccountEntry, rows[account_id]) for rows in (before, after))
        for change in _differences(old, new):
            yield f"{account_id}: {change}"
    for account_id in before:
        if account_id not in after:
            yield f"{account_id}: removed"


def _differences(before: Parts | None, after: Parts | None) -> Iterator[str]:
    if after is None:
        return
    if before is None:
        yield "mended; what it said before could not be used"
        return
    for path, new in after.items():
        if (old := before.get(path)) == new or path in _UNTOLD:
            continue
        name = _WORDS.get(path, ".".join(path))
        yield f"{name} changed" if path in SECRETS else f"{name} {_shown(old)} → {_shown(new)}"
    for path, old in before.items():
        if path not in after and old is not None:
            name = ".".join(path)
            yield f"{name} removed" if path in SECRETS else f"{name} {_shown(old)} → {_shown(None)}"


def _parts_of(model: type[BaseModel], given: Any) -> Parts | None:
    """Return the values that an entry has, defaults included; None where it is not valid."""
    try:
        return dict(_flat(model.model_validate(given)))
    except ValidationError:
        return None


def _flat(entry: BaseModel, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key in type(entry).model_fields:
        value = getattr(entry, key)
        if isinstance(value, BaseModel):
            yield from _flat(value, (*at, key))
        elif isinstance(value, dict):  # freeze_quantities, which are added to the defaults
            whole = TODAYS_FREEZE_QUANTITIES | value
            yield from (((*at, key, underlying), units) for underlying, units in whole.items())
        else:
            yield (*at, key), sorted(value) if isinstance(value, list) else value


def _by_id(value: Any) -> dict[str, dict[str, Any]]:
    rows = value if isinstance(value, list) else []
    found = [row for row in rows if isinstance(row, dict) and isinstance(row.get("account_id"), str)]
    return {row["account_id"]: row for row in found}


def _shown(value: Any) -> str:
    match value:
        case None | []:
            text = "none"
        case bool():
            text = "true" if value else "false"
        case Fraction():
            text = f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
        case list():
            text = ", ".join(map(str, value))
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
