"""Every strange answer at once, each to an account of its own: seen, survived, and nothing sent twice."""

import asyncio
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from tests.builders.meddler import Meddling
from tests.builders.strange_answers import STRANGE, STRANGE_ORDER_IDS
from tests.builders.strange_day import HEALTHY, LOST, Account, StrangeDay
from tests.builders.strange_rows import ASKED, STRANGE_LISTS

_numbers = count(2000)
HIDDEN = STRANGE_LISTS["a list without our orders"].rewrite
"""While strange answers come to orders, their lists are silent: which is first would be a race."""
PLACING = {
    f"placing: {name}": {"place": Meddling(says=said), "list": Meddling(rewrites=HIDDEN)}
    for name, said in (STRANGE | STRANGE_ORDER_IDS).items()
}
BELIEVED = {
    f"placing: {name}": "OPEN"
    for name in ("an order_id of nineteen digits, of no order", "an answer twice over")
}
"""Order numbers that might be true."""
READING = {
    f"reading: {name}": {"list": Meddling(says=said, is_passed_on=False)} for name, said in STRANGE.items()
}
ROWS = {
    f"rows: {name}": {"place": LOST, "list": Meddling(rewrites=strange.rewrite)}
    for name, strange in STRANGE_LISTS.items()
}
ACCOUNTS = {name: f"PA{next(_numbers)}" for name in (*PLACING, *READING, *ROWS)}
EXPECTED = (
    dict.fromkeys(PLACING, ASKED)
    | BELIEVED
    | dict.fromkeys(READING, "")
    | {f"rows: {name}": strange.state for name, strange in STRANGE_LISTS.items()}
)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> StrangeDay:
    folder = tmp_path_factory.mktemp("strange")
    return _day_lived(folder)


@cache
def _day_lived(folder: Path) -> StrangeDay:
    cases = PLACING | READING | ROWS
    day = StrangeDay(
        {ACCOUNTS[name]: case for name, case in cases.items()},
        {ACCOUNTS[name]: state for name, state in EXPECTED.items()},
    )
    asyncio.run(day.run(folder))
    return day


def seen(day: StrangeDay, name: str) -> Account:
    """Return what was seen of the account of a case, after what holds for each of them."""
    account = day.accounts[ACCOUNTS[name]]
    assert account.met, "it never got its strange answer"
    assert len(account.placed) == len(set(account.placed)) == 3, "each order once, whatever came back"
    assert account.row["state"] == "ready"
    assert account.row["looking_fails"] is None
    return account


@pytest.mark.parametrize("name", [f"placing: {name}" for name in STRANGE])
def test_an_order_that_is_answered_strangely_is_in_doubt_and_then_found_by_its_tag(
    day: StrangeDay, name: str
) -> None:
    account = seen(day, name)
    assert "ANSWER_LOST" in account.reasons
    assert (account.meanwhile, account.states["INFY"][-1]) == (ASKED, "FILLED")
    assert not {"FAILED", "REJECTED", "NEEDS_OPERATOR"} & set(account.states["INFY"])


@pytest.mark.parametrize("name", [f"placing: {name}" for name in STRANGE_ORDER_IDS])
def test_a_strange_order_id_neither_fails_a_copy_nor_stands_for_it(day: StrangeDay, name: str) -> None:
    account = seen(day, name)
    assert not {"FAILED", "REJECTED", "NEEDS_OPERATOR"} & set(account.states["INFY"])
    assert (account.meanwhile, account.states["INFY"][-1]) == (EXPECTED[name], "FILLED")
    assert all(order_id.isdigit() and len(order_id) < 20 for order_id in account.order_ids)


@pytest.mark.parametrize("name", list(READING))
def test_an_order_list_that_is_none_is_said_on_the_accounts_row(day: StrangeDay, name: str) -> None:
    account = seen(day, name)
    assert all("the order list was not read" in failure for failure in account.failures)
    assert account.failures


@pytest.mark.parametrize("name", list(ROWS))
def test_a_strange_row_is_read_asked_about_or_told(day: StrangeDay, name: str) -> None:
    account, strange = seen(day, name), STRANGE_LISTS[name.removeprefix("rows: ")]
    assert account.meanwhile == strange.state
    told = [text for text in account.alerts if strange.told and strange.told in text]
    assert bool(told) == bool(strange.told), account.alerts
    assert len(told) == len(set(told)), "told once"
    if strange.state == ASKED:
        assert "ANSWER_LOST" in account.reasons


def test_two_healthy_accounts_saw_nothing_of_it(day: StrangeDay) -> None:
    for name in HEALTHY:
        account = day.accounts[name]
        assert (account.alerts, account.failures, len(account.placed)) == ([], [], 3)
        assert all(states[-1] == "FILLED" for states in account.states.values())
        assert not any("IN_DOUBT" in states for states in account.states.values())
