"""The import rules hold, and each of them refuses the breach it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project_files import ROOT

BREACHES = [
    ("layers", "app/domain/planted.py", "import app.engine.rows"),
    ("layers", "app/ports/planted.py", "import app.engine.rows"),
    ("layers", "app/engine/planted.py", "import app.adapters.storage"),
    ("layers", "app/web/planted.py", "import app.adapters.kite"),
    ("layers", "app/adapters/kite/planted.py", "import app.web"),
    ("layers", "app/adapters/kite/planted.py", "import app.settings"),
    ("layers", "app/settings.py", "import app.bootstrap"),
    ("layers", "app/bootstrap/options.py", "import app.cli.main"),
    ("layers", "app/unheard_of/__init__.py", '"""A package that no layer names."""'),
    ("exchange-knows-nobody", "app/exchange/planted.py", "import app.domain.ids"),
    ("exchange-knows-nobody", "app/exchange/http/planted.py", "import app.settings"),
    ("nobody-knows-exchange", "app/adapters/kite/planted.py", "import app.exchange.clock"),
    ("nobody-knows-exchange", "app/web/planted.py", "import app.exchange"),
    ("google-knows-nobody", "app/google/planted.py", "import app.domain.ids"),
    ("google-in-one-place", "app/records/planted.py", "import gspread"),
    ("nobody-knows-google", "app/web/planted.py", "import app.google"),
    ("pure-core", "app/domain/planted.py", "import time"),
    ("pure-core", "app/domain/planted.py", "from json import loads"),
    ("pure-core", "app/ports/planted.py", "import asyncio"),
    ("pure-core", "app/ports/planted.py", "import pydantic"),
    ("engine-without-vendors", "app/engine/planted.py", "from time import monotonic"),
    ("engine-without-vendors", "app/engine/planted.py", "import random"),
    ("engine-without-vendors", "app/engine/planted.py", "import aiohttp"),
    ("kiteconnect-in-one-place", "app/engine/planted.py", "import kiteconnect"),
    ("kiteconnect-in-one-place", "app/cli/planted.py", "from kiteconnect import KiteConnect"),
    ("kiteconnect-in-one-place", "app/exchange/planted.py", "import kiteconnect"),
    ("sql-in-one-place", "app/adapters/kite/planted.py", "import sqlalchemy"),
    ("sql-in-one-place", "app/cli/planted.py", "import alembic"),
    ("web-frameworks-in-one-place", "app/adapters/kite/planted.py", "import eventlet"),
    ("web-frameworks-in-one-place", "app/bootstrap/options.py", "from flask_socketio import SocketIO"),
    ("web-frameworks-in-one-place", "app/cli/planted.py", "import flask"),
    ("adapters-apart", "app/adapters/kite/planted.py", "import app.adapters.storage"),
    ("adapters-apart", "app/adapters/storage/planted.py", "import app.adapters.kite"),
]


def _lint(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    config = str(ROOT / "pyproject.toml")
    return subprocess.run(
        [str(program), "--no-logo", "--no-cache", "--config", config, *arguments],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _copied(folder: Path) -> Path:
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_project_keeps_its_import_rules() -> None:
    judged = _lint(ROOT)
    assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(("contract", "file", "line"), BREACHES, ids=lambda value: str(value)[:48])
def test_a_planted_breach_is_refused(tmp_path: Path, contract: str, file: str, line: str) -> None:
    tree = _copied(tmp_path)
    path = tree / file
    path.parent.mkdir(exist_ok=True)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{old}\n{line}\n", encoding="utf-8")

    judged = _lint(tree, "--contract", contract)

    assert judged.returncode == 1, judged.stdout + judged.stderr
    assert "0 kept, 1 broken" in judged.stdout or "not listed as layers" in judged.stdout, judged.stdout


def test_every_contract_has_a_breach_planted() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = {line.split('"')[1] for line in text.splitlines() if line.startswith('id = "')}
    assert contracts == {contract for contract, _, _ in BREACHES}
