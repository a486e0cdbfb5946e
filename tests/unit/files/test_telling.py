"""What an edit means is told in words, without layout, defaults or secrets in the way."""

import json
from typing import Any

import pytest

from app.adapters.files.json_reader import read_json
from app.adapters.files.telling import changes_between, primary_of
from app.domain.pacing import Limits
from tests.builders.config_folder import PRIMARY, SECONDARY

ACCOUNTS = "accounts_config.json"


def told(name: str, before: Any, after: Any) -> tuple[str, ...]:
    return changes_between(name, read_json(json.dumps(before)), read_json(json.dumps(after)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ()),
        ({"ps_multiplier": "2.50", "mode": "on", "enabled": True, "symbols": {"allow": []}}, ()),
        ({"ps_multiplier": 3}, ("CD5678: multiplier 2.5 → 3",)),
        ({"ps_multiplier": "0.000000000001"}, ("CD5678: multiplier 2.5 → 0.000000000001",)),
        ({"mode": "off", "enabled": False}, ("CD5678: enabled true → false", "CD5678: mode on → off")),
        ({"cred2": "canaryOfAToken"}, ("CD5678: access token changed",)),
        ({"api_secret": "canary"}, ("CD5678: api_secret changed",)),
        ({"symbols": {"deny": ["SBIN", "INFY"]}}, ("CD5678: symbols.deny none → INFY, SBIN",)),
        ({"egress": {"proxy": "http://canary@h:1"}}, ("CD5678: egress.proxy changed",)),
        (
            {"egress": {"source_address": "10.0.0.1"}},
            ("CD5678: egress.source_address none → 10.0.0.1",),
        ),
        ({"name": "x" * 60}, ("CD5678: name none → " + "x" * 60,)),
        ({"name": "x" * 60, "max_quantity": 5}, ("CD5678: name none → " + "x" * 60, "max_quantity")),
    ],
)
def test_each_change_of_an_account_is_told(changes: dict[str, Any], words: tuple[str, ...]) -> None:
    found = told(ACCOUNTS, [PRIMARY, SECONDARY], [PRIMARY, SECONDARY | changes])
    assert len(found) == len(words)
    assert all(word in line for word, line in zip(words, found, strict=True))
    assert "canary" not in str(found)
    back = told(ACCOUNTS, [PRIMARY, SECONDARY | changes], [PRIMARY, SECONDARY])
    assert len(back) == len(words)
    assert "canary" not in str(back)


def test_accounts_come_go_and_change_roles() -> None:
    other = SECONDARY | {"account_id": "EF9012", "cred2": "canary"}
    assert told(ACCOUNTS, [PRIMARY, SECONDARY], [PRIMARY, other]) == (
        "EF9012: added as a secondary",
        "CD5678: removed",
    )
    roles = [SECONDARY | {"primary": True}, PRIMARY | {"primary": False}]
    assert told(ACCOUNTS, [PRIMARY, SECONDARY], roles) == (
        "CD5678: multiplier 2.5 → 1",
        "CD5678: primary false → true",
        "AB1234: primary true → false",
    )
    assert told(ACCOUNTS, [PRIMARY, SECONDARY], [SECONDARY, PRIMARY]) == ()
    assert told(ACCOUNTS, [], [PRIMARY])[0] == "AB1234: added as the primary"


def test_what_could_not_be_used_before_is_only_told_to_be_mended() -> None:
    broken = [PRIMARY, SECONDARY | {"ps_multiplier": 0, "cred_2": "canary"}]
    mended = ("CD5678: mended; what it said before could not be used",)
    assert told(ACCOUNTS, broken, [PRIMARY, SECONDARY]) == mended
    assert told(ACCOUNTS, [PRIMARY, SECONDARY], broken) == ()
    assert changes_between(ACCOUNTS, None, read_json(json.dumps([PRIMARY]))) == (
        "AB1234: added as the primary",
    )


def test_the_other_files_are_told_key_by_key_against_their_defaults() -> None:
    assert told("copier.json", {}, {"push": True, "freeze_quantities": {"NIFTY": 1800}}) == ()
    before: dict[str, Any] = {"budget": {"per_day": 4_500}}
    assert told("copier.json", before, {"freeze_quantities": {"NIFTY": 900}}) == (
        "freeze_quantities.NIFTY 1800 → 900",
        f"budget.per_day 4500 → {Limits().per_day}",
    )
    before, after = {"order_types": ["LIMIT", "MARKET"]}, {"order_types": ["LIMIT"]}
    assert told("allowed_order_types.json", before, after) == ("order_types LIMIT, MARKET → LIMIT",)
    assert told("allowed_order_types.json", {"order_types": ["MARKET", "LIMIT"]}, before) == ()


def test_a_long_value_is_cut() -> None:
    symbols = [f"S{number}" for number in range(100)]
    (line,) = told(ACCOUNTS, [SECONDARY], [SECONDARY | {"symbols": {"allow": symbols}}])
    assert len(line) < 120
    assert line.endswith("…")


def test_the_primary_is_whoever_the_file_says() -> None:
    assert primary_of(read_json(json.dumps([SECONDARY, PRIMARY]))) == "AB1234"
    assert primary_of(read_json("{}")) is None
    assert primary_of(None) is None
