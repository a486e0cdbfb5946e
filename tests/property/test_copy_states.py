"""The table of moves against the protocol: where legs may go, and what a copy of any legs says."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.domain.copies import (
    ALIVE,
    MOVES,
    NEEDS_ATTENTION,
    RETRYABLE,
    Copy,
    IllegalMoveError,
    check_move,
    roll_up,
)
from app.domain.copies import CopyState as S
from app.domain.retrying import why_no_retry
from tests.builders.copies import a_copy, a_leg

FINAL_AT_BROKER = {S.FILLED, S.CANCELLED, S.REJECTED}
AT_BROKER = FINAL_AT_BROKER | {S.OPEN, S.TRIGGER_PENDING, S.PARTIAL}
LEG_STATES = st.sampled_from([s for s in S if s not in {S.HELD, S.SKIPPED}])


def reachable(start: S) -> set[S]:
    found, todo = {start}, [start]
    while todo:
        new = MOVES[todo.pop()] - found
        found |= new
        todo.extend(new)
    return found


def test_the_table_has_a_row_for_every_state() -> None:
    assert set(MOVES) == set(S)


def test_every_state_can_be_reached_from_where_a_copy_begins() -> None:
    assert reachable(S.HELD) == set(S)
    assert reachable(S.PENDING) == set(S) - {S.HELD, S.SKIPPED}


def test_what_is_final_at_the_broker_never_moves() -> None:
    assert all(not MOVES[state] for state in FINAL_AT_BROKER)


def test_only_what_came_to_nothing_or_needs_the_operator_may_be_retried() -> None:
    assert {S.REJECTED, S.FAILED, S.EXPIRED, S.NEEDS_OPERATOR} == RETRYABLE


def test_nothing_but_proof_brings_a_sent_leg_back_to_the_queue() -> None:
    """From in doubt there is no way back to unsent: what may be under way is never sent again."""
    assert {state for state in S if S.PENDING in MOVES[state]} == {S.HELD, S.SENDING}
    assert {state for state in S if S.SENDING in MOVES[state]} == {S.PENDING}
    assert not reachable(S.IN_DOUBT) & {S.PENDING, S.SENDING, S.HELD}


@pytest.mark.parametrize("state", [S.IN_DOUBT, S.NEEDS_OPERATOR, S.FAILED, S.EXPIRED, S.NOT_SENT])
def test_a_late_find_adopts_whatever_the_broker_says(state: S) -> None:
    assert MOVES[state] >= AT_BROKER


def test_what_may_still_trade_is_never_retryable() -> None:
    assert not ALIVE & RETRYABLE


@given(LEG_STATES, LEG_STATES)
def test_a_move_is_refused_exactly_where_the_table_has_none(old: S, new: S) -> None:
    if new is old or new in MOVES[old]:
        check_move("TC", old, new)
    else:
        with pytest.raises(IllegalMoveError):
            check_move("TC", old, new)


@given(st.lists(LEG_STATES, min_size=1, max_size=10))
def test_no_slice_that_needs_attention_is_hidden_by_the_others(states: list[S]) -> None:
    summary = roll_up(tuple(states))
    assert (summary in NEEDS_ATTENTION) is any(state in NEEDS_ATTENTION for state in states)
    if S.NEEDS_OPERATOR in states:
        assert summary is S.NEEDS_OPERATOR


@given(st.lists(LEG_STATES, min_size=1, max_size=10))
def test_a_copy_that_may_still_trade_never_reads_as_ended_well(states: list[S]) -> None:
    if any(state in ALIVE for state in states):
        assert roll_up(tuple(states)) not in {S.FILLED, S.CANCELLED, S.NOT_SENT}


@given(st.lists(LEG_STATES, min_size=1, max_size=10))
def test_a_copy_reads_filled_only_where_every_slice_is(states: list[S]) -> None:
    assert (roll_up(tuple(states)) is S.FILLED) is (set(states) == {S.FILLED})


class Retries(RuleBasedStateMachine):
    """One slice over its generations: legal moves, and retries wherever they are not refused."""

    states: list[S]

    @initialize()
    def plan(self) -> None:
        self.states = [S.PENDING]
        self.history = [[S.PENDING]]

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        generation = data.draw(st.integers(0, len(self.states) - 1))
        legal = sorted(MOVES[self.states[generation]])
        if legal:
            self.states[generation] = data.draw(st.sampled_from(legal))
            self.history[generation].append(self.states[generation])

    @rule()
    def retry(self) -> None:
        copy = self.copy()
        if why_no_retry(copy, copy.state) is None:
            assert not FINAL_AT_BROKER - {S.REJECTED} & set(self.states), "it would trade twice"
            assert not ALIVE & set(self.states), "two of them may trade"
            self.states.append(S.PENDING)
            self.history.append([S.PENDING])

    @invariant()
    def an_end_at_the_broker_is_the_end(self) -> None:
        for steps in self.history:
            assert not FINAL_AT_BROKER & set(steps[:-1])
            assert all(new in MOVES[old] for old, new in pairwise(steps))

    @invariant()
    def a_fill_is_never_shown_as_nothing(self) -> None:
        if S.FILLED in self.states:
            assert self.copy().state not in {S.NOT_SENT, S.DENIED, S.REJECTED, S.FAILED, S.EXPIRED}

    @invariant()
    def what_may_trade_is_never_shown_as_ended(self) -> None:
        if ALIVE & set(self.states):
            assert self.copy().state in ALIVE | {S.NEEDS_OPERATOR}

    def copy(self) -> Copy:
        return a_copy(*(a_leg(state, generation=number) for number, state in enumerate(self.states)))


TestRetries = Retries.TestCase
TestRetries.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
