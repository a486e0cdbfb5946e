"""Every kind of bad accounts file is refused with file, line, path, reason and an example."""

from pathlib import Path
from typing import Any

import pytest

from tests.builders.config_folder import PRIMARY, SECONDARY, make_config, only_problem, write_json

ACCOUNTS = "accounts_config.json"
OPTIONAL = (
    "name",
    "enabled",
    "mode",
    "api_secret",
    "egress",
    "max_quantity",
    "when_primary_filled",
    "rest_limit_s",
    "symbols",
)
ENTRY = (
    '{"account_id": "AB1234", "cred1": "env:AB1234_API_KEY", "cred2": "vault:AB1234_ACCESS_TOKEN", '
    '"ps_multiplier": 2.5, "primary": false}'
)
NUMBER_TEXT = "A number with a decimal point is expected, nothing else."
POSITIVE = "It must be more than 0. To copy nothing into the account, set its mode to off."
POLICY = "It must be one of 'leave', 'market' or 'cancel'."
REPEATED = "each account once, with an account_id of its own"


def secondary(**changes: Any) -> list[dict[str, Any]]:
    return [PRIMARY, SECONDARY | changes]


def without(key: str) -> list[dict[str, Any]]:
    return [PRIMARY, {name: value for name, value in SECONDARY.items() if name != key}]


