"""A folder with valid configuration files, for tests that then spoil one of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.adapters.files.config_store import JsonConfigStore
from app.adapters.vault.secrets import VaultSecrets
from app.ports.config_store import ConfigProblem, ConfigRefusedError

PRIMARY = {
    "account_id": "AB1234",
    "cred1": "keyOfAB1234",
    "cred2": "canaryTokenOfAB1234",
    "ps_multiplier": 1,
    "primary": True,
}
SECONDARY = {
    "account_id": "CD5678",
    "cred1": "keyOfCD5678",
    "cred2": "canaryTokenOfCD5678",
    "ps_multiplier": 2.5,
    "primary": False,
}
CONTENTS: dict[str, Any] = {
    "accounts_config.json": [PRIMARY, SECONDARY],
    "allowed_order_types.json": {"order_types": ["LIMIT", "MARKET", "SL"]},
    "copier.json": {},
}


def write_json(folder: Path, file_name: str, value: Any) -> None:
    """Write one file with a line per value, as an operator would."""
    (folder / file_name).write_text(json.dumps(value, indent=1), encoding="utf-8")


def make_config(folder: Path) -> Path:
    """Make the folder with all three files, valid, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in CONTENTS.items():
        write_json(folder, name, value)
    return folder


def open_config(folder: Path, environ: dict[str, str] | None = None) -> JsonConfigStore:
    """Return a store on a folder, with credentials from literals and `environ` only."""
    return JsonConfigStore(folder, VaultSecrets(environ or {}))


def problems_in(folder: Path) -> tuple[ConfigProblem, ...]:
    """Return every problem for which the folder's files are refused; fails where they are not."""
    with pytest.raises(ConfigRefusedError) as caught:
        open_config(folder).load()
    return caught.value.problems


def only_problem(folder: Path) -> tuple[str, int | None, str, str, str]:
    """Return file, line, path, reason and example of the one problem there is."""
    problems = problems_in(folder)
    assert len(problems) == 1, problems
    found = problems[0]
    return (found.file, found.line, found.path, found.reason, found.example)
