"""Single values change in their place, and nothing else does, whatever the layout."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.adapters.files.editing import with_access_token, with_secrets_of, with_values
from app.adapters.files.json_reader import read_json
from app.ports.config_editor import ConfigNotFoundError
from app.ports.config_store import ConfigRefusedError
from tests.builders.config_folder import PRIMARY, SECONDARY
from tests.builders.config_texts import MULTIPLIER, accounts, laid_out


def edited(
    text: str, account_id: str = "CD5678", *, multiplier: str | None = None, mode: str | None = None
) -> str:
    return with_values(read_json(text), account_id, multiplier, mode)


def outside(before: str, after: str) -> tuple[str, str]:
    """Return what two texts begin and end with in common, as far as it covers the shorter one."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return before[:head], before[len(before) - tail :]


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_only_the_multiplier_changes_in_any_layout(data: st.DataObject) -> None:
    rows = data.draw(accounts())
    text, digits = data.draw(laid_out(rows)), data.draw(MULTIPLIER)
    index = data.draw(st.sampled_from([i for i, row in enumerate(rows) if not row["primary"]]))
    before = read_json(text)
    after = with_values(before, rows[index]["account_id"], digits, None)

    start, end = before.spans[index, "ps_multiplier"]
    assert after.startswith(text[:start])
    assert after.endswith(text[end:])
    value = read_json(after).value
    written = value[index]["ps_multiplier"]
    assert isinstance(written, str) == isinstance(before.value[index]["ps_multiplier"], str)
    assert Decimal(written) == Decimal(digits)
    value[index]["ps_multiplier"] = before.value[index]["ps_multiplier"]
    assert value == before.value


@settings(max_examples=200, deadline=None)
@given(data=st.data(), mode=st.sampled_from(["on", "close_only", "off"]))
def test_only_the_mode_changes_in_any_layout(data: st.DataObject, mode: str) -> None:
    rows = data.draw(accounts())
    text = data.draw(laid_out(rows))
    index = data.draw(st.sampled_from(range(len(rows))))
    before = read_json(text)
    assume(before.value[index].get("enabled") is not False)
    after = with_values(before, rows[index]["account_id"], None, mode)

    value = read_json(after).value
    assert value[index].get("mode", "on") == mode
    was = before.value[index].pop("mode", None)
    value[index].pop("mode", None)
    assert value == before.value
    head, tail = outside(text, after)
    if was is None:
        assert head + tail == text, "a new key is put in, and nothing is taken out"
    else:
        start, end = before.spans[index, "mode"]
        assert after.startswith(text[:start])
        assert after.endswith(text[end:])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[{"account_id":"CD5678","primary":false}]',
            '[{"account_id":"CD5678","primary":false,"mode":"off"}]',
        ),
        (
            '[{"account_id": "CD5678", "primary": false, "x": 1}]',
            '[{"account_id": "CD5678", "primary": false, "mode": "off", "x": 1}]',
        ),
        (
            '[\n\t{\n\t\t"account_id" : "CD5678",\n\t\t"primary" : false\n\t}\n]',
            '[\n\t{\n\t\t"account_id" : "CD5678",\n\t\t"primary" : false,\n\t\t"mode" : "off"\n\t}\n]',
        ),
        (
            '[{ "primary": false,\r\n  "account_id": "CD5678"\r\n}]',
            '[{ "primary": false,\r\n  "mode": "off",\r\n  "account_id": "CD5678"\r\n}]',
        ),
        (
            '[{"primary": false,\n "x": 1, "account_id": "CD5678"}]',
            '[{"primary": false,\n "mode": "off",\n "x": 1, "account_id": "CD5678"}]',
        ),
        (
            '[{"account_id": "CD5678", "ps_multiplier": 1}]',
            '[{"account_id": "CD5678", "ps_multiplier": 1, "mode": "off"}]',
        ),
    ],
)
def test_a_missing_key_is_put_in_in_the_file_s_own_style(before: str, after: str) -> None:
    assert edited(before, mode="off") == after


def text_of(**changes: Any) -> str:
    return json.dumps([PRIMARY, SECONDARY | changes], indent=2)


@pytest.mark.parametrize("same", ["2.5", "2.50", "002.5"])
def test_what_says_the_same_already_is_left_alone(same: str) -> None:
    assert edited(text_of(), multiplier=same, mode="on") == text_of()
    assert edited(text_of(ps_multiplier="2.500"), multiplier=same) == text_of(ps_multiplier="2.500")
    assert edited(text_of(enabled=False), mode="off") == text_of(enabled=False)