# The primary's entry takes lines 2 to 8; the secondary's begins in line 9 and its keys follow in order.
@pytest.mark.parametrize(
    ("value", "line", "path", "reason", "example"),
    [
        (secondary(ps_multiplier=0), 13, "$[1].ps_multiplier", POSITIVE, "2.5"),
        (secondary(ps_multiplier=-2), 13, "$[1].ps_multiplier", POSITIVE, "2.5"),
        (secondary(ps_multiplier="0"), 13, "$[1].ps_multiplier", POSITIVE, "2.5"),
        (secondary(ps_multiplier="2,5"), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier="-1"), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier="NaN"), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier="1e3"), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier=""), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier="1" * 40), 13, "$[1].ps_multiplier", NUMBER_TEXT, "2.5"),
        (secondary(ps_multiplier=True), 13, "$[1].ps_multiplier", "A number is expected.", "2.5"),
        (secondary(ps_multiplier=None), 13, "$[1].ps_multiplier", "A number is expected.", "2.5"),
        (secondary(ps_multiplier=[2]), 13, "$[1].ps_multiplier", "A number is expected.", "2.5"),
        (secondary(ps_multiplier=1001), 13, "$[1].ps_multiplier", "It must be at most 1000.", "2.5"),
        (
            secondary(ps_multiplier="0.1234567890123"),
            13,
            "$[1].ps_multiplier",
            "It may have at most 12 decimal places.",
            "2.5",
        ),
        (without("cred1"), 9, "$[1].cred1", "The key cred1 is missing.", '"cred1": "env:AB1234_API_KEY"'),
        (
            without("cred2"),
            9,
            "$[1].cred2",
            "The key cred2 is missing.",
            '"cred2": "vault:AB1234_ACCESS_TOKEN"',
        ),
        (without("primary"), 9, "$[1].primary", "The key primary is missing.", '"primary": false'),
        (
            without("ps_multiplier"),
            9,
            "$[1].ps_multiplier",
            "The key ps_multiplier is missing.",
            '"ps_multiplier": 2.5',
        ),
        (secondary(cred1=""), 11, "$[1].cred1", "The credential is missing.", '"env:AB1234_API_KEY"'),
        (
            secondary(cred1="a b"),
            11,
            "$[1].cred1",
            "A credential has no spaces or line breaks.",
            '"env:AB1234_API_KEY"',
        ),
        (
            secondary(cred2=7),
            12,
            "$[1].cred2",
            "Text in double quotes is expected.",
            '"vault:AB1234_ACCESS_TOKEN"',
        ),
        (
            secondary(cred2="env:NOWHERE"),
            12,
            "$[1].cred2",
            "The environment variable NOWHERE is not set.",
            '"cred2": "env:NAME" or "vault:NAME" with a NAME that is set',
        ),
        (
            secondary(cred2=PRIMARY["cred2"]),
            12,
            "$[1].cred2",
            "Accounts AB1234 and CD5678 have the same access token; each has its own.",
            '"cred2": "vault:CD5678_ACCESS_TOKEN"',
        ),
        (
            secondary(account_id="cd 5678"),
            10,
            "$[1].account_id",
            "A user id has 2 to 20 capital letters and digits, as the broker writes it.",
            '"AB1234"',
        ),
        (
            secondary(account_id=5678),
            10,
            "$[1].account_id",
            "Text in double quotes is expected.",
            '"AB1234"',
        ),
        (
            secondary(account_id="AB1234"),
            10,
            "$[1].account_id",
            "Account AB1234 is both primary and secondary (line 3).",
            REPEATED,
        ),
        (
            [PRIMARY, SECONDARY, SECONDARY | {"cred2": "another"}],
            17,
            "$[2].account_id",
            "Account CD5678 is there twice (line 10).",
            REPEATED,
        ),
        (
            [PRIMARY, SECONDARY, SECONDARY | {"account_id": "EF9012", "cred2": "x", "primary": True}],
            21,
            "$[2].primary",
            "There is a primary already (line 7); exactly one account may be it.",
            '"primary": false',
        ),
        (
            [SECONDARY],
            1,
            "$",
            "No account is the primary; exactly one has to be.",
            '"primary": true',
        ),
        (
            [PRIMARY],
            1,
            "$",
            "No account is a secondary, so nothing could be copied.",
            '[{"account_id": "AB1234", …, "primary": true}, {"account_id": "CD5678", …, "primary": false}]',
        ),
        (
            {},
            1,
            "$",
            "A list of accounts in square brackets is expected.",
            '[{"account_id": "AB1234", …, "primary": true}, {"account_id": "CD5678", …, "primary": false}]',
        ),
        (
            [PRIMARY, SECONDARY, 7],
            16,
            "$[2]",
            "An object in curly brackets is expected.",
            ENTRY,
        ),
        (
            secondary(primary="false"),
            14,
            "$[1].primary",
            "true or false is expected, without quotes.",
            "false",
        ),
        (
            [PRIMARY | {"enabled": False}, SECONDARY],
            8,
            "$[0].enabled",
            "The primary only trades for itself and cannot be switched off; nothing would be copied.",
            "switch off the secondaries, or stop copying in the dashboard",
        ),
        (
            secondary(mdoe="off"),
            15,
            "$[1].mdoe",
            "There is no key mdoe; did you mean mode?",
            '"mode": "close_only"',
        ),
        (
            secondary(zzz=1),
            15,
            "$[1].zzz",
            "There is no key zzz.",
            f"one of the keys {', '.join([*SECONDARY, *OPTIONAL])}.",
        ),
        (
            secondary(mode="On"),
            15,
            "$[1].mode",
            "It must be one of 'on', 'close_only' or 'off'.",
            '"close_only"',
        ),
        (secondary(enabled=1), 15, "$[1].enabled", "true or false is expected, without quotes.", "true"),
        (secondary(name=""), 15, "$[1].name", "The text is empty.", '"Mother"'),
        (secondary(name="x" * 61), 15, "$[1].name", "The text is longer than 60 characters.", '"Mother"'),
        (secondary(when_primary_filled="sell"), 15, "$[1].when_primary_filled", POLICY, '"market"'),
        (secondary(when_primary_filled=True), 15, "$[1].when_primary_filled", POLICY, '"market"'),
        (secondary(rest_limit_s=0.5), 15, "$[1].rest_limit_s", "It must be at least 1.", "5.0"),
        (secondary(rest_limit_s=3601), 15, "$[1].rest_limit_s", "It must be at most 3600.", "5.0"),
        (
            secondary(rest_limit_s="5"),
            15,
            "$[1].rest_limit_s",
            "A number is expected, without quotes.",
            "5.0",
        ),
        (
            secondary(max_quantity=1.5),
            15,
            "$[1].max_quantity",
            "A whole number is expected, without quotes.",
            "5000",
        ),
        (
            secondary(egress={}),
            15,
            "$[1].egress",
            "Exactly one of source_address and proxy is expected.",
            '{"source_address": "203.0.113.7"}',
        ),
        (
            secondary(egress={"source_address": "here"}),
            16,
            "$[1].egress.source_address",
            "An IP address of this machine is expected.",
            '"203.0.113.7"',
        ),
        (
            secondary(egress={"proxy": "127.0.0.1:3128"}),
            16,
            "$[1].egress.proxy",
            "An address of the form http://host:port is expected.",
            '"http://127.0.0.1:3128"',
        ),
        (
            secondary(egress={"proxy": "http://proxy:99999"}),
            16,
            "$[1].egress.proxy",
            "An address of the form http://host:port is expected.",
            '"http://127.0.0.1:3128"',
        ),
        (
            secondary(symbols={"allow": ["infy"]}),
            17,
            "$[1].symbols.allow[0]",
            "A symbol is written as the broker does: capital letters, digits, &, - and _.",
            '["INFY", "SBIN"]',
        ),
        (
            secondary(symbols={"deny": ["A", "A"]}),
            16,
            "$[1].symbols.deny",
            "A is named twice.",
            '["YESBANK"]',
        ),
        (
            secondary(symbols={"deny": "A"}),
            16,
            "$[1].symbols.deny",
            "A list in square brackets is expected.",
            '["YESBANK"]',
        ),
    ],
)
def test_accounts(tmp_path: Path, value: Any, line: int, path: str, reason: str, example: str) -> None:
    write_json(make_config(tmp_path), ACCOUNTS, value)
    assert only_problem(tmp_path) == (ACCOUNTS, line, path, reason, example)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("NaN", "NaN is no number."),
        ("Infinity", "Infinity is no number."),
        ("2,5", "A key in double quotes is expected here."),
    ],
)
def test_multipliers_that_are_no_json(tmp_path: Path, written: str, reason: str) -> None:
    make_config(tmp_path)
    text = (tmp_path / ACCOUNTS).read_text().replace("2.5", written)
    (tmp_path / ACCOUNTS).write_text(text)
    example = '{"key": "text", "other": 2.5, "list": [1, 2]}'
    assert only_problem(tmp_path) == (ACCOUNTS, 13, "$", reason, example)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("1e400", "It must be at most 1000."), ("1e-999999999", "It may have at most 12 decimal places.")],
)
def test_multipliers_beyond_all_bounds(tmp_path: Path, written: str, reason: str) -> None:
    make_config(tmp_path)
    (tmp_path / ACCOUNTS).write_text((tmp_path / ACCOUNTS).read_text().replace("2.5", written))
    assert only_problem(tmp_path) == (ACCOUNTS, 13, "$[1].ps_multiplier", reason, "2.5")
