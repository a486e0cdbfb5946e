"""The paper run's own configuration: made once, never written over, never fed from the live accounts."""

import json
import stat
from pathlib import Path

import pytest

from app.cli.supervisor.paper_folder import lay_out
from app.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    config = tmp_path / "config"
    config.mkdir()
    (config / "allowed_order_types.json").write_text('{"order_types": ["LIMIT"]}')
    (config / "copier.json").write_text("{}")
    (config / "accounts_config.json").write_text('[{"account_id": "AB1234", "cred1": "the live key"}]')
    return Settings(data=tmp_path / "data", config=config)


def test_the_first_run_makes_four_paper_accounts(settings: Settings) -> None:
    folder = lay_out(settings)

    accounts = json.loads((folder / "accounts_config.json").read_text())
    assert [(a["account_id"], a["ps_multiplier"], a["primary"]) for a in accounts] == [
        ("PA0001", 1, True),
        ("PA0002", 1, False),
        ("PA0003", 2.5, False),
        ("PA0004", 0.5, False),
    ]
    assert accounts[0]["cred1"] == "paperkeypa0001"
    assert accounts[3]["cred2"] == "papertokenpa0004"
    assert stat.S_IMODE((folder / "accounts_config.json").stat().st_mode) == 0o600


def test_the_other_rules_are_copied_and_the_live_accounts_are_not(settings: Settings) -> None:
    folder = lay_out(settings)

    assert (folder / "allowed_order_types.json").read_text() == '{"order_types": ["LIMIT"]}'
    assert (folder / "copier.json").exists()
    assert "the live key" not in (folder / "accounts_config.json").read_text()


def test_what_the_operator_edited_stays(settings: Settings) -> None:
    folder = lay_out(settings)
    for name in ("accounts_config.json", "allowed_order_types.json", "copier.json"):
        (folder / name).write_text(f"edited {name}")

    lay_out(settings)

    for name in ("accounts_config.json", "allowed_order_types.json", "copier.json"):
        assert (folder / name).read_text() == f"edited {name}"


def test_rules_the_operator_does_not_have_are_left_to_the_defaults(tmp_path: Path) -> None:
    folder = lay_out(Settings(data=tmp_path / "data", config=tmp_path / "nothing"))

    assert [path.name for path in folder.iterdir()] == ["accounts_config.json"]
