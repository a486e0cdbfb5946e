"""Accounts files however somebody may have laid them out, for rules that hold of every layout."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

SPACE = st.text(st.sampled_from(" \t\n\r"), max_size=3)
SECRET = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
CREDENTIAL = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs", "Z"]), min_size=1, max_size=30)
NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
MULTIPLIER = st.decimals("0.000001", 1000, places=6).map(lambda number: f"{number:f}")


class Number(str):
    """Digits that are written without quotes."""

    __slots__ = ()


@st.composite
def accounts(draw: st.DrawFn, credential: st.SearchStrategy[str] = CREDENTIAL) -> list[dict[str, Any]]:
    """Return the rows of a valid accounts file: one primary, one to three secondaries."""
    rows = []
    for index in range(draw(st.integers(2, 4))):
        digits = draw(MULTIPLIER)
        row: dict[str, Any] = {
            "account_id": f"AB{index}",
            "cred1": draw(credential),
            "cred2": draw(credential),
            "ps_multiplier": draw(st.sampled_from([Number(digits), digits])),
            "primary": index == 0,
        }
        optional: dict[str, st.SearchStrategy[Any]] = {
            "name": NAME,
            "api_secret": credential,
            "max_quantity": st.integers(1, 1000),
            "symbols": st.just({"deny": ["YESBANK"], "allow": []}),
        }
        if index:
            optional |= {"enabled": st.booleans(), "mode": st.sampled_from(["on", "close_only", "off"])}
        chosen = draw(st.lists(st.sampled_from(sorted(optional)), unique=True))
        rows.append(row | {key: draw(optional[key]) for key in chosen})
    return draw(st.permutations(rows))


@st.composite
def laid_out(draw: st.DrawFn, value: Any) -> str:
    """Return a value as JSON with any space, any order of keys, and texts escaped or not."""

    def written(part: Any) -> str:
        match part:
            case dict():
                members = [pair(key, inner) for key, inner in draw(st.permutations(list(part.items())))]
                return _joined("{", members, "}", lambda: draw(SPACE))
            case list():
                return _joined("[", [written(each) for each in part], "]", lambda: draw(SPACE))
            case Number():
                return str(part)
        return json.dumps(part, ensure_ascii=draw(st.booleans()))

    def pair(key: str, inner: Any) -> str:
        return f"{json.dumps(key)}{draw(SPACE)}:{draw(SPACE)}{written(inner)}"

    return draw(SPACE) + written(value) + draw(SPACE)


def _joined(opening: str, parts: list[str], closing: str, space: Callable[[], str]) -> str:
    return opening + ",".join(space() + part + space() for part in parts) + space() + closing
