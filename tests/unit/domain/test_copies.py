"""What a copy's legs make of it: its state in one word, its quantities, and what is still open."""

import pytest

from app.domain.copies import CopyState as S
from app.domain.copies import IllegalMoveError, check_move, roll_up, state_of
from tests.builders.copies import a_copy, a_leg, a_leg_order
from tests.builders.orders import an_order


@pytest.mark.parametrize(
    ("status", "filled", "state"),
    [
        ("OPEN", 0, S.OPEN),
        ("OPEN", 20, S.PARTIAL),
        ("PUT ORDER REQ RECEIVED", 0, S.OPEN),
        ("CANCEL PENDING", 20, S.PARTIAL),
        ("TRIGGER PENDING", 0, S.TRIGGER_PENDING),
        ("COMPLETE", 50, S.FILLED),
        ("CANCELLED", 0, S.CANCELLED),
        ("CANCELLED", 20, S.CANCELLED),
        ("REJECTED", 0, S.REJECTED),
    ],
)
def test_a_leg_is_what_the_broker_reports_of_its_order(status: str, filled: int, state: S) -> None:
    assert state_of(an_order(status=status, filled_quantity=filled)) is state


def test_staying_put_is_legal_even_at_an_end() -> None:
    for state in S:
        check_move("TC", state, state)


def test_an_illegal_move_names_the_leg_and_both_states() -> None:
    with pytest.raises(IllegalMoveError, match="Leg TCX cannot move from FILLED to OPEN"):
        check_move("TCX", S.FILLED, S.OPEN)


@pytest.mark.parametrize(
    ("states", "summary"),
    [
        ((S.FILLED, S.FILLED), S.FILLED),
        ((S.NOT_SENT, S.NOT_SENT), S.NOT_SENT),
        ((S.IN_DOUBT, S.NEEDS_OPERATOR), S.NEEDS_OPERATOR),
        ((S.FILLED, S.IN_DOUBT, S.REJECTED), S.IN_DOUBT),
        ((S.FILLED, S.REJECTED), S.REJECTED),
        ((S.OPEN, S.FAILED), S.FAILED),
        ((S.PENDING, S.EXPIRED), S.EXPIRED),
        ((S.PENDING, S.DENIED), S.DENIED),
        ((S.FILLED, S.SENDING, S.PENDING), S.SENDING),
        ((S.FILLED, S.PENDING), S.PENDING),
        ((S.OPEN, S.PARTIAL), S.PARTIAL),
        ((S.OPEN, S.FILLED), S.PARTIAL),
        ((S.TRIGGER_PENDING, S.FILLED), S.PARTIAL),
        ((S.CANCELLED, S.OPEN), S.OPEN),
        ((S.NOT_SENT, S.TRIGGER_PENDING), S.TRIGGER_PENDING),
        ((S.FILLED, S.CANCELLED), S.CANCELLED),
        ((S.CANCELLED, S.NOT_SENT), S.CANCELLED),
        ((S.FILLED, S.NOT_SENT), S.CANCELLED),
    ],
)
def test_slices_roll_up_to_the_word_that_needs_most_attention(states: tuple[S, ...], summary: S) -> None:
    assert roll_up(states) is summary
    assert roll_up(states[::-1]) is summary


def test_a_copy_without_legs_is_what_was_decided() -> None:
    copy = a_copy(idle_state=S.SKIPPED)
    assert (copy.state, copy.generation, copy.quantity, copy.is_exit) == (S.SKIPPED, 0, 0, False)


def test_a_retried_slice_counts_in_its_newest_generation() -> None:
    old, new = a_leg(S.REJECTED), a_leg(S.FILLED, generation=1, order=a_leg_order(quantity=30))
    copy = a_copy(new, old, a_leg(S.FILLED, number=1))
    assert (copy.state, copy.generation, copy.quantity) == (S.FILLED, 1, 80)
    assert [(leg.number, leg.generation) for leg in copy.current_legs] == [(0, 1), (1, 0)]


@pytest.mark.parametrize("nothing", [S.NOT_SENT, S.DENIED, S.EXPIRED, S.FAILED, S.REJECTED])
@pytest.mark.parametrize("found", [S.OPEN, S.TRIGGER_PENDING, S.PARTIAL, S.FILLED, S.CANCELLED])
def test_a_late_found_order_counts_where_its_retry_came_to_nothing(found: S, nothing: S) -> None:
    copy = a_copy(a_leg(found), a_leg(nothing, generation=1))
    assert copy.state is found
    assert copy.generation == 1


@pytest.mark.parametrize("state", [S.PENDING, S.SENDING, S.IN_DOUBT, S.NEEDS_OPERATOR])
def test_a_late_found_order_does_not_hide_a_retry_that_is_still_open(state: S) -> None:
    assert a_copy(a_leg(S.FILLED), a_leg(state, generation=1)).state is state


def test_a_late_found_order_that_rests_is_not_hidden_by_its_filled_retry() -> None:
    assert a_copy(a_leg(S.OPEN), a_leg(S.FILLED, generation=1)).state is S.PARTIAL


def test_a_late_find_of_one_slice_says_nothing_of_another() -> None:
    copy = a_copy(a_leg(S.FILLED), a_leg(S.REJECTED, number=1), a_leg(S.FAILED, number=1, generation=1))
    assert copy.state is S.FAILED


def test_fills_count_over_all_generations() -> None:
    copy = a_copy(a_leg(S.REJECTED, filled_quantity=20), a_leg(generation=1, filled_quantity=5))
    assert copy.filled_quantity == 25


@pytest.mark.parametrize(
    ("closing", "opening", "is_exit"), [(0, 50, False), (49, 1, False), (50, 0, True), (0, 0, False)]
)
def test_a_copy_is_an_exit_when_it_closes_and_opens_nothing(
    closing: int, opening: int, is_exit: bool
) -> None:
    assert a_copy(a_leg(), closing_units=closing, opening_units=opening).is_exit is is_exit


@pytest.mark.parametrize(
    ("state", "is_open"),
    [(s, s in {S.OPEN, S.TRIGGER_PENDING, S.PARTIAL, S.PENDING, S.SENDING, S.IN_DOUBT}) for s in S],
)
def test_any_generation_that_may_still_trade_leaves_a_question_open(state: S, is_open: bool) -> None:
    assert a_copy(a_leg(state), a_leg(S.FAILED, generation=1)).has_open_question is is_open
