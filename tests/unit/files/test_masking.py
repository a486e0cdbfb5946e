"""Secrets are hidden wherever they stand, and come back to where they were, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.files.entries import AccountEntry, Egress, SymbolFilter
from app.adapters.files.json_reader import read_json
from app.adapters.files.masking import MASK, SECRETS, SHOWN, mask_of, masked, unmasked
from tests.builders.config_folder import PRIMARY, SECONDARY
from tests.builders.config_texts import SECRET, accounts, laid_out

ACCOUNTS = "accounts_config.json"
KEYS = ("cred1", "cred2", "api_secret")


def shown(value: object) -> str:
    return masked(ACCOUNTS, read_json(json.dumps(value, indent=2)))


def returned(text: str, on_disk: object) -> tuple[Any, list[tuple[int | None, str]]]:
    """Put secrets back; return the value and where problems are."""
    whole, problems = unmasked(ACCOUNTS, text, read_json(json.dumps(on_disk, indent=2)))
    return json.loads(whole), [(each.line, each.path) for each in problems]


def test_every_key_of_an_account_is_either_shown_or_secret() -> None:
    """A key that is added to the file's form is hidden until somebody decides."""
    keys: set[tuple[str | int, ...]] = {(key,) for key in AccountEntry.model_fields}
    keys -= {("egress",), ("symbols",)}
    keys |= {("egress", key) for key in Egress.model_fields}
    keys |= {("symbols", key, 0) for key in SymbolFilter.model_fields}
    assert keys == SHOWN | set(SECRETS)
    assert not SHOWN & set(SECRETS)


@pytest.mark.parametrize(
    ("secret", "mask"),
    [
        ("abcdefgh4821", "••••4821"),
        ("abcdefg4821", MASK),
        ("", MASK),
        ("vault:NAME", "vault:NAME"),
        ("env:MY_TOKEN", "env:MY_TOKEN"),
        ("env:no name at all", "••••all"),
        ("http://user:canary@10.0.0.1:3128", "••••3128"),
    ],
)
def test_a_secret_shows_its_end_and_a_reference_itself(secret: str, mask: str) -> None:
    row = PRIMARY | {"cred2": secret, "egress": {"proxy": secret}}
    found = json.loads(shown([row]))[0]
    assert [found["cred2"], found["egress"]["proxy"]] == [mask.replace("••••all", "•••• all")] * 2


@pytest.mark.parametrize(
    "value",
    [
        "canaryOfAToken",
        ["canaryOfAToken"],
        {"accounts": [{"cred2": "canaryOfAToken"}]},
        [PRIMARY | {"cred_2": "canaryOfAToken"}],
        [PRIMARY | {"cred2": ["canaryOfAToken"]}],
        [PRIMARY | {"cred2": {"env": "canaryOfAToken"}}],
        [PRIMARY | {"name": {"x": "canaryOfAToken"}}],
        [[PRIMARY | {"name": "canaryOfAToken"}]],
    ],
)
def test_a_secret_in_the_wrong_place_is_hidden_too(value: object) -> None:
    text = shown(value)
    assert "canary" not in text
    assert returned(text, value) == (value, [])


def test_a_secret_under_a_key_that_is_there_twice_is_hidden_both_times() -> None:
    text = '[{"account_id": "AB1234", "cred2": "canaryOfTheFirst", "cred2": "canaryOfTheOther"}]'
    assert masked(ACCOUNTS, read_json(text)).count(MASK) == 2
    assert "canary" not in masked(ACCOUNTS, read_json(text))


def test_a_secret_written_as_a_number_is_hidden() -> None:
    assert json.loads(shown([PRIMARY | {"cred2": 123456789012}]))[0]["cred2"] == "••••9012"
    assert returned(shown([PRIMARY | {"cred2": 12}]), [PRIMARY | {"cred2": 12}])[0][0]["cred2"] == 12


