"""Market phases: every boundary of a week, and that a phase ends where the next begins."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.market_hours import MarketPhase, market_at
from app.domain.session import IST


def ist(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=IST)


@pytest.mark.parametrize(
    ("moment", "phase", "until"),
    [
        ("2026-11-20 00:00:00", MarketPhase.CLOSED, "2026-11-20 09:00:00"),
        ("2026-11-20 08:59:59", MarketPhase.CLOSED, "2026-11-20 09:00:00"),
        ("2026-11-20 09:00:00", MarketPhase.PRE_OPEN, "2026-11-20 09:15:00"),
        ("2026-11-20 09:14:59", MarketPhase.PRE_OPEN, "2026-11-20 09:15:00"),
        ("2026-11-20 09:15:00", MarketPhase.OPEN, "2026-11-20 15:40:00"),
        ("2026-11-20 15:39:59", MarketPhase.OPEN, "2026-11-20 15:40:00"),
        ("2026-11-20 15:40:00", MarketPhase.CLOSED, "2026-11-23 09:00:00"),
        ("2026-11-21 10:00:00", MarketPhase.CLOSED, "2026-11-23 09:00:00"),
        ("2026-11-22 23:59:59", MarketPhase.CLOSED, "2026-11-23 09:00:00"),
        ("2026-11-23 23:59:59", MarketPhase.CLOSED, "2026-11-24 09:00:00"),
    ],
)
def test_the_week_from_boundary_to_boundary(moment: str, phase: MarketPhase, until: str) -> None:
    market = market_at(ist(moment))
    assert (market.phase, market.until) == (phase, ist(until))


def test_the_zone_of_the_moment_does_not_matter() -> None:
    moment = ist("2026-11-20 09:15:00")
    assert market_at(moment) == market_at(moment.astimezone(UTC))


@given(st.integers(0, 700 * 24 * 3600 * 10))
def test_a_phase_lasts_until_it_says_and_then_is_another(tenths: int) -> None:
    moment = ist("2026-01-01 00:00:00") + timedelta(seconds=tenths / 10)
    market = market_at(moment)
    last = market.until - timedelta(microseconds=1)
    assert moment <= last
    assert market_at(last) == market
    assert market_at(market.until).phase is not market.phase
