"""When a copy may be tried again, by itself or by the operator."""

from dataclasses import replace

import pytest

from app.domain.copies import CopyState as S
from app.domain.reasons import Reason, ReasonCode
from app.domain.retrying import back_off_s, may_try_again_by_itself, why_no_retry
from tests.builders.copies import a_copy, a_leg

RETRYABLE = {S.REJECTED, S.FAILED, S.EXPIRED, S.NEEDS_OPERATOR}


@pytest.mark.parametrize(("attempts", "may"), [(0, True), (4, True), (5, False), (6, False)])
def test_five_attempts_that_never_left_are_enough(attempts: int, may: bool) -> None:
    assert may_try_again_by_itself(attempts) is may


@pytest.mark.parametrize(
    ("attempts", "ceiling_s"),
    [(0, 0.25), (1, 0.25), (2, 0.5), (3, 1), (4, 2), (5, 4), (6, 8), (7, 8), (50, 8)],
)
def test_the_back_off_doubles_from_a_quarter_second_to_eight(attempts: int, ceiling_s: float) -> None:
    assert back_off_s(attempts, 0.0) == 0
    assert back_off_s(attempts, 0.5) == ceiling_s / 2


@pytest.mark.parametrize("state", list(S))
def test_exactly_what_came_to_nothing_may_be_retried(state: S) -> None:
    assert (why_no_retry(a_copy(a_leg(state)), state) is None) is (state in RETRYABLE)


@pytest.mark.parametrize(
    "open_state", [S.PENDING, S.SENDING, S.IN_DOUBT, S.OPEN, S.TRIGGER_PENDING, S.PARTIAL]
)
def test_no_retry_while_an_earlier_generation_is_in_doubt_or_alive(open_state: S) -> None:
    copy = a_copy(a_leg(open_state), a_leg(S.NEEDS_OPERATOR, generation=1))
    assert "may still trade" in (why_no_retry(copy, copy.state) or "")


def test_no_retry_while_another_slice_is_alive() -> None:
    copy = a_copy(a_leg(S.REJECTED), a_leg(S.OPEN, number=1))
    assert "may still trade" in (why_no_retry(copy, S.REJECTED) or "")


def test_no_retry_of_what_has_moved_on_since_the_operator_saw_it() -> None:
    refusal = why_no_retry(a_copy(a_leg(S.REJECTED)), S.NEEDS_OPERATOR)
    assert refusal == (
        "It is REJECTED now, it was NEEDS_OPERATOR on your screen. Look again before you retry."
    )


@pytest.mark.parametrize("newest", [S.REJECTED, S.FAILED, S.EXPIRED, S.NEEDS_OPERATOR])
def test_no_retry_where_an_earlier_order_was_found_filled_after_all(newest: S) -> None:
    copy = a_copy(a_leg(S.FILLED), a_leg(newest, generation=1))
    assert why_no_retry(copy, copy.state) is not None


@pytest.mark.parametrize("state", sorted(RETRYABLE))
def test_no_retry_of_what_ended_with_its_day(state: S) -> None:
    over = replace(a_leg(state), reason=Reason(ReasonCode.DAY_OVER, "The trading day ended."))
    assert "day is over" in (why_no_retry(a_copy(over), state) or "")


def test_one_slice_found_late_does_not_bar_the_retry_of_another() -> None:
    copy = a_copy(a_leg(S.FILLED), a_leg(S.NOT_SENT, generation=1), a_leg(S.REJECTED, number=1))
    assert why_no_retry(copy, S.REJECTED) is None