def test_lines_stay_where_they_are() -> None:
    text = json.dumps([PRIMARY, SECONDARY], indent=2)
    lines = masked(ACCOUNTS, read_json(text)).splitlines()
    assert [a == b for a, b in zip(text.splitlines(), lines, strict=True)].count(False) == 4


def test_the_other_files_have_no_secrets() -> None:
    text = '{"trade_log": {"key_file": "google-key.json"}}'
    assert masked("copier.json", read_json(text)) == text
    assert unmasked("copier.json", text, None) == (text, [])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_masking_and_unmasking_is_nothing_at_all(data: st.DataObject) -> None:
    text = data.draw(laid_out(data.draw(accounts(credential=SECRET))))
    document = read_json(text)
    hidden = masked(ACCOUNTS, document)
    for row in document.value:
        for key in KEYS:
            if len(row.get(key, "")) > 8 and not row[key].startswith(("env:", "vault:")):
                assert json.dumps(row[key])[1:-1] not in hidden
    assert unmasked(ACCOUNTS, hidden, document) == (text, [])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_each_secret_finds_its_account_again_wherever_that_moved(data: st.DataObject) -> None:
    rows = data.draw(accounts(credential=SECRET))
    document = read_json(data.draw(laid_out(rows)))
    moved = data.draw(st.permutations(json.loads(masked(ACCOUNTS, document))))
    kept = moved[: data.draw(st.integers(1, len(moved)))]
    for row in kept:
        row["mode"] = "off"
    whole, problems = unmasked(ACCOUNTS, data.draw(laid_out(kept)), document)
    assert problems == []
    by_id = {row["account_id"]: row for row in read_json(document.text).value}
    for row in read_json(whole).value:
        assert [row.get(key) for key in KEYS] == [by_id[row["account_id"]].get(key) for key in KEYS]


def changed(index: int, **values: object) -> str:
    rows = json.loads(shown([PRIMARY, SECONDARY]))
    rows[index] |= values
    return json.dumps(rows, indent=2)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (changed(1, account_id="EF9012"), [(11, "$[1].cred1"), (12, "$[1].cred2")]),
        (changed(1, cred2="••••9999"), [(12, "$[1].cred2")]),
        (changed(1, cred2="••••567"), [(12, "$[1].cred2")]),
        (changed(1, api_secret="••••5678"), [(15, "$[1].api_secret")]),
        (changed(1, account_id=7), [(11, "$[1].cred1"), (12, "$[1].cred2")]),
        ('[\n"••••"]', [(2, "$[0]")]),
    ],
)
def test_a_mask_that_stands_for_nothing_is_a_problem_at_its_line(
    text: str, where: list[tuple[int, str]]
) -> None:
    assert returned(text, [PRIMARY, SECONDARY])[1] == where


def test_a_new_credential_is_taken_as_it_is() -> None:
    value, problems = returned(changed(1, cred2="vault:NEW"), [PRIMARY, SECONDARY])
    assert problems == []
    assert value == [PRIMARY, SECONDARY | {"cred2": "vault:NEW"}]


def test_an_account_that_is_there_twice_keeps_what_can_be_told_apart() -> None:
    twice = [PRIMARY, SECONDARY, SECONDARY | {"cred1": "keyOfSomebodyElse", "cred2": "another5678"}]
    rows = json.loads(shown(twice))
    value, problems = returned(json.dumps([rows[0], rows[2]], indent=2), twice)
    assert problems == []
    assert value == [twice[0], twice[2]]
    ambiguous = [SECONDARY, SECONDARY | {"cred2": "anotherTokenThatEnds5678"}]
    assert returned(json.dumps([json.loads(shown(ambiguous))[0]], indent=2), ambiguous)[1] == [
        (5, "$[0].cred2")
    ]


def test_a_text_that_is_no_json_is_left_for_checking_to_refuse() -> None:
    assert unmasked(ACCOUNTS, '[{"cred2": "••••', read_json("[]")) == ('[{"cred2": "••••', [])


def test_only_the_end_of_a_long_secret_is_told() -> None:
    assert mask_of("x" * 100 + "1234") == "••••1234"
