"""Files that are no configuration, and bad values outside the accounts file, are refused in full."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.config_folder import (
    CONTENTS,
    PRIMARY,
    SECONDARY,
    make_config,
    only_problem,
    problems_in,
    write_json,
)

ACCOUNTS = "accounts_config.json"
TYPES = "allowed_order_types.json"
COPIER = "copier.json"
SAVED_AS = "A file saved as UTF-8 without a byte order mark."
NUMBER_TEXT = "A number with a decimal point is expected, nothing else."


@pytest.mark.parametrize(
    ("file", "value", "path", "reason", "example"),
    [
        (
            TYPES,
            {},
            "$.order_types",
            "The key order_types is missing.",
            '"order_types": ["LIMIT", "MARKET", "SL"]',
        ),
        (
            TYPES,
            [],
            "$",
            "An object in curly brackets is expected.",
            '{"order_types": ["LIMIT", "MARKET", "SL"]}',
        ),
        (TYPES, {"order_types": []}, "$.order_types", "The list is empty.", '["LIMIT", "MARKET", "SL"]'),
        (
            TYPES,
            {"order_types": ["LIMIT", "SLM"]},
            "$.order_types[1]",
            "It must be one of 'MARKET', 'LIMIT', 'SL' or 'SL-M'.",
            '["LIMIT", "MARKET", "SL"]',
        ),
        (
            TYPES,
            {"order_types": ["SL", "SL"]},
            "$.order_types",
            "SL is named twice.",
            '["LIMIT", "MARKET", "SL"]',
        ),
        (
            COPIER,
            {"market_protection": 0},
            "$.market_protection",
            "It must be -1 (Kite chooses the band) or a percentage from 0.01 to 100.",
            "-1",
        ),
        (
            COPIER,
            {"market_protection": True},
            "$.market_protection",
            "A number is expected, without quotes.",
            "-1",
        ),
        (COPIER, {"poll_interval_s": 0.1}, "$.poll_interval_s", "It must be at least 0.2.", "1.0"),
        (
            COPIER,
            {"poll_interval_s": "1"},
            "$.poll_interval_s",
            "A number is expected, without quotes.",
            "1.0",
        ),
        (
            COPIER,
            {"poll_interval_s": True},
            "$.poll_interval_s",
            "A number is expected, without quotes.",
            "1.0",
        ),
        (COPIER, {"exit_wait_s": 61}, "$.exit_wait_s", "It must be at most 60.", "3.0"),
        (COPIER, {"market_age_limit_s": 0}, "$.market_age_limit_s", "It must be more than 0.", "10.0"),
        (
            COPIER,
            {"freeze_quantities": {"NIFTY": 0}},
            "$.freeze_quantities.NIFTY",
            "It must be more than 0.",
            '{"NIFTY": 1800}',
        ),
        (
            COPIER,
            {"freeze_quantities": [1]},
            "$.freeze_quantities",
            "An object in curly brackets is expected.",
            '{"NIFTY": 1800}',
        ),
        (COPIER, {"budget": {"per_second": 11}}, "$.budget.per_second", "It must be at most 10.", "8"),
        (
            COPIER,
            {"budget": {"per_second": 2}},
            "$.budget",
            "reserve must be smaller than per_second, or no entry could ever leave.",
            '{"per_second": 8}',
        ),
        (
            COPIER,
            {"products": ["BO"]},
            "$.products[0]",
            "It must be one of 'MIS', 'NRML', 'CNC' or 'MTF'.",
            '["MIS"]',
        ),
        (COPIER, {"pusj": True}, "$.pusj", "There is no key pusj; did you mean push?", '"push": true'),
    ],
)
def test_other_files(tmp_path: Path, file: str, value: Any, path: str, reason: str, example: str) -> None:
    (make_config(tmp_path) / file).write_text(json.dumps(value))
    assert only_problem(tmp_path) == (file, 1, path, reason, example)


@pytest.mark.parametrize("file", list(CONTENTS))
@pytest.mark.parametrize(
    ("content", "line", "reason", "example"),
    [
        (b"\xef\xbb\xbf{}", 1, "It begins with a byte order mark.", SAVED_AS),
        ("{}".encode("utf-16"), 1, "It is UTF-16, not UTF-8.", SAVED_AS),
        (b"\xfe\xff\x00{", 1, "It is UTF-16, not UTF-8.", SAVED_AS),
        (b"{\n\x00}", 2, "It is binary, not text.", SAVED_AS),
        (b'{\n\n"a": "\xe9"}', 3, "It is not UTF-8 text.", SAVED_AS),
        (
            b" " * 5_000_000,
            None,
            "It is larger than 1 MB, so it is no configuration.",
            "A file of a few kilobytes.",
        ),
    ],
    ids=["bom", "utf-16-le", "utf-16-be", "binary", "latin-1", "5 MB"],
)
def test_files_of_another_kind(
    tmp_path: Path, file: str, content: bytes, line: int | None, reason: str, example: str
) -> None:
    (make_config(tmp_path) / file).write_bytes(content)
    assert only_problem(tmp_path) == (file, line, "$", reason, example)


def test_duplicate_keys(tmp_path: Path) -> None:
    make_config(tmp_path)
    text = (tmp_path / ACCOUNTS).read_text().replace('"cred1": "keyOfCD5678"', '"cred1": "x",\n"cred1": "y"')
    (tmp_path / ACCOUNTS).write_text(text)
    reason = "The key cred1 is there twice in one object."
    assert only_problem(tmp_path) == (ACCOUNTS, 12, "$[1].cred1", reason, "each key once")


@pytest.mark.parametrize("file", [ACCOUNTS, TYPES])
def test_a_missing_file(tmp_path: Path, file: str) -> None:
    (make_config(tmp_path) / file).unlink()
    example = f"a copy of {file.removesuffix('.json')}.example.json with your own values"
    assert only_problem(tmp_path) == (file, None, "$", "The file is missing.", example)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (make_config(tmp_path) / TYPES).unlink()
    (tmp_path / TYPES).mkdir()
    file, line, path, reason, example = only_problem(tmp_path)
    assert (file, line, path) == (TYPES, None, "$")
    assert reason.startswith("The file cannot be read: ")
    assert example == f"a file that may be read: chmod 600 {tmp_path / TYPES}"


def test_all_problems_of_all_files_come_at_once_in_order_and_without_values(tmp_path: Path) -> None:
    make_config(tmp_path)
    bad = SECONDARY | {"ps_multiplier": 0, "cred1": "env:NOWHERE", "cred2": "canary secret"}
    write_json(tmp_path, ACCOUNTS, [PRIMARY | {"typo": 1}, bad])
    (tmp_path / TYPES).write_text("[")
    write_json(tmp_path, COPIER, {"push": 1, "budget": {"reserve": -1}})
    problems = problems_in(tmp_path)
    assert [(found.file, found.line, found.path) for found in problems] == [
        (ACCOUNTS, 8, "$[0].typo"),
        (ACCOUNTS, 12, "$[1].cred1"),
        (ACCOUNTS, 13, "$[1].cred2"),
        (ACCOUNTS, 14, "$[1].ps_multiplier"),
        (TYPES, 1, "$"),
        (COPIER, 2, "$.push"),
        (COPIER, 4, "$.budget.reserve"),
    ]
    assert "canary" not in "\n".join(map(str, problems))
