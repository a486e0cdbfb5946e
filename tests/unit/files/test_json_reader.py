"""JSON is read exactly, with the line of every part, and refused where it is not JSON."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.adapters.files.json_reader import JsonError, line_of, read_json, shown

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=150, deadline=None)
@given(value=VALUES, indent=st.none() | st.integers(0, 3), is_ascii=st.booleans())
def test_reads_what_the_standard_library_reads(value: Any, indent: int | None, is_ascii: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    document = read_json(text)
    assert document.value == value
    for path, (start, end) in document.spans.items():
        part = value
        for key in path:
            part = part[key]
        assert json.loads(text[start:end]) == part


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.sampled_from('{}[],:"0123456789.eE+-truefalsn \n\\'), max_size=20))
def test_refuses_what_the_standard_library_refuses(text: str) -> None:
    assert _outcome(_ours, text) == _outcome(_standard, text)


def _ours(text: str) -> Any:
    return read_json(text).value


def _standard(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _outcome(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except (JsonError, ValueError, RecursionError):
        return JsonError


def test_numbers_are_exact() -> None:
    assert read_json("[2.30, 1e400, 7]").value == [Decimal("2.30"), Decimal("1e400"), 7]


def test_lines_are_those_of_the_keys() -> None:
    document = read_json('\n{"a":\n  [1,\n   {"b": 2}]}')
    assert document.line(()) == 2
    assert document.line(("a",)) == 2
    assert document.line(("a", 0)) == 3
    assert document.line(("a", 1, "b")) == 4
    assert document.line(("a", 1, "not there")) == 4


def test_duplicate_keys_are_collected_with_their_place() -> None:
    document = read_json('[{"a": 1,\n"a": 2}]')
    assert [(shown(path), line_of(document.text, at)) for path, at in document.duplicates] == [("$[0].a", 2)]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "A value is expected here."),
        ('{"a": 1,\n "b" 2}', 2, "A colon is expected here, after the key."),
        ('{"a": 1\n "b": 2}', 2, 'A comma or "}" is expected here.'),
        ("[1\n2]", 2, 'A comma or "]" is expected here.'),
        ("[1,\n]", 1, 'A comma must not stand before "]".'),
        ('{"a": 1,\n}', 1, 'A comma must not stand before "}".'),
        ("{'a': 1}", 1, "A key in double quotes is expected here."),
        ('{"a": 2,5}', 1, "A key in double quotes is expected here."),
        ('{"a":\n NaN}', 2, "NaN is no number."),
        ('{"a": -Infinity}', 1, "-Infinity is no number."),
        ("[" + "9" * 31 + "]", 1, "A number with more than 30 characters."),
        ("[0." + "9" * 31 + "]", 1, "A number with more than 30 characters."),
        ("[" * 30, 1, "Nested deeper than 20 levels."),
        ("[1] // note", 1, "The file goes on after the end of its JSON."),
        ('["\\ud800"]', 1, "Half of a character (a lone surrogate) stands here."),
        ('["a\nb"]', 1, "Invalid control character at."),
        ('["a', 1, "Unterminated string starting at."),
    ],
)
def test_says_what_is_wrong_and_where(text: str, line: int, reason: str) -> None:
    with pytest.raises(JsonError) as caught:
        read_json(text)
    assert (line_of(text, caught.value.offset), caught.value.reason) == (line, reason)
