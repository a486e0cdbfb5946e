"""The Indian trading day, at its edges."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.session import IST, from_ist_text, trade_date

NAIVE = datetime(2026, 11, 20, 9, 15)  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 20, 18, 29, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 20, 18, 30, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 20, 18, 45, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 20, 23, 59, 59, tzinfo=IST), date(2026, 11, 20)),
        (datetime(2026, 11, 21, 0, 0, tzinfo=IST), date(2026, 11, 21)),
        (datetime(2026, 12, 31, 18, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_india(moment: datetime, day: date) -> None:
    assert trade_date(moment) == day


def test_a_time_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="Expected an aware datetime"):
        trade_date(NAIVE)


def test_kites_stamps_are_indian_time() -> None:
    opening = from_ist_text("2026-11-20 09:15:00")
    assert opening == datetime(2026, 11, 20, 3, 45, tzinfo=UTC)
    assert opening.utcoffset() == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    "text",
    ["", "09:15:00", "2026-11-20", "2026-11-20T09:15:00", "2026-11-20 09:15:00+05:30", "2026-02-30 09:15:00"],
)
def test_any_other_text_is_no_stamp(text: str) -> None:
    with pytest.raises(ValueError, match=r"Expected YYYY|day"):
        from_ist_text(text)
