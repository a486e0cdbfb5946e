"""Single values of the accounts file changed in their place: all else stays as its writer laid it out."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.adapters.files.accounts import ACCOUNTS_FILE
from app.adapters.files.json_reader import JsonDocument, Path, read_json
from app.adapters.files.masking import SECRETS, replaced
from app.adapters.files.problems import problem_at
from app.ports.config_editor import ConfigNotFoundError
from app.ports.config_store import ConfigRefusedError

_MULTIPLIER = re.compile(r"0*([0-9]+(?:\.[0-9]+)?)")
_MODES = ("on", "close_only", "off")


def with_values(document: JsonDocument, account_id: str, multiplier: str | None, mode: str | None) -> str:
    """Return the file's text with an account's multiplier, mode or both as given.

    What says the same already is left as it is written. ConfigNotFoundError for an account that is not
    there, ConfigRefusedError for a value that cannot be. Whether the whole is valid is for `check` to say.
    """
    index = index_of(document, account_id)
    text = document.text
    for key, literal in _wanted(document, index, multiplier, mode):
        text = _with_value(read_json(text), index, key, literal)
    return text


def with_access_token(document: JsonDocument, account_id: str, access_token: str) -> str:
    """Return the file's text with an account's `cred2` replaced; ConfigNotFoundError, ConfigRefusedError."""
    return _with_value(document, index_of(document, account_id), "cred2", json.dumps(access_token))


def with_secrets_of(document: JsonDocument, present: JsonDocument) -> tuple[str, tuple[str, ...]]:
    """Return an old version's text with the credentials that its accounts have at present.

    Also returns the accounts where that made a difference. Accounts that are not there at present, or not
    just once, keep what the version says.
    """
    text, kept = document.text, []
    for account_id in _ids_once(document):
        if account_id not in _ids_once(present):
            continue
        before = text
        for path in SECRETS:
            text = _with_secret(read_json(text), account_id, path, present)
        if text != before:
            kept.append(account_id)
    return text, tuple(kept)


def index_of(document: JsonDocument, account_id: str) -> int:
    """Return the place of an account in the list; ConfigNotFoundError where it is not there just once."""
    found = [i for i, entry in enumerate(_entries(document)) if entry.get("account_id") == account_id]
    if not found:
        raise ConfigNotFoundError(f"There is no account {account_id} in {ACCOUNTS_FILE}.")
    if len(found) > 1:
        reason = f"Account {account_id} is there twice, so that it is not clear which is meant."
        raise _refusal(document, (found[1], "account_id"), reason, "each account once")
    return found[0]


def _wanted(
    document: JsonDocument, index: int, multiplier: str | None, mode: str | None
) -> Iterator[tuple[str, str]]:
    """Yield the keys that have to change and what is to stand there, spelt as JSON."""
    entry = _entries(document)[index]
    if multiplier is not None:
        digits = _MULTIPLIER.fullmatch(multiplier)
        path = (index, "ps_multiplier")
        if entry.get("primary") is True:
            reason = "The primary's multiplier is not used: it is what the others copy from."
            raise _refusal(document, path, reason, "the multiplier of a secondary")
        if digits is None:
            raise _refusal(document, path, "A number with a decimal point is expected, nothing else.", "2.5")
        before = entry.get("ps_multiplier")
        if _number_in(before) != Decimal(digits[1]):
            yield "ps_multiplier", json.dumps(digits[1]) if isinstance(before, str) else digits[1]
    if mode is not None:
        if mode not in _MODES:
            raise _refusal(document, (index, "mode"), f"It must be one of {', '.join(_MODES)}.", '"on"')
        is_disabled = entry.get("enabled") is False
        if is_disabled and mode != "off":
            yield "enabled", "true"
        if mode != entry.get("mode", "on") and not (is_disabled and mode == "off"):
            yield "mode", json.dumps(mode)


def _with_value(document: JsonDocument, index: int, key: str, literal: str) -> str:
    """Return the text with one value of an account replaced, or put in where there was none."""
    span = document.spans.get((index, key))
    if span is None:
        return _with_member(document, index, key, literal, after=("primary", "ps_multiplier"))
    return replaced(document.text, [(*span, literal)])


def _with_secret(document: JsonDocument, account_id: str, path: Path, present: JsonDocument) -> str:
    theirs = (index_of(present, account_id), *path)
    ours = (index_of(document, account_id), *path)
    if theirs not in present.spans:
        return document.text
    start, end = present.spans[theirs]
    literal = present.text[start:end]
    if ours in document.spans:
        return replaced(document.text, [(*document.spans[ours], literal)])
    if len(path) > 1:  # the version goes out another way, which is its own to say
        return document.text
    return _with_member(document, index_of(document, account_id), str(path[0]), literal, after=("cred2",))


def _with_member(
    document: JsonDocument, index: int, key: str, literal: str, *, after: tuple[str, ...]
) -> str:
    """Return the text with a key more in an account, spaced as the keys around it are."""
    text, entry = document.text, _entries(document)[index]
    anchor = next((name for name in after if name in entry), None)
    if anchor is None:
        reason = f"The key {after[0]} is missing."
        raise _refusal(document, (index,), reason, json.dumps(after[0]) + ": …")
    end = document.spans[index, anchor][1]
    later = [document.starts[index, name] for name in entry if document.starts[index, name] > end]
    # The first key may stand apart from the others (right behind the bracket), so the next one is the model.
    model = min(later, default=document.starts[index, anchor])
    lead = text[len(text[:model].rstrip()) : model]
    key_to_value = text[document.starts[index, anchor] : document.spans[index, anchor][0]]
    written_key, colon, gap = key_to_value.partition(":")
    before_colon = written_key[len(written_key.rstrip()) :]
    member = f",{lead}{json.dumps(key)}{before_colon}{colon}{gap}{literal}"
    return text[:end] + member + text[end:]


def _entries(document: JsonDocument) -> list[dict[str, Any]]:
    rows = document.value if isinstance(document.value, list) else []
    return [row if isinstance(row, dict) else {} for row in rows]


def _ids_once(document: JsonDocument) -> list[str]:
    ids = [entry.get("account_id") for entry in _entries(document)]
    return [each for each in ids if isinstance(each, str) and ids.count(each) == 1]


def _number_in(value: object) -> Decimal | None:
    """Return the number that a multiplier is, written as one or as text; None where it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal) or (isinstance(value, str) and _MULTIPLIER.fullmatch(value)):
        return Decimal(value)
    return None


def _refusal(document: JsonDocument, path: Path, reason: str, example: str) -> ConfigRefusedError:
    problem = problem_at(ACCOUNTS_FILE, document, path, reason, example)
    return ConfigRefusedError((problem,))