@pytest.mark.parametrize(("given", "written"), [("3", 3), ("007", 7), ("0.5", 0.5), ("0", 0), ("2.30", 2.3)])
def test_numbers_are_written_as_json_has_them(given: str, written: float) -> None:
    assert json.loads(edited(text_of(), multiplier=given))[1]["ps_multiplier"] == written


def test_a_disabled_account_is_enabled_when_it_is_switched_on() -> None:
    changed = edited(text_of(enabled=False, mode="on"), mode="close_only")
    assert changed == text_of(enabled=True, mode="close_only")


def test_multiplier_and_mode_change_together() -> None:
    assert edited(text_of(mode="off"), multiplier="4", mode="on") == text_of(ps_multiplier=4, mode="on")


@pytest.mark.parametrize("digits", ["", "2,5", "-1", "1e3", "٣", " 2", "2.", ".5", '1}, {"x": 1'])
def test_what_is_no_multiplier_is_refused(digits: str) -> None:
    with pytest.raises(ConfigRefusedError, match="A number with a decimal point") as caught:
        edited(text_of(), multiplier=digits)
    assert caught.value.problems[0].line == 13


def test_what_is_no_mode_is_refused() -> None:
    with pytest.raises(ConfigRefusedError, match="one of on, close_only, off"):
        edited(text_of(), mode='off", "x": "')


def test_the_primarys_multiplier_is_not_edited() -> None:
    with pytest.raises(ConfigRefusedError, match="primary's multiplier is not used"):
        edited(text_of(), "AB1234", multiplier="3")


@pytest.mark.parametrize("text", ["[]", "{}", '"CD5678"', '[{"account_id": "X"}]', '["CD5678"]'])
def test_an_account_that_is_not_there_is_not_found(text: str) -> None:
    with pytest.raises(ConfigNotFoundError, match="CD5678"):
        edited(text, mode="off")


def test_an_account_that_is_there_twice_is_not_guessed() -> None:
    with pytest.raises(ConfigRefusedError, match="there twice"):
        edited(json.dumps([SECONDARY, SECONDARY]), mode="off")


def test_an_entry_without_its_keys_is_not_filled_in() -> None:
    with pytest.raises(ConfigRefusedError, match="The key primary is missing"):
        edited('[{"account_id": "CD5678"}]', mode="off")


def test_a_new_access_token_takes_the_place_of_the_old_one_and_of_nothing_else() -> None:
    text = json.dumps([PRIMARY, SECONDARY]).replace("2.5", "2.50").replace(", ", ",\r\n\t")
    after = with_access_token(read_json(text), "CD5678", 'new "token"')
    assert after == text.replace('"canaryTokenOfCD5678"', '"new \\"token\\""')


def restored(version: list[dict[str, Any]], present: list[dict[str, Any]]) -> tuple[Any, tuple[str, ...]]:
    text, kept = with_secrets_of(read_json(json.dumps(version)), read_json(json.dumps(present)))
    return json.loads(text), kept


def test_an_old_version_takes_the_credentials_of_today() -> None:
    today = [SECONDARY | {"cred2": "today"}, PRIMARY | {"api_secret": "vault:S"}]
    value, kept = restored([PRIMARY, SECONDARY | {"ps_multiplier": 4}], today)
    assert kept == ("AB1234", "CD5678")
    assert value == [
        {**PRIMARY, "api_secret": "vault:S"},
        {**SECONDARY, "ps_multiplier": 4, "cred2": "today"},
    ]


def test_an_account_that_is_gone_comes_back_with_its_own_credentials() -> None:
    assert restored([PRIMARY, SECONDARY], [PRIMARY]) == ([PRIMARY, SECONDARY], ())
    twice = [PRIMARY, SECONDARY | {"cred1": "a"}, SECONDARY | {"cred1": "b"}]
    assert restored([PRIMARY, SECONDARY], twice) == ([PRIMARY, SECONDARY], ())


def test_a_proxy_is_a_credential_and_the_way_out_is_not() -> None:
    old, new = ({"proxy": f"http://{word}@10.0.0.1:3128"} for word in ("old", "new"))
    value, kept = restored([SECONDARY | {"egress": old}], [SECONDARY | {"egress": new}])
    assert (value, kept) == ([SECONDARY | {"egress": new}], ("CD5678",))
    way = {"source_address": "203.0.113.7"}
    assert restored([SECONDARY | {"egress": way}], [SECONDARY | {"egress": new}])[0][0]["egress"] == way
    assert "egress" not in restored([SECONDARY], [SECONDARY | {"egress": new}])[0][0]
    assert restored([SECONDARY | {"egress": old}], [SECONDARY])[0][0]["egress"] == old
