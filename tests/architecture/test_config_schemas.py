"""The shipped configuration: schemas in step with the code, examples and defaults valid."""

import json
from pathlib import Path

import jsonschema
import pytest

from app.adapters.files.entries import CopierEntry
from app.adapters.files.schemas import schemas, write
from tests.builders.config_folder import open_config

CONFIG = Path(__file__).parents[2] / "config"
FILES = ("accounts_config", "allowed_order_types", "copier")


def test_schemas_are_what_the_code_reads(tmp_path: Path) -> None:
    write(tmp_path)
    for name, text in schemas().items():
        shipped = (CONFIG / name).read_text(encoding="utf-8")
        assert shipped == text, f"{name} is old: .venv/bin/python -m app.adapters.files.schemas config"
        assert (tmp_path / name).read_text(encoding="utf-8") == text
        jsonschema.Draft202012Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("name", FILES)
def test_examples_fit_their_schemas(name: str) -> None:
    schema = json.loads((CONFIG / f"{name}.schema.json").read_text())
    jsonschema.validate(json.loads((CONFIG / f"{name}.example.json").read_text()), schema)


def test_schemas_refuse_what_the_code_refuses() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schemas()["accounts_config.schema.json"]))
    example = json.loads((CONFIG / "accounts_config.example.json").read_text())
    for key, value in (("ps_multiplier", 0), ("ps_multiplier", "2,5"), ("mode", "On"), ("typo", 1)):
        assert not validator.is_valid([example[0], example[1] | {key: value}]), (key, value)


def test_examples_are_a_valid_configuration(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / f"{name}.json").write_bytes((CONFIG / f"{name}.example.json").read_bytes())
    assert len(open_config(tmp_path).load().secondaries) == 2


def test_the_shipped_defaults_are_those_of_the_code_and_no_accounts_are_shipped() -> None:
    assert json.loads((CONFIG / "allowed_order_types.json").read_text()) == {
        "order_types": ["LIMIT", "MARKET", "SL"]
    }
    shipped = json.loads((CONFIG / "copier.json").read_text())
    defaults = CopierEntry.model_validate({"$schema": shipped["$schema"]}).model_dump(by_alias=True)
    assert shipped == defaults
