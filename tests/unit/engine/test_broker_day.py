"""Which orders of a list are of an earlier day: by their stamps, and where there are none by their number."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.ids import AccountId, OrderId
from app.domain.session import from_ist_text
from app.engine.day import BrokerDay
from app.ports.broker import OrderList
from tests.builders.orders import an_order
from tests.fakes.clock import FakeClock

NOW = from_ist_text("2026-11-21 00:30:00")
_BEGAN_MS = 1_288_834_974_657


def _number(hours_ago: float) -> OrderId:
    moment = NOW - timedelta(hours=hours_ago)
    return OrderId(str((int(moment.timestamp() * 1000) - _BEGAN_MS) << 22))


def _shown(**changes: object) -> int:
    order = replace(an_order(), placed_at=None, updated_at=None, **changes)  # type: ignore[arg-type]  # named by the tests
    day = BrokerDay(FakeClock(NOW))
    day.begin()
    return len(day.of_today(AccountId("S1"), OrderList(orders=(order,))).orders)


@pytest.mark.parametrize(("hours_ago", "shown"), [(9.0, 0), (0.6, 0), (0.4, 1), (0.0, 1)])
def test_the_number_tells_the_day_of_an_order_without_stamps(hours_ago: float, shown: int) -> None:
    assert _shown(order_id=_number(hours_ago)) == shown


@pytest.mark.parametrize("number", ["261120000000007", "1930105234090000002"])
def test_a_number_that_tells_nothing_hides_no_order(number: str) -> None:
    assert _shown(order_id=OrderId(number)) == 1


def test_an_order_for_the_next_morning_is_not_of_the_day_it_was_placed_on() -> None:
    assert _shown(order_id=_number(9.0), variety="amo") == 1
