"""What every Broker must do, numbered: checked on Kite's adapter over the exchange, and on the fake."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import TypeVar

import pytest

from app.domain.amending import Modification
from app.domain.copies import LegOrder
from app.domain.ids import ClientOrderId, OrderId
from app.domain.orders import Order, OrderType, Phase, Side
from app.ports.broker import (
    Accepted,
    BrokerUnavailableError,
    NeverSent,
    NotPermitted,
    OrderList,
    Outcome,
    Rejected,
    SessionExpired,
    SessionExpiredError,
    Unknown,
)
from tests.builders.eventually import eventually_async
from tests.builders.exchange import ExchangeServer, running_exchange
from tests.contract.broker_rigs import SYMBOL, BrokerRig, FakeRig, KiteRig, Mishap

T = TypeVar("T")

_numbers = count(1000)
_DIGITS = str.maketrans("0123456789", "ABCDEFGHIJ")


@pytest.fixture(scope="module")
def exchange() -> Iterator[ExchangeServer]:
    with running_exchange(accounts=1) as running:
        running.control("POST", "/prices", {"key": f"NSE:{SYMBOL}", "is_frozen": True})
        yield running


@pytest.fixture(params=["fake", "kite"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[BrokerRig]:
    made: BrokerRig
    if request.param == "fake":
        made = FakeRig()
    else:
        exchange: ExchangeServer = request.getfixturevalue("exchange")
        key = f"NSE:{SYMBOL}"
        price = Decimal(str(exchange.kite().ltp(key)[key]["last_price"]))
        made = KiteRig(exchange, f"PA{next(_numbers)}", price)
    yield made
    await made.broker.close()


def new_tag() -> ClientOrderId:
    return ClientOrderId("TC" + str(next(_numbers)).translate(_DIGITS).rjust(18, "A"))


def whole(price: Decimal) -> Decimal:
    return price.quantize(Decimal(1))


def order_of(rig: BrokerRig, order_type: str = "MARKET", **changes: object) -> LegOrder:
    """An order of 10; a LIMIT rests well below the market, an SL waits well above."""
    values: dict[str, object] = {
        "exchange": "NSE",
        "tradingsymbol": SYMBOL,
        "side": Side.BUY,
        "order_type": order_type,
        "product": "MIS",
        "validity": "DAY",
        "quantity": 10,
    }
    if order_type == "LIMIT":
        values["price"] = whole(rig.price * Decimal("0.97"))
    elif order_type in {"SL", "SL-M"}:
        values["trigger_price"] = whole(rig.price * Decimal("1.02"))
        values["price"] = whole(rig.price * Decimal("1.03")) if order_type == "SL" else Decimal(0)
    if order_type in {"MARKET", "SL-M"}:
        values["market_protection"] = Decimal(-1)
    return LegOrder(**{**values, **changes})  # type: ignore[arg-type]  # named fields of the order


async def place(rig: BrokerRig, order: LegOrder, tag: ClientOrderId | None = None) -> Outcome:
    return await rig.broker.place(order, tag or new_tag(), lambda: True)


async def placed(rig: BrokerRig, order: LegOrder, tag: ClientOrderId | None = None) -> OrderId:
    outcome = await place(rig, order, tag)
    assert isinstance(outcome, Accepted), outcome
    return outcome.order_id


async def shown(rig: BrokerRig, order_id: OrderId) -> Order | None:
    orders = (await rig.broker.order_list()).orders
    return next((order for order in orders if order.order_id == order_id), None)


async def comes_true(condition: Callable[[], Awaitable[T]], what: str = "it") -> T:
    value: T = await eventually_async(condition, what=what)
    return value


async def until(rig: BrokerRig, order_id: OrderId, *phases: Phase) -> Order:
    """Read the order list until the order is in one of these phases."""

    async def there() -> Order | None:
        order = await shown(rig, order_id)
        return order if order and order.phase in phases else None

    order = await comes_true(there, f"{order_id} in {phases}")
    assert order is not None
    return order


async def found_by_tag(rig: BrokerRig, tag: str) -> list[Order]:
    return [order for order in (await rig.broker.order_list()).orders if tag in order.tags]


async def test_tc_b01_an_accepted_order_is_in_the_list_under_its_tag_as_asked(rig: BrokerRig) -> None:
    tag = new_tag()
    asked = order_of(rig, "LIMIT")
    order_id = await placed(rig, asked, tag)
    assert isinstance(order_id, str)
    assert rig.taken() == [tag]
    order = await until(rig, order_id, Phase.OPEN)
    assert (order.account_id, order.our_tags) == (rig.broker.account_id, (tag,))
    assert (order.instrument, order.side, order.product) == (f"NSE:{SYMBOL}", Side.BUY, "MIS")
    assert (order.order_type, order.price, order.quantity) == (OrderType.LIMIT, asked.price, 10)
    assert (order.variety, order.validity, order.filled_quantity) == ("regular", "DAY", 0)


async def test_tc_b02_a_market_order_with_protection_fills_and_still_reads_as_one(rig: BrokerRig) -> None:
    order = await until(rig, await placed(rig, order_of(rig)), Phase.FILLED)
    assert (order.intended_type, order.filled_quantity) == (OrderType.MARKET, 10)
    assert order.average_price > 0


@pytest.mark.parametrize("order_type", ["SL", "SL-M"])
async def test_tc_b03_a_stop_order_waits_for_its_trigger(rig: BrokerRig, order_type: str) -> None:
    asked = order_of(rig, order_type)
    order = await until(rig, await placed(rig, asked), Phase.TRIGGER_PENDING)
    assert (order.intended_type, order.trigger_price) == (order_type, asked.trigger_price)


async def test_tc_b04_stamps_are_aware_and_on_the_brokers_own_clock(rig: BrokerRig) -> None:
    order = await until(rig, await placed(rig, order_of(rig, "LIMIT")), Phase.OPEN)
    broker_time = (await rig.broker.order_list()).broker_time
    assert isinstance(broker_time, datetime)
    assert order.placed_at is not None
    assert 0 <= (broker_time - order.placed_at).total_seconds() + 1 < 600


async def test_tc_b05_a_no_at_the_last_moment_sends_nothing_and_is_asked_once(rig: BrokerRig) -> None:
    order_id = await placed(rig, order_of(rig, "LIMIT"))
    asked = []

    def may_send() -> bool:
        asked.append(1)
        return False

    outcomes = [
        await rig.broker.place(order_of(rig), new_tag(), may_send),
        await rig.broker.modify(order_id, Modification(quantity=5), may_send),
        await rig.broker.cancel(order_id, may_send),
    ]
    assert all(isinstance(outcome, NeverSent) and outcome.is_stopped for outcome in outcomes)
    assert len(asked) == 3
    assert [rig.arrivals(call) for call in ("place", "modify", "cancel")] == [1, 0, 0]


async def test_tc_b06_a_modification_sets_absolute_values_and_leaves_the_rest(rig: BrokerRig) -> None:
    asked = order_of(rig, "LIMIT")
    order_id = await placed(rig, asked)
    await until(rig, order_id, Phase.OPEN)
    price = asked.price - 1
    for change in (Modification(quantity=7), Modification(price=price)):
        assert isinstance(await rig.broker.modify(order_id, change, lambda: True), Accepted)
        await until(rig, order_id, Phase.OPEN)

    async def changed() -> bool:
        order = await shown(rig, order_id)
        return order is not None and (order.quantity, order.price) == (7, price)

    await comes_true(changed)


async def test_tc_b07_a_limit_order_can_be_made_a_market_order(rig: BrokerRig) -> None:
    order_id = await placed(rig, order_of(rig, "LIMIT"))
    await until(rig, order_id, Phase.OPEN)
    change = Modification(order_type="MARKET", market_protection=Decimal(-1))
    assert isinstance(await rig.broker.modify(order_id, change, lambda: True), Accepted)
    assert (await until(rig, order_id, Phase.FILLED)).filled_quantity == 10


async def test_tc_b08_a_resting_order_can_be_cancelled(rig: BrokerRig) -> None:
    order_id = await placed(rig, order_of(rig, "LIMIT"))
    await until(rig, order_id, Phase.OPEN)
    assert isinstance(await rig.broker.cancel(order_id, lambda: True), Accepted)
    assert (await until(rig, order_id, Phase.CANCELLED)).filled_quantity == 0


async def test_tc_b09_what_has_ended_or_never_was_cannot_be_changed(rig: BrokerRig) -> None:
    order_id = await placed(rig, order_of(rig))
    await until(rig, order_id, Phase.FILLED)
    for target in (order_id, OrderId("1900000000000000000")):
        for outcome in (
            await rig.broker.cancel(target, lambda: True),
            await rig.broker.modify(target, Modification(quantity=5), lambda: True),
        ):
            assert isinstance(outcome, Rejected), outcome


async def test_tc_b10_a_refusal_is_final_with_the_brokers_words(rig: BrokerRig) -> None:
    rig.plan(Mishap.REFUSED)
    outcome = await place(rig, order_of(rig))
    assert isinstance(outcome, Rejected)
    assert outcome.message
    assert outcome.kind.endswith("Exception")
    assert rig.taken() == []


async def test_tc_b11_a_refusal_after_acceptance_shows_in_the_list(rig: BrokerRig) -> None:
    rig.plan(Mishap.REFUSED_LATER)
    order_id = await placed(rig, order_of(rig, "LIMIT"))
    order = await until(rig, order_id, Phase.REJECTED)
    assert order.status_message
    assert order.filled_quantity == 0


@pytest.mark.parametrize("call", ["place", "modify", "cancel"])
async def test_tc_b12_a_lost_answer_is_unknown_and_what_was_asked_happened_once(
    rig: BrokerRig, call: str
) -> None:
    tag = new_tag()
    order = order_of(rig, "LIMIT")
    if call == "place":
        rig.plan(Mishap.ANSWER_LOST)
        assert isinstance(await place(rig, order, tag), Unknown)
    else:
        order_id = await placed(rig, order, tag)
        await until(rig, order_id, Phase.OPEN)
        rig.plan(Mishap.ANSWER_LOST, call)
        outcome = (
            await rig.broker.cancel(order_id, lambda: True)
            if call == "cancel"
            else await rig.broker.modify(order_id, Modification(quantity=7), lambda: True)
        )
        assert isinstance(outcome, Unknown)
    [found] = await found_by_tag(rig, tag)
    assert rig.taken() == [tag]
    assert rig.arrivals(call) == 1
    if call == "cancel":
        await until(rig, found.order_id, Phase.CANCELLED)


async def test_tc_b13_a_lost_request_is_unknown_all_the_same_and_not_repeated(rig: BrokerRig) -> None:
    rig.plan(Mishap.REQUEST_LOST)
    tag = new_tag()
    assert isinstance(await place(rig, order_of(rig), tag), Unknown)
    assert rig.taken() == []
    assert rig.arrivals("place") == 1
    assert await found_by_tag(rig, tag) == []


async def test_tc_b14_a_late_acceptance_is_unknown_and_turns_up_in_the_list(rig: BrokerRig) -> None:
    rig.plan(Mishap.TAKEN_LATE)
    tag = new_tag()
    assert isinstance(await place(rig, order_of(rig, "LIMIT"), tag), Unknown)

    async def turned_up() -> list[Order]:
        rig.pass_time()
        return await found_by_tag(rig, tag)

    await comes_true(turned_up)
    assert rig.taken() == [tag]


async def test_tc_b15_too_many_requests_is_proof_of_not_sent_but_no_stop(rig: BrokerRig) -> None:
    rig.plan(Mishap.TOO_MANY)
    outcome = await place(rig, order_of(rig))
    assert isinstance(outcome, NeverSent)
    assert not outcome.is_stopped
    assert rig.taken() == []


async def test_tc_b16_a_dead_session_is_told_apart_for_writes_and_reads(rig: BrokerRig) -> None:
    rig.plan(Mishap.SESSION_DEAD)
    assert isinstance(await place(rig, order_of(rig)), SessionExpired)
    rig.plan(Mishap.SESSION_DEAD, "order_list")
    with pytest.raises(SessionExpiredError):
        await rig.broker.order_list()
    assert rig.taken() == []
    assert (await rig.broker.order_list()).orders == ()


async def test_tc_b17_an_address_that_may_not_trade_is_told_apart(rig: BrokerRig) -> None:
    rig.plan(Mishap.NOT_PERMITTED)
    outcome = await place(rig, order_of(rig))
    assert isinstance(outcome, NotPermitted)
    assert "No IPs configured" in outcome.message
    assert rig.taken() == []


async def test_tc_b18_a_failed_read_is_said_and_the_next_one_is_clean(rig: BrokerRig) -> None:
    order_id = await placed(rig, order_of(rig, "LIMIT"))
    rig.plan(Mishap.READ_FAILS, "order_list")
    with pytest.raises(BrokerUnavailableError) as failed:
        await rig.broker.order_list()
    assert not isinstance(failed.value, SessionExpiredError)
    assert await shown(rig, order_id)


async def test_tc_b19_an_unchanged_list_is_the_same_tuple_and_a_changed_one_is_not(rig: BrokerRig) -> None:
    await until(rig, await placed(rig, order_of(rig, "LIMIT")), Phase.OPEN)
    lists: list[OrderList] = [await rig.broker.order_list()]

    async def settled() -> bool:
        lists.append(await rig.broker.order_list())
        return lists[-1].is_unchanged

    await comes_true(settled)
    assert lists[-1].orders is lists[-2].orders
    await placed(rig, order_of(rig, "LIMIT"))
    after = await rig.broker.order_list()
    assert not after.is_unchanged
    assert len(after.orders) == 2


async def test_tc_b20_many_orders_at_once_are_each_taken_once(rig: BrokerRig) -> None:
    tags = [new_tag() for _ in range(12)]
    outcomes = await asyncio.gather(*(place(rig, order_of(rig, "LIMIT"), tag) for tag in tags))
    ids = [outcome.order_id for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(set(ids)) == len(tags)
    assert sorted(rig.taken()) == sorted(tags)


async def test_tc_b21_a_broker_does_not_deduplicate_so_two_under_one_tag_show(rig: BrokerRig) -> None:
    tag = new_tag()
    await placed(rig, order_of(rig, "LIMIT"), tag)
    await placed(rig, order_of(rig, "LIMIT"), tag)
    assert len(await found_by_tag(rig, tag)) == 2


async def test_tc_b22_closing_ends_what_is_under_way_as_unknown(rig: BrokerRig) -> None:
    rig.plan(Mishap.NO_ANSWER)
    tag = new_tag()
    task = asyncio.create_task(place(rig, order_of(rig, "LIMIT"), tag))
    await eventually_async(lambda: rig.taken() == [tag])
    await rig.broker.close()
    assert isinstance(await task, Unknown)
    after = await place(rig, order_of(rig))
    assert isinstance(after, NeverSent)
    assert rig.taken() == [tag]


async def test_tc_b23_warming_up_sends_nothing_and_may_be_repeated(rig: BrokerRig) -> None:
    await rig.broker.warm_up()
    await rig.broker.warm_up()
    assert rig.arrivals("place") == 0
    await placed(rig, order_of(rig, "LIMIT"))
    await rig.broker.close()
    await rig.broker.warm_up()
