"""What is open and may be cancelled, state by state, and what of it is wanted afterwards."""

from typing import Any

import pytest

from app.domain.cancelling import is_over_for_operator, units_kept, why_no_cancel
from app.domain.copies import Copy, Leg
from app.domain.copies import CopyState as S
from app.domain.reasons import Reason, ReasonCode
from tests.builders.copies import a_copy, a_leg

AT_BROKER = {S.OPEN, S.TRIGGER_PENDING, S.PARTIAL, S.SENDING, S.IN_DOUBT}
LEFT = Reason(ReasonCode.PRIMARY_LEFT, "…")
ENTRY = {"opening_units": 50}
EXIT = {"closing_units": 50}
TURN = {"closing_units": 30, "opening_units": 20}


def _cancelled(*legs: Leg, units: int, **changes: Any) -> Copy:
    by_operator = Reason(ReasonCode.CANCELLED_BY_OPERATOR, "…")
    return a_copy(*legs, **{"withdrawn": by_operator, "most_units": units, **changes})


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("kind", [ENTRY, EXIT, TURN], ids=["entry", "exit", "turn"])
def test_open_is_what_may_be_at_the_broker_and_an_entry_that_has_not_left(
    state: S, kind: dict[str, int]
) -> None:
    is_open = state in AT_BROKER or (state is S.PENDING and kind is not EXIT)
    assert (why_no_cancel(a_copy(a_leg(state), **kind)) is None) is is_open


def test_one_slice_at_the_broker_makes_the_copy_open_whatever_became_of_the_others() -> None:
    copy = a_copy(a_leg(S.REJECTED), a_leg(S.OPEN, number=1), **EXIT)
    assert why_no_cancel(copy) is None


def test_an_earlier_generation_that_rests_makes_the_copy_open() -> None:
    assert why_no_cancel(a_copy(a_leg(S.OPEN), a_leg(S.REJECTED, generation=1), **ENTRY)) is None


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        (a_copy(), "skip it"),
        (a_copy(a_leg(S.FILLED)), "It is FILLED"),
        (a_copy(a_leg(S.PENDING), **EXIT), "not held back"),
        (_cancelled(a_leg(S.OPEN), units=0, **ENTRY), "under way already"),
        (_cancelled(a_leg(S.PENDING), units=30, **TURN), "under way already"),
        (_cancelled(a_leg(S.PENDING), units=0, **TURN), "under way already"),
    ],
)
def test_each_refusal_says_why(copy: Copy, said: str) -> None:
    assert said in (why_no_cancel(copy) or "")


def test_what_was_kept_to_close_may_be_cancelled_once_it_rests() -> None:
    assert why_no_cancel(_cancelled(a_leg(S.OPEN), units=30, **TURN)) is None


def test_what_was_withdrawn_by_a_rule_may_be_cancelled_by_the_operator() -> None:
    assert why_no_cancel(_cancelled(a_leg(S.OPEN), units=0, withdrawn=LEFT)) is None


@pytest.mark.parametrize("state", sorted(AT_BROKER))
def test_nothing_is_kept_of_what_may_be_at_the_broker(state: S) -> None:
    assert units_kept(a_copy(a_leg(S.PENDING), a_leg(state, number=1), **TURN)) == 0


def test_what_has_not_left_keeps_what_it_closes() -> None:
    assert [units_kept(a_copy(a_leg(S.PENDING), **kind)) for kind in (ENTRY, TURN)] == [0, 30]


def test_only_what_nothing_is_wanted_of_is_over() -> None:
    assert is_over_for_operator(_cancelled(a_leg(), units=0))
    assert not is_over_for_operator(_cancelled(a_leg(), units=30))
    assert not is_over_for_operator(_cancelled(a_leg(), units=0, withdrawn=LEFT))
    assert not is_over_for_operator(a_copy(a_leg()))
