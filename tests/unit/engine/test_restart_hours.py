"""A restart at any hour of the day, on hosts whose clock is right or wrong: nothing is sent twice or lost."""

from datetime import timedelta

import pytest

from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.session import from_ist_text
from app.engine.service import CopyOrders, ResumeCopying, StopCopying
from tests.builders.copier import PRIMARY
from tests.builders.days import Days, over_days
from tests.fakes.broker import Twist

S1, S2, S3 = AccountId("S1"), AccountId("S2"), AccountId("S3")
MULTIPLIERS = {"S1": "1", "S2": "1", "S3": "2"}
HOURS = ["00:00:01", "05:59:00", "06:01:00", "09:14:59", "09:15:00", "15:19:00", "15:31:00", "23:59:59"]
HOSTS = {"right": 0, "ahead": 5, "behind": -5}
LEAD_S = 40


@pytest.mark.parametrize("hours_wrong", HOSTS.values(), ids=HOSTS)
@pytest.mark.parametrize("hour", HOURS)
def test_a_restart_at_any_hour_doubles_and_loses_nothing(hour: str, hours_wrong: int) -> None:
    moment = from_ist_text(f"2026-11-20 {hour}")
    start = (moment - timedelta(seconds=LEAD_S)).strftime("%Y-%m-%d %H:%M:%S")

    async def scenario(days: Days) -> None:
        orders = await _build_up(days)
        await days.at(moment.strftime("%Y-%m-%d %H:%M:%S"))
        await days.restart(down_s=2)
        await days.until(lambda: _is_recovered(days), within_s=30)
        is_new_day = hour in {"00:00:01", "23:59:59"}
        if is_new_day:
            await _check_that_yesterday_is_history(days, orders)
        else:
            await _check_that_the_day_goes_on(days, orders)
        assert days.doubled() == []

    over_days(start, scenario, multipliers=MULTIPLIERS, host_ahead=timedelta(hours=hours_wrong))


async def _build_up(days: Days) -> dict[str, str]:
    """Have an open copy, one whose answer was lost, a parked exit and a held order; tell what was placed."""
    resting = days.primary_places()
    await days.until(lambda: all(days.brokers[id_].accepted for id_ in (S1, S2, S3)))
    entry = days.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65, order_type="MARKET")
    await days.until(lambda: all(len(days.brokers[id_].accepted) == 2 for id_ in (S1, S2, S3)))
    days.brokers[S3].is_session_dead = True
    leaving = days.primary_places(
        exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65, order_type="MARKET", side=Side.SELL
    )
    await days.until(lambda: len(days.brokers[S1].accepted) == 3)
    await days.until(lambda: _state(days, leaving.order_id, S3) is CopyState.PENDING)
    days.brokers[S1].script("place", Twist.LOSE_ANSWER)
    days.brokers[S1].always("order_list", Twist.FAIL)
    days.brokers[S2].script("place", Twist.LOSE_REQUEST)
    lost = days.primary_places(quantity=20)
    await days.until(lambda: _state(days, lost.order_id, S2) is CopyState.IN_DOUBT)
    await days.command(StopCopying)
    held = days.primary_places(quantity=30)
    await days.until(lambda: _state(days, held.order_id, S2) is CopyState.HELD)
    return {
        "resting": resting.order_id,
        "entry": entry.order_id,
        "leaving": leaving.order_id,
        "lost": lost.order_id,
        "held": held.order_id,
    }


async def _check_that_the_day_goes_on(days: Days, orders: dict[str, str]) -> None:
    """Everything is where it was, is settled, and leaves once it may."""
    assert days.lives == 2
    assert set(days.snapshot()["orders"]) == set(orders.values())
    assert _state(days, orders["lost"], S1) is CopyState.IN_DOUBT
    days.brokers[S1].always("order_list", Twist.OK)
    await days.until(lambda: _state(days, orders["lost"], S1) is CopyState.OPEN)
    await days.until(lambda: _state(days, orders["lost"], S2) is CopyState.NEEDS_OPERATOR)
    assert _state(days, orders["resting"], S1) is CopyState.OPEN
    assert _state(days, orders["held"], S1) is CopyState.HELD
    before = [days.requests(id_) for id_ in (S1, S2, S3)]
    days.log_in(S3)
    await days.at(_later(days, 5))
    assert [days.requests(id_) for id_ in (S1, S2, S3)] == before, "a stop lasts over the restart"
    await days.command(ResumeCopying)
    await days.until(lambda: _state(days, orders["leaving"], S3) is CopyState.FILLED)
    await days.command(CopyOrders, orders=(orders["held"],))
    await days.until(lambda: _state(days, orders["held"], S1) is CopyState.OPEN)
    assert sum(order.signed_fill for order in days.brokers[S3].orders.values()) == 0
    days.brokers[PRIMARY].desk.cancel(orders["resting"])
    await days.until(lambda: _state(days, orders["resting"], S1) is CopyState.CANCELLED)


async def _check_that_yesterday_is_history(days: Days, orders: dict[str, str]) -> None:
    """Nothing of it is sent any more, and what it left open was told."""
    before = [days.requests(id_) for id_ in (S1, S2, S3)]
    days.brokers[S1].always("order_list", Twist.OK)
    days.log_in(S3)
    await days.command(ResumeCopying)
    await days.at(_later(days, 60))
    assert [days.requests(id_) for id_ in (S1, S2, S3)] == before
    assert (days.snapshot()["orders"], days.snapshot()["copies"]) == ({}, {})
    told = " ".join(days.alerts())
    assert all(orders[name] in told for name in ("lost", "leaving"))
    fresh = days.primary_places(quantity=40)
    await days.until(lambda: _state(days, fresh.order_id, S1) is CopyState.OPEN)


def _is_recovered(days: Days) -> bool:
    is_up = days.runtime is not None and days.snapshot()["status"]["looked_at"] is not None
    return is_up and days.runtime is not None and bool(days.runtime.engine.lanes[S2].looked_at_s)


def _state(days: Days, order_id: str, account_id: AccountId) -> CopyState | None:
    copies = days.runtime.engine.state.copies if days.runtime else {}
    return next((copy.state for key, copy in copies.items() if key == f"{order_id}:{account_id}"), None)


def _later(days: Days, seconds: float) -> str:
    return (days.truth.now() + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
