"""What only the fake broker does: its twists. What it shares with a real one is in tests/contract."""

import asyncio

import pytest

from app.domain.copies import LegOrder
from app.domain.ids import ClientOrderId
from app.domain.orders import Side
from app.ports.broker import (
    Accepted,
    BrokerUnavailableError,
    NeverSent,
    NotPermitted,
    Outcome,
    Rejected,
    SessionExpired,
    SessionExpiredError,
    Unknown,
)
from tests.fakes.broker import FakeBroker, Twist
from tests.fakes.clock import FakeClock

TAG = ClientOrderId("TC" + "A" * 18)


def leg(order_type: str = "LIMIT") -> LegOrder:
    return LegOrder(
        exchange="NSE",
        tradingsymbol="INFY",
        side=Side.BUY,
        order_type=order_type,
        product="MIS",
        validity="DAY",
        quantity=10,
    )


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def broker(clock: FakeClock) -> FakeBroker:
    return FakeBroker("PA0002", clock=clock)


@pytest.mark.parametrize(
    ("twist", "outcome", "is_taken"),
    [
        (Twist.OK, Accepted, True),
        (Twist.REJECT, Rejected, False),
        (Twist.REJECT_LATER, Accepted, True),
        (Twist.NEVER_SENT, NeverSent, False),
        (Twist.NOT_PERMITTED, NotPermitted, False),
        (Twist.SESSION_EXPIRED, SessionExpired, False),
        (Twist.LOSE_ANSWER, Unknown, True),
        (Twist.LOSE_REQUEST, Unknown, False),
    ],
)
async def test_each_twist_answers_and_takes_as_named(
    broker: FakeBroker, twist: Twist, outcome: type[Outcome], is_taken: bool
) -> None:
    broker.script("place", twist)
    assert isinstance(await broker.place(leg(), TAG, lambda: True), outcome)
    assert [taken.tag for taken in broker.accepted] == [TAG] * is_taken
    assert len(broker.by_tag(TAG)) == is_taken


async def test_a_late_order_arrives_by_the_clock_and_once(broker: FakeBroker, clock: FakeClock) -> None:
    broker.script("place", Twist.ACCEPT_LATE)
    assert isinstance(await broker.place(leg(), TAG, lambda: True), Unknown)
    clock.advance(7.9)
    assert (await broker.order_list()).orders == ()
    clock.advance(0.2)
    assert len((await broker.order_list()).orders) == 1
    assert len(broker.accepted) == 1


async def test_a_slow_order_is_there_before_its_answer(broker: FakeBroker) -> None:
    broker.script("place", Twist.SLOW, Twist.HANG)
    slow = asyncio.create_task(broker.place(leg(), TAG, lambda: True))
    hung = asyncio.create_task(broker.place(leg(), TAG, lambda: True))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not slow.done()
    assert not hung.done()
    assert len(broker.by_tag(TAG)) == 1
    broker.release()
    assert isinstance(await slow, Accepted)
    assert isinstance(await hung, Unknown)
    assert len(broker.by_tag(TAG)) == 1


async def test_closing_ends_what_hangs_as_unknown(broker: FakeBroker) -> None:
    broker.always("place", Twist.SLOW)
    slow = asyncio.create_task(broker.place(leg(), TAG, lambda: True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await broker.close()
    assert isinstance(await slow, Unknown)
    assert isinstance(await broker.place(leg(), TAG, lambda: True), NeverSent)


async def test_reads_fail_expire_and_go_stale(broker: FakeBroker) -> None:
    await broker.order_list()
    await broker.place(leg(), TAG, lambda: True)
    broker.script("order_list", Twist.FAIL, Twist.STALE)
    with pytest.raises(BrokerUnavailableError):
        await broker.order_list()
    stale = await broker.order_list()
    assert stale.orders == ()
    assert stale.is_unchanged
    fresh = await broker.order_list()
    assert len(fresh.orders) == 1
    assert not fresh.is_unchanged
    broker.is_session_dead = True
    with pytest.raises(SessionExpiredError):
        await broker.order_list()


def test_two_accounts_never_share_an_order_id(clock: FakeClock) -> None:
    one, two = FakeBroker("PA0001", clock=clock), FakeBroker("PA0002", clock=clock)
    ids = [broker.desk.take(leg(), None).order_id for broker in (one, two, one, two)]
    assert len(set(ids)) == 4
    assert all(len(order_id) == 19 for order_id in ids)


def test_fills_add_up(broker: FakeBroker) -> None:
    order_id = broker.desk.take(leg(), TAG).order_id
    broker.fill(order_id, 4, "100")
    order = broker.fill(order_id, 6, "101")
    assert (order.status, order.filled_quantity) == ("COMPLETE", 10)
    assert str(order.average_price) == "100.6"
    with pytest.raises(ValueError, match="cannot be filled"):
        broker.fill(order_id)
