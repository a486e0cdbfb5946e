"""Secrets of the accounts file: hidden before it is shown, put in again when it comes back."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from app.adapters.files.accounts import ACCOUNTS_FILE
from app.adapters.files.json_reader import JsonDocument, JsonError, Path, Scalar, read_json
from app.adapters.files.problems import MOST_PROBLEMS, problem_at
from app.ports.config_store import ConfigProblem

MASK = "••••"
SHORTEST_WITH_END = 12
"""Of a shorter secret nothing is shown: its last characters would be too much of it."""
END = 4

SECRETS = (("cred1",), ("cred2",), ("api_secret",), ("egress", "proxy"))
"""Where credentials stand in an account."""

SHOWN = frozenset(
    {
        ("account_id",),
        ("ps_multiplier",),
        ("primary",),
        ("name",),
        ("enabled",),
        ("mode",),
        ("max_quantity",),
        ("when_primary_filled",),
        ("rest_limit_s",),
        ("egress", "source_address"),
        ("symbols", "allow", 0),
        ("symbols", "deny", 0),
    }
)
"""What is shown of an account (0 stands for every place in a list). All else is hidden, so that a token
under a misspelt key is not shown."""

_REFERENCE = re.compile(r"(env|vault):[A-Za-z0-9_.-]{1,64}")


def mask_of(secret: str) -> str:
    """Return what is shown in the place of a secret: its last four characters, of a short one none."""
    return MASK + secret[-END:] if len(secret) >= SHORTEST_WITH_END else MASK


def masked(file_name: str, document: JsonDocument) -> str:
    """Return a document's text with every secret masked; its lines stay the lines they are."""
    if file_name != ACCOUNTS_FILE:
        return document.text
    return replaced(
        document.text,
        ((part.start, part.end, json.dumps(_mask(part), ensure_ascii=False)) for part in _hidden(document)),
    )


def unmasked(file_name: str, text: str, on_disk: JsonDocument | None) -> tuple[str, list[ConfigProblem]]:
    """Return a text with the secrets of the file on the disk where it has their masks.

    A mask stands for a secret only under the account and the key it was shown at, wherever that account
    now stands in the list. One that stands for none is left in the text and is a problem.
    """
    if file_name != ACCOUNTS_FILE:
        return text, []
    if on_disk is not None and text == masked(file_name, on_disk):
        return on_disk.text, []
    try:
        document = read_json(text)
    except JsonError:
        return text, []  # checking says where and why
    edits: list[tuple[int, int, str]] = []
    problems: list[ConfigProblem] = []
    for part in _hidden(document):
        if not isinstance(part.value, str) or MASK[0] not in part.value:
            continue
        meant = _meant(document, part, on_disk)
        if len(meant) == 1:
            edits.append((part.start, part.end, meant.pop()))
        elif len(problems) < MOST_PROBLEMS:
            problems.append(_unknown(document, part))
    return replaced(text, edits), problems


def replaced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with the parts from start to end replaced; `edits` are in order and do not overlap."""
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def account_at(value: Any, path: Path) -> str | None:
    """Return the id of the account that a path lies in, None where that cannot be told."""
    entry = value[path[0]] if path and isinstance(value, list) and isinstance(path[0], int) else None
    found = entry.get("account_id") if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None


def _hidden(document: JsonDocument) -> Iterator[Scalar]:
    for part in document.scalars:
        if part.value is None or isinstance(part.value, bool):
            continue
        inner = tuple(0 if isinstance(key, int) else key for key in part.path[1:])
        if isinstance(document.value, list) and inner in SHOWN:
            continue
        if isinstance(part.value, str) and inner in SECRETS and _REFERENCE.fullmatch(part.value):
            continue
        yield part


def _mask(part: Scalar) -> str:
    return mask_of(str(part.value))


def _meant(document: JsonDocument, part: Scalar, on_disk: JsonDocument | None) -> set[str]:
    """Return the literals on the disk that a mask may stand for."""
    account_id = account_at(document.value, part.path)
    if account_id is None or on_disk is None:
        return set()
    return {
        on_disk.text[other.start : other.end]
        for other in _hidden(on_disk)
        if other.path[1:] == part.path[1:]
        and account_at(on_disk.value, other.path) == account_id
        and _mask(other) == part.value
    }


def _unknown(document: JsonDocument, part: Scalar) -> ConfigProblem:
    account_id = account_at(document.value, part.path) or "this account"
    key = part.path[-1] if part.path else ""
    reason = (
        f"This is only the mask of a value, and the file on the disk has no {key} of {account_id} that it "
        "stands for. A mask keeps its value only where it was shown: in the same account, under the same key."
    )
    example = f'"{key}": "vault:NAME", "env:NAME" or the value itself, in full'
    return problem_at(ACCOUNTS_FILE, document, part.path, reason, example)
