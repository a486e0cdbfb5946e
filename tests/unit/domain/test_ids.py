"""Names: the tag of a known intent, and which tags are ours."""

from datetime import date, datetime

import pytest

from app.domain.ids import AccountId, OrderId, client_order_id, copy_id, is_our_tag, moment_told_by
from app.domain.session import IST


def test_a_copy_is_named_by_its_primary_order_and_its_account() -> None:
    assert copy_id(OrderId("1953341975595868160"), AccountId("SA0001")) == "1953341975595868160:SA0001"


def test_the_tag_of_an_intent_is_the_same_in_every_version_of_tandem() -> None:
    """Another spelling would leave orders unfound that an earlier version placed the same day."""
    tag = client_order_id(
        bytes(range(32)),
        trade_date=date(2026, 11, 20),
        primary=AccountId("PA0001"),
        primary_order_id=OrderId("1953341975595868160"),
        secondary=AccountId("SA0001"),
        leg=0,
        generation=0,
    )
    assert tag == "TCBYLYKX2YWK64YJEZRK"


@pytest.mark.parametrize(
    ("tag", "is_ours"),
    [
        ("TC" + "A" * 18, True),
        ("TC" + "Z7" * 9, True),
        ("TC" + "A" * 17, False),
        ("TC" + "A" * 19, False),
        ("XX" + "A" * 18, False),
        ("tc" + "a" * 18, False),
        ("TC" + "A" * 17 + "1", False),
        ("TC" + "A" * 18 + "\n", False),
        ("", False),
    ],
)
def test_a_tag_is_ours_by_its_form(tag: str, is_ours: bool) -> None:
    assert is_our_tag(tag) is is_ours


def test_a_number_of_nineteen_digits_tells_when_its_order_was_placed() -> None:
    """The order of this number has the stamp 2025-08-07 11:56:33 in Kite's documentation."""
    moment_s = moment_told_by(OrderId("1953341975595868160"))
    assert moment_s is not None
    assert datetime.fromtimestamp(moment_s, IST).isoformat() == "2025-08-07T11:56:32.978000+05:30"


@pytest.mark.parametrize("number", ["250117800776785", "195334197559586816A", "19533419755958681600", ""])
def test_other_numbers_tell_no_moment(number: str) -> None:
    assert moment_told_by(OrderId(number)) is None
