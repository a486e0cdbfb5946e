"""Exits that wait for an entry which rests: they say so, hold nobody up, and close what fills (ADR 0012)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accounts import RestPolicy
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.domain.reasons import ReasonCode
from app.ports.broker import NeverSent, Rejected, Unknown
from tests.builders.copier import PRIMARY, Copier, an_order_for

S1 = AccountId("S1")
SELLS: dict[str, Any] = {"side": Side.SELL, "order_type": "LIMIT", "price": Decimal(1600)}


def _entered(copier: Copier, quantity: int = 10) -> tuple[Order, Order]:
    """Let the primary enter and fill while the copy rests; return both orders."""
    entry = copier.primary_places(quantity=quantity)
    placed = copier.take_all()[-1]
    copier.desks[PRIMARY].fill(entry.order_id)
    copier.clock.advance(1)
    copier.look()
    return entry, placed


def _parked(copier: Copier, quantity: int = 10) -> tuple[Order, Order]:
    """Let the primary ask for an exit that rests there too, and wait until its copy is parked."""
    _, placed = _entered(copier, quantity)
    order = copier.primary_places(quantity=quantity, **SELLS)
    copier.look_at()
    copier.pass_time(3.1)
    copier.look_at()
    return order, placed


def _divided(copier: Copier) -> tuple[Order, Order]:
    """Let 4 of an entry of 10 fill and its exit leave with those; return the exit and the entry."""
    _, placed = _entered(copier)
    copier.desks[S1].fill(placed.order_id, 4)
    copier.look_at()
    order = copier.primary_places(quantity=10, **SELLS)
    copier.look_at()
    copier.pass_time(3.1)
    copier.look_at()
    return order, placed


def _reason(copier: Copier, order: Order) -> ReasonCode | None:
    reason = copier.copy_of(order).legs[0].reason
    return reason.code if reason else None


def test_an_exit_whose_entry_rests_unfilled_is_parked_and_says_so() -> None:
    copier = Copier()
    _, placed = _entered(copier)
    order = copier.primary_places(quantity=10, **SELLS)
    copier.look_at()
    assert _reason(copier, order) is None
    copier.pass_time(3.1)
    copier.look_at()
    reason = copier.copy_of(order).legs[0].reason
    assert copier.copy_of(order).state is CopyState.PENDING
    assert reason is not None
    assert reason.code is ReasonCode.WAITS_FOR_ENTRY
    assert placed.order_id in reason.text
    assert copier.sent == []


def test_a_parked_exit_holds_no_younger_copy_back() -> None:
    copier = Copier()
    order, _ = _parked(copier)
    young = copier.primary_places(price=Decimal(1490))
    assert [send.order.price for send in copier.sent] == [Decimal(1490)]
    assert copier.copy_of(young).state is CopyState.SENDING
    assert copier.copy_of(order).state is CopyState.PENDING


def test_before_it_is_parked_an_exit_holds_younger_copies_back() -> None:
    copier = Copier()
    _entered(copier)
    copier.primary_places(quantity=10, **SELLS)
    copier.look_at()
    copier.primary_places(price=Decimal(1490))
    assert copier.sent == []


def test_a_parked_exit_that_waits_for_a_look_holds_younger_copies_back() -> None:
    copier = Copier()
    _parked(copier)
    copier.engine.lanes[S1].touched_at_s["NSE:INFY"] = copier.clock.monotonic() + 1
    copier.primary_places(price=Decimal(1490))
    assert copier.sent == []


def test_an_entry_in_doubt_is_not_passed() -> None:
    copier = Copier()
    entry = copier.primary_places()
    copier.answer(copier.sent.pop(), Unknown("timeout"))
    copier.desks[PRIMARY].fill(entry.order_id)
    copier.clock.advance(1)
    copier.primary_places(quantity=10, **SELLS)
    copier.pass_time(4)
    copier.look_at()
    copier.primary_places(price=Decimal(1490))
    assert copier.sent == []


def test_a_parked_exit_leaves_as_soon_as_its_entry_fills() -> None:
    copier = Copier()
    order, placed = _parked(copier)
    copier.pass_time(3600)
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert [(send.order.side, send.order.quantity) for send in copier.sent] == [(Side.SELL, 10)]
    assert copier.copy_of(order).state is CopyState.SENDING


def test_a_parked_exit_is_parked_at_once_after_a_restart_and_still_leaves() -> None:
    copier = Copier()
    order, placed = _parked(copier)
    copier.restart()
    copier.primary_places(price=Decimal(1490))
    assert len(copier.sent) == 1
    assert _reason(copier, order) is ReasonCode.WAITS_FOR_ENTRY
    copier.take_all()
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert [send.order.side for send in copier.sent] == [Side.SELL]


def test_a_parked_exit_does_not_close_what_the_primary_entered_since() -> None:
    copier = Copier()
    order, placed = _parked(copier)
    copier.primary_places(order_type="MARKET", quantity=7)
    copier.take_all()
    copier.look_at()
    assert copier.sent == []
    assert copier.copy_of(order).state is CopyState.PENDING
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]


def test_when_the_entry_ends_unfilled_the_exit_ends_with_a_reason_and_sends_nothing() -> None:
    copier = Copier()
    order, placed = _parked(copier)
    copier.desks[S1].cancel(placed.order_id)
    copier.look_at()
    leg = copier.copy_of(order).legs[0]
    assert copier.sent == []
    assert leg.state is CopyState.NOT_SENT
    assert leg.reason is not None
    assert leg.reason.code is ReasonCode.NOTHING_HELD
    assert "ended" in leg.reason.text


def test_a_parked_exit_ends_when_the_primary_takes_it_back() -> None:
    copier = Copier()
    order, placed = _parked(copier)
    copier.primary_shows(order, status="CANCELLED")
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert copier.sent == []
    assert copier.copy_of(order).state is CopyState.NOT_SENT


def test_an_exit_does_not_wait_for_an_entry_that_the_primary_has_not_filled_either() -> None:
    copier = Copier()
    first = copier.primary_places(order_type="MARKET")
    copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
    copier.clock.advance(1)
    copier.primary_places(price=Decimal(1400))
    copier.take_all()
    copier.clock.advance(1)
    order = copier.primary_places(order_type="MARKET", side=Side.SELL)
    copier.look_at()
    assert first.filled_quantity == 10
    assert copier.copy_of(order).state is CopyState.DENIED


def test_an_exit_that_leaves_with_a_part_keeps_the_rest_for_when_the_entry_fills() -> None:
    copier = Copier()
    order, placed = _divided(copier)
    assert [send.order.quantity for send in copier.sent] == [4]
    copier.take_all()
    assert [leg.share for leg in copier.copy_of(order).legs] == [4, 6]
    copier.restart()
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [6]
    assert len({leg.tag for leg in copier.copy_of(order).legs}) == 2


def test_the_rest_of_a_divided_exit_ends_with_its_entry_and_the_copy_reads_filled() -> None:
    copier = Copier()
    order, placed = _divided(copier)
    [sold] = copier.take_all()
    copier.desks[S1].fill(sold.order_id)
    copier.desks[S1].cancel(placed.order_id)
    copier.look_at()
    assert [leg.state for leg in copier.copy_of(order).legs] == [CopyState.FILLED, CopyState.NOT_SENT]
    assert copier.copy_of(order).state is CopyState.FILLED
    assert copier.sent == []


def test_what_the_broker_refused_of_a_divided_exit_is_not_tried_again_part_by_part() -> None:
    copier = Copier()
    order, placed = _divided(copier)
    copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
    for _ in range(4):
        copier.pass_time(3.1)
        copier.look_at()
    assert copier.sent == []
    assert copier.copy_of(order).legs[1].is_parked
    copier.desks[S1].fill(placed.order_id, 1)
    for _ in range(2):
        copier.look_at()
        copier.pass_time(3.1)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [1]


def test_once_its_entry_has_ended_a_divided_exit_tries_all_that_is_held() -> None:
    copier = Copier()
    _, placed = _divided(copier)
    copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
    copier.look_at()
    copier.desks[S1].cancel(placed.order_id)
    copier.look_at()
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [4]


def test_parts_that_fill_while_it_is_parked_are_collected() -> None:
    copier = Copier()
    _, placed = _parked(copier)
    for _ in range(3):
        copier.desks[S1].fill(placed.order_id, 1)
        copier.look_at()
    assert copier.sent == []
    copier.pass_time(3.1)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [3]


def test_the_rest_of_a_divided_exit_is_parked_from_its_first_moment_and_holds_nobody_back() -> None:
    copier = Copier()
    order, _ = _divided(copier)
    [sold] = copier.take_all()
    copier.desks[S1].fill(sold.order_id)
    copier.look_at()
    rest = copier.copy_of(order).legs[1]
    assert rest.is_parked
    copier.primary_places(price=Decimal(1490))
    assert [send.order.price for send in copier.sent] == [Decimal(1490)]


def test_exits_that_wait_in_a_row_collect_at_the_same_time() -> None:
    """Ten of them would otherwise take half a minute before the last may close what one fill has brought."""
    copier = Copier()
    _, placed = _entered(copier, 20)
    for price in (1600, 1610, 1620):
        copier.primary_places(quantity=5, **{**SELLS, "price": Decimal(price)})
        copier.look_at()
    copier.pass_time(3.1)
    copier.look_at()
    copier.desks[S1].fill(placed.order_id, 4)
    copier.look_at()
    assert copier.sent == []
    copier.pass_time(3.1)
    sold: list[tuple[Decimal, int]] = []
    for _ in range(3):
        copier.look_at()
        sold += [(order.price, order.quantity) for order in copier.take_all()]
    sold += [(send.order.price, send.order.quantity) for send in copier.sent]
    assert sold == [(Decimal(1600), 4), (Decimal(1610), 4), (Decimal(1620), 4)]


def test_an_exit_that_waited_behind_others_need_not_wait_as_long_again_for_what_fills() -> None:
    copier = Copier()
    _, placed = _entered(copier)
    copier.desks[S1].fill(placed.order_id, 4)
    copier.look_at()
    younger = copier.primary_places(price=Decimal(1490))
    [send] = copier.sent
    copier.sent.clear()
    order = copier.primary_places(quantity=10, **SELLS)
    copier.pass_time(3.1)
    copier.look_at()
    assert copier.copy_of(younger).state is CopyState.SENDING
    assert copier.sent == []
    copier.answer(send, Rejected("margin", "MarginException"))
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [4]
    assert copier.copy_of(order).legs[1].is_parked


def test_an_entry_that_has_just_left_gets_its_time_to_fill() -> None:
    """Both waited for the account; the exit is old, but its entry had no time yet."""
    copier = Copier()
    copier.primary_places(quantity=2, order_type="MARKET")
    copier.take_all()
    entry = copier.primary_places(looks=False)
    copier.desks[PRIMARY].fill(entry.order_id)
    copier.look()
    [send] = copier.sent
    copier.sent.clear()
    copier.clock.advance(1)
    copier.primary_places(quantity=12, **SELLS)
    copier.pass_time(1.5)
    copier.answer(send, NeverSent("429"))
    copier.pass_time(1.5)
    copier.look_at()
    copier.pass_time(1)
    [again] = copier.take_all()
    copier.look_at()
    assert copier.sent == []
    copier.desks[S1].fill(again.order_id)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [12]


def test_an_order_that_has_filled_whole_is_waited_for_no_more_whatever_its_status_says() -> None:
    copier = Copier()
    _, placed = _entered(copier)
    copier.desks[S1].update(placed.order_id, status="RECONCILIATION AWAITED", filled_quantity=10)
    copier.desks[S1].take(an_order_for(order_type="MARKET", side=Side.SELL), None)
    copier.look_at()
    order = copier.primary_places(quantity=10, **SELLS)
    copier.look_at()
    assert copier.copy_of(order).state is CopyState.DENIED


STEPS = st.lists(
    st.sampled_from(["fill 1", "fill 3", "time", "look", "take", "restart", "enter", "cancel", "fill exits"]),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_however_an_entry_fills_its_exit_closes_no_more_than_that_and_nothing_twice(steps: list[str]) -> None:
    copier = Copier(accounts={"S1": {"when_primary_filled": RestPolicy.LEAVE}})
    order, placed = _parked(copier)
    desk = copier.desks[S1]
    for step in steps:
        entry = desk.orders[placed.order_id]
        if step.startswith("fill ") and step != "fill exits" and not entry.is_terminal:
            left = entry.quantity - entry.filled_quantity
            desk.fill(placed.order_id, min(int(step[-1]), left))
        elif step == "time":
            copier.pass_time(2)
        elif step == "take":
            copier.take_all()
        elif step == "restart":
            copier.take_all()
            copier.restart()
        elif step == "enter":
            copier.primary_places(order_type="MARKET", quantity=2)
        elif step == "cancel" and not entry.is_terminal:
            desk.cancel(placed.order_id)
        elif step == "fill exits":
            for shown in [one for one in desk.orders.values() if one.side is Side.SELL]:
                if not shown.is_terminal:
                    desk.fill(shown.order_id)
        copier.look_at()
    for _ in range(4):
        copier.take_all()
        copier.pass_time(4)
        copier.look_at()
    filled = desk.orders[placed.order_id].filled_quantity
    exits = [one for one in desk.orders.values() if one.side is Side.SELL]
    assert sum(one.quantity for one in exits) == filled
    tags = [one.our_tags for one in exits]
    assert len(set(tags)) == len(tags)
    assert replace(copier.copy_of(order), legs=()).closing_units == 10
