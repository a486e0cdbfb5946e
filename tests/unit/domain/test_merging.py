"""Two reports of one order: which of them is believed, case by case."""

from datetime import datetime

import pytest

from app.domain.orders import merge
from tests.builders.orders import an_order, at

EARLIER, LATER = at("09:30:00"), at("09:30:01")


@pytest.mark.parametrize("is_poll", [True, False])
@pytest.mark.parametrize("end", ["COMPLETE", "CANCELLED", "REJECTED"])
def test_an_end_stays_whatever_comes_after_it(end: str, is_poll: bool) -> None:
    ended = an_order(status=end, updated_at=EARLIER)
    seen = an_order(status="OPEN", updated_at=LATER)
    assert merge(ended, seen, is_poll=is_poll).status == end


@pytest.mark.parametrize("is_poll", [True, False])
@pytest.mark.parametrize("stamp", [EARLIER, LATER, None])
def test_an_end_is_believed_whatever_its_stamp(stamp: datetime | None, is_poll: bool) -> None:
    known = an_order(status="OPEN", updated_at=LATER)
    seen = an_order(status="CANCELLED", updated_at=stamp)
    assert merge(known, seen, is_poll=is_poll).status == "CANCELLED"


def test_more_filled_is_believed_even_with_an_older_stamp() -> None:
    known = an_order(filled_quantity=10, updated_at=LATER)
    assert merge(known, an_order(filled_quantity=20, updated_at=EARLIER), is_poll=False).filled_quantity == 20


def test_less_filled_is_never_believed_not_even_from_a_newer_order_list() -> None:
    known = an_order(filled_quantity=20, updated_at=EARLIER)
    assert merge(known, an_order(filled_quantity=10, updated_at=LATER), is_poll=True) == known


def test_a_fill_that_came_after_the_cancellation_report_is_added_to_it() -> None:
    known = an_order(status="CANCELLED", filled_quantity=10)
    assert merge(known, an_order(status="CANCELLED", filled_quantity=20), is_poll=True).filled_quantity == 20


@pytest.mark.parametrize("is_poll", [True, False])
def test_an_older_stamp_does_not_bring_an_old_price_back(is_poll: bool) -> None:
    known = an_order(price=101, updated_at=LATER)
    assert merge(known, an_order(price=100, updated_at=EARLIER), is_poll=is_poll).price == 101


def test_a_newer_stamp_brings_the_new_price() -> None:
    known = an_order(price=100, updated_at=EARLIER)
    assert merge(known, an_order(price=101, updated_at=LATER), is_poll=False).price == 101


def test_within_one_second_a_push_does_not_take_a_resting_order_back_to_work() -> None:
    known = an_order(status="OPEN")
    assert merge(known, an_order(status="MODIFY PENDING"), is_poll=False).status == "OPEN"


def test_within_one_second_a_push_may_take_an_order_forward() -> None:
    known = an_order(status="OPEN PENDING")
    assert merge(known, an_order(status="OPEN"), is_poll=False).status == "OPEN"


def test_within_one_second_the_order_list_has_the_last_word() -> None:
    known = an_order(status="OPEN")
    assert merge(known, an_order(status="MODIFY PENDING"), is_poll=True).status == "MODIFY PENDING"


def test_a_push_without_a_stamp_is_no_newer_than_what_is_known() -> None:
    known = an_order(status="OPEN")
    assert merge(known, an_order(status="OPEN PENDING", updated_at=None), is_poll=False).status == "OPEN"


def test_a_tag_once_seen_is_not_lost_by_a_report_without_it() -> None:
    known = an_order(tags=("TCX",), updated_at=EARLIER)
    assert merge(known, an_order(tags=("mktp",), updated_at=LATER), is_poll=True).tags == ("TCX", "mktp")


def test_a_stale_report_still_tells_its_tags() -> None:
    known = an_order(status="COMPLETE")
    merged = merge(known, an_order(status="OPEN", tags=("mktp",)), is_poll=False)
    assert (merged.status, merged.tags) == ("COMPLETE", ("mktp",))


def test_an_order_keeps_the_earliest_moment_at_which_it_was_placed() -> None:
    """Kite moves order_timestamp with each change: a later one would make an entry younger than its exit."""
    known = an_order(placed_at=at("09:15:00"))
    moved = an_order(placed_at=at("09:40:00"), status="COMPLETE", filled_quantity=50)
    assert merge(known, moved, is_poll=True).placed_at == at("09:15:00")


def test_a_report_without_a_placing_moment_does_not_lose_the_known_one() -> None:
    known = an_order(placed_at=at("09:15:00"))
    assert merge(known, an_order(placed_at=None), is_poll=True).placed_at == at("09:15:00")
    assert merge(an_order(placed_at=None), an_order(placed_at=None), is_poll=True).placed_at is None
