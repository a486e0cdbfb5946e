"""Merging over whole histories: whatever is lost, doubled or out of order, the truth comes out."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from app.domain.orders import TERMINAL, Order, merge
from tests.builders.orders import an_order, at

ENDS = ["COMPLETE", "CANCELLED", "REJECTED"]
WORKING = ["PUT ORDER REQ RECEIVED", "VALIDATION PENDING", "OPEN PENDING", "MODIFY PENDING", "CANCEL PENDING"]
STATUSES = st.sampled_from(["OPEN", "TRIGGER PENDING", *WORKING, *ENDS])


@st.composite
def histories(draw: st.DrawFn, min_step_s: int = 0) -> list[Order]:
    """One order as the broker had it: time never runs back, fills never shrink, nothing follows an end."""
    order = an_order(status="PUT ORDER REQ RECEIVED")
    history = [order]
    for status in draw(st.lists(STATUSES, min_size=1, max_size=8)):
        filled = draw(st.integers(order.filled_quantity, 50))
        step = timedelta(seconds=draw(st.integers(min_step_s, 2)))
        assert order.updated_at is not None
        order = replace(
            order,
            status=status,
            filled_quantity=50 if status == "COMPLETE" else filled,
            price=order.price + draw(st.integers(0, 1)),
            updated_at=order.updated_at + step,
        )
        history.append(order)
        if order.is_terminal:
            break
    return history


def deliveries(history: Sequence[Order]) -> st.SearchStrategy[list[Order]]:
    """Any reports of a history in any order: lost, doubled, late."""
    return st.lists(st.sampled_from(history), min_size=1, max_size=20)


REPORTS = st.builds(
    lambda status, filled, second, tags: an_order(
        status=status,
        filled_quantity=filled,
        updated_at=None if second is None else at(f"09:30:0{second}"),
        tags=tags,
    ),
    STATUSES,
    st.integers(0, 50),
    st.none() | st.integers(0, 3),
    st.lists(st.sampled_from(["a", "b", "mktp"]), unique=True).map(tuple),
)


@given(REPORTS, st.lists(st.tuples(REPORTS, st.booleans()), max_size=10))
def test_an_end_never_regresses_and_fills_never_shrink_even_for_nonsense(
    first: Order, reports: list[tuple[Order, bool]]
) -> None:
    known = first
    for seen, is_poll in reports:
        merged = merge(known, seen, is_poll=is_poll)
        assert merged.filled_quantity >= known.filled_quantity
        assert merged.is_terminal or not known.is_terminal
        assert set(merged.tags) == {*known.tags, *seen.tags}
        known = merged


@given(REPORTS, st.booleans())
def test_a_report_seen_twice_changes_nothing(order: Order, is_poll: bool) -> None:
    assert merge(order, order, is_poll=is_poll) == order


@given(st.data())
def test_any_order_of_pushes_of_one_history_ends_at_its_last_state(data: st.DataObject) -> None:
    history = data.draw(histories(min_step_s=1))
    shuffled = data.draw(st.permutations(history + data.draw(deliveries(history))))
    assert reduce(lambda known, seen: merge(known, seen, is_poll=False), shuffled) == history[-1]


@given(st.data())
def test_pushes_within_one_second_agree_about_end_and_fills_in_any_order(data: st.DataObject) -> None:
    history = data.draw(histories())
    shuffled = data.draw(st.permutations(history))
    merged = reduce(lambda known, seen: merge(known, seen, is_poll=False), shuffled)
    assert merged.filled_quantity == history[-1].filled_quantity
    assert merged.is_terminal == history[-1].is_terminal
    assert merged.updated_at == history[-1].updated_at
    if history[-1].is_terminal:
        assert merged == history[-1]


@given(st.data())
def test_an_order_list_after_any_pushes_settles_what_they_left_open(data: st.DataObject) -> None:
    history = data.draw(histories())
    pushes = data.draw(deliveries(history))
    known = reduce(lambda known, seen: merge(known, seen, is_poll=False), pushes)
    assert merge(known, history[-1], is_poll=True) == history[-1]


@given(st.data())
def test_a_stale_order_list_takes_nothing_back_but_within_its_second(data: st.DataObject) -> None:
    history = data.draw(histories())
    stale = data.draw(st.sampled_from(history))
    merged = merge(history[-1], stale, is_poll=True)
    if stale.updated_at != history[-1].updated_at or history[-1].phase in TERMINAL:
        assert merged == history[-1]


@given(st.data())
def test_an_order_stays_as_old_as_it_is_however_its_stamps_move(data: st.DataObject) -> None:
    history = [replace(order, placed_at=order.updated_at) for order in data.draw(histories())]
    shuffled = data.draw(st.permutations(history))
    merged = reduce(lambda known, seen: merge(known, seen, is_poll=True), shuffled)
    assert merged.seniority == history[0].seniority
