"""Midnight, and the mornings' dead tokens: what lasts, what is history, what goes on by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.engine.service import CopyOrders, ResumeCopying, SetMode, StopCopying
from tests.builders.copier import PRIMARY
from tests.builders.days import Days, over_days
from tests.fakes.broker import Twist

S1, S2 = AccountId("S1"), AccountId("S2")
EVENING = "2026-11-20 23:58:00"
HOSTS = [timedelta(0), timedelta(hours=5), timedelta(hours=-5)]


async def _an_evening_of_open_ends(days: Days) -> dict[str, str]:
    """Leave behind a resting copy, one in doubt, an exit that cannot leave, and one held under a stop."""
    resting = days.primary_places()
    await days.until(lambda: days.brokers[S1].accepted and days.brokers[S2].accepted)
    entry = days.primary_places(tradingsymbol="NIFTYFUT", exchange="NFO", quantity=65, order_type="MARKET")
    await days.until(lambda: len(days.brokers[S2].accepted) == 2)
    days.brokers[S2].is_session_dead = True
    await days.until(lambda: S2 in days.runtime.engine.state.blocked if days.runtime else False)
    leaving = days.primary_places(
        tradingsymbol="NIFTYFUT", exchange="NFO", quantity=65, order_type="MARKET", side=Side.SELL
    )
    await days.until(lambda: days.copy(leaving, "S2"))
    await days.at("2026-11-20 23:59:48")
    days.brokers[S1].script("place", Twist.LOSE_REQUEST)
    doubtful = days.primary_places()
    await days.until(lambda: _state(days, doubtful.order_id, "S1") is CopyState.IN_DOUBT)
    await days.command(SetMode, mode=CopyMode.MANUAL)
    await days.command(StopCopying)
    held = days.primary_places()
    await days.until(lambda: _state(days, held.order_id, "S1") is CopyState.HELD)
    return {
        "resting": resting.order_id,
        "entry": entry.order_id,
        "leaving": leaving.order_id,
        "doubtful": doubtful.order_id,
        "held": held.order_id,
    }


def _state(days: Days, order_id: str, account_id: str) -> CopyState | None:
    copies = days.runtime.engine.state.copies if days.runtime else {}
    return next((copy.state for key, copy in copies.items() if key == f"{order_id}:{account_id}"), None)


@pytest.mark.parametrize("host_ahead", HOSTS, ids=str)
def test_over_midnight_yesterday_is_history_and_only_the_switches_last(host_ahead: timedelta) -> None:
    async def scenario(days: Days) -> None:
        ids = await _an_evening_of_open_ends(days)
        sent = {id_: days.requests(id_) for id_ in (S1, S2)}
        await days.at("2026-11-21 00:00:30")
        assert (days.lives, len(days.ends)) == (2, 1)
        shown = days.snapshot()
        assert shown["status"]["trade_date"] == "2026-11-21"
        assert (shown["orders"], shown["copies"]) == ({}, {})
        assert shown["status"]["is_stopped"]
        assert shown["status"]["copy_mode"] == "manual"
        assert all(account["orders_today"] == 0 for account in shown["accounts"].values())
        assert all(account["strangers"] == [] for account in shown["accounts"].values())
        days.log_in(S2)
        await days.command(ResumeCopying)
        await days.at("2026-11-21 00:01:30")
        assert {id_: days.requests(id_) for id_ in (S1, S2)} == sent
        assert days.doubled() == []
        told = [text for text in days.alerts() if "2026-11-20" in text]
        assert len(told) == 4
        assert sum(ids["resting"] in text and "still rested" in text for text in told) == 2
        assert any(ids["doubtful"] in text and "never got a clear answer" in text for text in told)
        assert any(ids["leaving"] in text and "never sent" in text for text in told)

    over_days(EVENING, scenario, host_ahead=host_ahead)


def test_what_was_left_open_is_told_once_however_often_the_day_starts() -> None:
    async def scenario(days: Days) -> None:
        await _an_evening_of_open_ends(days)
        await days.at("2026-11-21 00:00:30")
        told = [text for text in days.alerts() if "2026-11-20" in text]
        await days.restart()
        await days.restart()
        assert [text for text in days.alerts() if "2026-11-20" in text] == told

    over_days(EVENING, scenario)


def test_the_new_day_copies_anew_under_other_tags() -> None:
    async def scenario(days: Days) -> None:
        days.primary_places()
        await days.until(lambda: days.brokers[S1].accepted)
        await days.at("2026-11-21 00:00:30")
        order = days.primary_places()
        await days.until(lambda: _state(days, order.order_id, "S1") is CopyState.OPEN)
        old, new = days.brokers[S1].accepted
        assert old.tag != new.tag
        assert set(days.snapshot()["orders"]) == {order.order_id}

    over_days(EVENING, scenario)


def test_an_order_of_yesterday_that_is_touched_today_is_never_copied_by_itself() -> None:
    async def scenario(days: Days) -> None:
        entry = days.primary_places(order_type="MARKET")
        await days.until(lambda: days.brokers[S1].accepted)
        leaving = days.primary_places(side=Side.SELL)
        await days.until(lambda: len(days.brokers[S1].accepted) == 2)
        await days.at("2026-11-21 00:00:30")
        days.brokers[PRIMARY].desk.update(entry.order_id)
        days.brokers[PRIMARY].desk.fill(leaving.order_id)
        for copy in list(days.brokers[S1].orders.values()):
            days.brokers[S1].desk.update(copy.order_id)
        await days.at("2026-11-21 00:01:30")
        assert len(days.brokers[S1].accepted) == 2
        assert days.snapshot()["orders"] == {}
        assert not [text for text in days.alerts() if "carries a tag" in text]
        assert days.doubled() == []

    over_days(EVENING, scenario)


def test_an_order_placed_the_evening_before_for_the_morning_counts_for_what_it_closes() -> None:
    async def scenario(days: Days) -> None:
        order = days.primary_places(order_type="MARKET")
        days.brokers[PRIMARY].desk.put(replace(order, variety="amo", status="AMO REQ RECEIVED"))
        await days.at("2026-11-21 00:00:30")
        assert days.snapshot()["orders"] == {}
        days.brokers[PRIMARY].desk.update(order.order_id, status="COMPLETE", filled_quantity=10)
        await days.until(lambda: order.order_id in days.snapshot()["orders"])

    over_days(EVENING, scenario)


def test_what_was_placed_while_the_day_changed_waits_for_the_operator() -> None:
    async def scenario(days: Days) -> None:
        await days.at("2026-11-21 00:00:01")
        order = days.primary_places()
        await days.at("2026-11-21 00:00:20")
        assert _state(days, order.order_id, "S1") is CopyState.HELD
        assert (await days.command(CopyOrders, orders=(order.order_id,))).accepted
        await days.until(lambda: _state(days, order.order_id, "S1") is CopyState.OPEN)

    over_days(EVENING, scenario)


def test_while_the_day_changes_nothing_leaves_and_commands_say_so() -> None:
    async def scenario(days: Days) -> None:
        order = days.primary_places()
        await days.until(lambda: days.brokers[S1].accepted)
        await days.at("2026-11-21 00:00:01")
        days.brokers[PRIMARY].desk.cancel(order.order_id)
        answer = await days.command(CopyOrders, orders=(order.order_id,))
        assert not answer.accepted
        assert "day is just changing" in answer.message
        await days.at("2026-11-21 00:00:30")
        assert days.requests("S1") == 1

    over_days(EVENING, scenario)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=str)
@pytest.mark.parametrize("minute", ["2026-11-20 23:59:", "2026-11-21 00:00:"])
def test_a_date_that_jumps_for_a_moment_changes_no_day_and_loses_no_news(
    jump: timedelta, minute: str
) -> None:
    async def scenario(days: Days) -> None:
        await days.at(f"{minute}06")
        order = days.primary_places()
        await days.until(lambda: _state(days, order.order_id, "S1") is CopyState.OPEN)
        await days.at(f"{minute}10")
        lives = days.lives
        days.brokers[PRIMARY].date_ahead = jump
        await days.at(f"{minute}11")
        days.brokers[PRIMARY].desk.update(order.order_id, price=order.price - 1)
        await days.at(f"{minute}13")
        days.brokers[PRIMARY].date_ahead = timedelta(0)
        await days.until(lambda: days.requests("S1") == 2)
        assert days.lives == lives

    over_days(EVENING, scenario)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=str)
def test_a_date_that_stays_wrong_over_midnight_doubles_nothing(jump: timedelta) -> None:
    async def scenario(days: Days) -> None:
        ids = await _an_evening_of_open_ends(days)
        sent = days.requests("S1")
        for broker in days.brokers.values():
            broker.date_ahead = jump
        await days.at("2026-11-21 00:00:30")
        for broker in days.brokers.values():
            broker.date_ahead = timedelta(0)
        await days.at("2026-11-21 00:01:30")
        assert days.snapshot()["status"]["trade_date"] == "2026-11-21"
        assert days.requests("S1") == sent
        assert days.doubled() == []
        assert ids["doubtful"] not in days.snapshot()["orders"]

    over_days(EVENING, scenario)


def test_dead_tokens_block_with_the_way_out_and_are_not_hammered() -> None:
    async def scenario(days: Days) -> None:
        await days.at("2026-11-20 06:00:00")
        for broker in days.brokers.values():
            broker.is_session_dead = True
        await days.at("2026-11-20 06:01:00")
        reads = {id_: broker.reads for id_, broker in days.brokers.items()}
        await days.at("2026-11-20 07:30:00")
        for id_, broker in days.brokers.items():
            assert broker.reads - reads[id_] <= 90 * 2 + 2, "two reads a minute at most"
            row = days.snapshot()["accounts"][id_]
            assert row["state"] == "blocked"
            assert row["reason"] is not None
            assert "Nothing is sent to it until then" in row["reason"]["text"]
            assert row["looking_fails"] is not None
            assert str(row["looking_fails_since"]).startswith("2026-11-20T06:00")

    over_days("2026-11-20 05:59:00", scenario)


def test_after_the_logins_it_goes_on_by_itself_with_what_is_young_enough() -> None:
    async def scenario(days: Days) -> None:
        for broker in days.brokers.values():
            broker.is_session_dead = True
        await days.at("2026-11-20 07:35:00")
        missed = days.primary_places()
        await days.at("2026-11-20 07:40:00")
        days.log_in(PRIMARY)
        days.log_in(S1)
        await days.until(lambda: days.snapshot()["accounts"][S1]["state"] == "ready")
        assert _state(days, missed.order_id, "S1") is CopyState.HELD
        stale = days.primary_places()
        await days.until(lambda: _state(days, stale.order_id, "S1") is CopyState.OPEN)
        await days.at("2026-11-20 07:42:30")
        young = days.primary_places()
        await days.until(lambda: _state(days, young.order_id, "S1") is CopyState.OPEN)
        assert days.requests("S2") == 0
        days.log_in(S2)
        await days.until(lambda: _state(days, young.order_id, "S2") is CopyState.OPEN)
        assert _state(days, stale.order_id, "S2") is CopyState.EXPIRED
        assert days.doubled() == []

    over_days("2026-11-20 07:30:00", scenario)


def test_without_any_account_to_tell_the_time_the_host_serves_until_one_does() -> None:
    """A host ten hours behind takes the morning for the evening before; the first login puts that right."""

    async def scenario(days: Days) -> None:
        for broker in days.brokers.values():
            broker.is_session_dead = True
        await days.restart()
        assert days.snapshot()["status"]["trade_date"] == "2026-11-19"
        days.log_in(S1)
        await days.until(lambda: _day(days) == "2026-11-20")
        lives = days.lives
        await days.at("2026-11-20 07:41:00")
        assert days.lives == lives

    over_days("2026-11-20 07:35:00", scenario, host_ahead=timedelta(hours=-10))


def _day(days: Days) -> str | None:
    return days.snapshot()["status"]["trade_date"] if days.runtime is not None else None
