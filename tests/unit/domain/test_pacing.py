"""How many orders may leave when: the limits at their edges."""

import math

import pytest

from app.domain.pacing import Budget, Limits

NOON = 1_763_620_200.0
"""A whole minute."""


def spent(times: int, at_s: float = NOON, limits: Limits | None = None) -> Budget:
    budget = Budget(limits)
    for _ in range(times):
        budget.spend(at_s)
    return budget


@pytest.mark.parametrize(
    ("times", "is_urgent", "wait_s"),
    [(5, False, 0), (6, False, 1), (6, True, 0), (7, True, 0), (8, True, 1)],
)
def test_six_orders_a_second_and_eight_with_exits(times: int, is_urgent: bool, wait_s: float) -> None:
    assert spent(times, NOON + 0.25).wait_s(NOON + 0.25, is_urgent=is_urgent) == wait_s


def test_a_burst_at_the_end_of_a_second_leaves_nothing_for_the_start_of_the_next() -> None:
    budget = spent(8, NOON + 0.75)
    assert budget.wait_s(NOON + 1.25, is_urgent=True) == 0.5
    assert budget.wait_s(NOON + 1.75, is_urgent=True) == 0


def test_limits_of_nothing_let_nothing_leave() -> None:
    assert Budget(Limits(per_second=2, reserve=2)).wait_s(NOON, is_urgent=False) > 0


@pytest.mark.parametrize(
    ("times", "is_urgent", "wait_s"), [(339, False, 0), (340, False, 10), (359, True, 0), (360, True, 10)]
)
def test_a_full_minute_waits_for_the_next(times: int, is_urgent: bool, wait_s: float) -> None:
    assert spent(times).wait_s(NOON + 50, is_urgent=is_urgent) == wait_s


@pytest.mark.parametrize(
    ("times", "is_urgent", "wait_s"),
    [(4_699, False, 0), (4_700, False, math.inf), (4_799, True, 0), (4_800, True, math.inf)],
)
def test_the_days_last_orders_are_for_exits(times: int, is_urgent: bool, wait_s: float) -> None:
    assert spent(times).wait_s(NOON + 3600, is_urgent=is_urgent) == wait_s


@pytest.mark.parametrize(("times", "is_near"), [(3_999, False), (4_000, True)])
def test_the_operator_is_warned_from_four_thousand_orders_on(times: int, is_near: bool) -> None:
    assert spent(times).is_nearly_spent is is_near


def test_counts_of_long_past_seconds_are_dropped_and_the_days_are_not() -> None:
    budget = Budget()
    for second in range(1_000):
        budget.spend(NOON + second)
    assert len(budget._sent) <= 61
    assert budget.spent_today == 1_000


def test_what_waits_for_a_connection_counts_until_it_has_left() -> None:
    budget = Budget()
    for number in range(8):
        budget.let_go(f"tag {number}")
    assert budget.wait_s(NOON + 5, is_urgent=True) == 1.0
    for number in range(7):
        budget.left(f"tag {number}", NOON + 5)
    assert budget.wait_s(NOON + 5.5, is_urgent=True) == 0.5
    budget.came_back("tag 7")
    assert budget.wait_s(NOON + 5.5, is_urgent=True) == 0
    budget.left("tag 7", NOON + 5.5)
    assert budget.wait_s(NOON + 5.5, is_urgent=True) == 0
    assert budget.spent_today == 8
