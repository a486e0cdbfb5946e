"""When to look for an order whose answer was lost, and when it counts as absent."""

import pytest

from app.domain.reconciliation import find_by_tag, is_absent, next_look_s
from tests.builders.orders import an_order

ONE, TWO = "TC" + "A2" * 9, "TC" + "B3" * 9


@pytest.mark.parametrize(
    ("age_s", "next_s"),
    [
        (0, 0.3),
        (0.29, 0.3),
        (0.3, 0.7),
        (0.7, 1.5),
        (1.5, 3),
        (2.9, 3),
        (3, 8),
        (7.9, 8),
        (8, 13),
        (29, 33),
        (3600, 3603),
    ],
)
def test_looks_come_quickly_at_first_and_then_every_five_seconds(age_s: float, next_s: float) -> None:
    assert next_look_s(age_s) == next_s


@pytest.mark.parametrize(
    ("age_s", "clean_looks", "absent"),
    [
        (30, 3, True),
        (29.999, 3, False),
        (30, 2, False),
        (29.999, 100, False),
        (10_000, 2, False),
        (31, 4, True),
    ],
)
def test_absence_takes_thirty_seconds_and_three_clean_looks(
    age_s: float, clean_looks: int, absent: bool
) -> None:
    assert is_absent(age_s, clean_looks) is absent


def test_orders_are_found_by_our_tags_only() -> None:
    mine, other = an_order(order_id="1", tags=("x", ONE, "mktp")), an_order(order_id="2", tags=(TWO,))
    stranger = an_order(order_id="3", tags=("x",))
    assert find_by_tag([mine, stranger, other]) == {ONE: [mine], TWO: [other]}


def test_two_orders_under_one_tag_are_both_shown() -> None:
    first, second = an_order(order_id="1", tags=(ONE,)), an_order(order_id="2", tags=(ONE,))
    assert find_by_tag([first, second]) == {ONE: [first, second]}
