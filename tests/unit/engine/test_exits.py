"""Exits: never blocked, never ahead of their entry, never more than the account holds."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.domain.reasons import ReasonCode
from app.engine.messages import SecondaryListRead, Send
from app.ports.broker import OrderList, Rejected, Unknown, UnreadableRow
from tests.builders.copier import PRIMARY, Copier, an_order_for

S1 = AccountId("S1")


def _entry(copier: Copier, quantity: int = 10) -> Order:
    order = copier.primary_places(order_type="MARKET", quantity=quantity)
    copier.clock.advance(1)
    return order


def _exit(copier: Copier, quantity: int = 10) -> Order:
    return copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=quantity)


def _cut_short(copier: Copier, send: Send, *, filled: int) -> None:
    """Let the broker take an entry, fill a part of it and cancel the rest."""
    placed = copier.accept(replace(send, order=replace(send.order, order_type="LIMIT", price=Decimal(100))))
    copier.desks[S1].fill(placed.order_id, filled)
    copier.desks[S1].cancel(placed.order_id)


def _entry_cut_short(copier: Copier, *, filled: int) -> None:
    _entry(copier)
    [send] = copier.sent
    copier.sent = []
    _cut_short(copier, send, filled=filled)
    copier.look_at()


def test_an_exit_does_not_overtake_its_entry_in_doubt() -> None:
    copier = Copier()
    _entry(copier)
    [entry] = copier.sent
    copier.answer(entry, Unknown("timeout"))
    _exit(copier)
    copier.look_at()
    assert [send.order.side for send in copier.sent] == [Side.BUY]
    copier.accept(entry, is_answered=False)
    copier.look_at()
    copier.look_at()
    assert [send.order.side for send in copier.sent] == [Side.BUY, Side.SELL]


def test_an_exit_goes_even_if_its_entry_still_needs_the_operator() -> None:
    copier = Copier({"S1": "1"})
    _entry(copier)
    copier.take_all()
    _entry(copier)
    [second] = copier.sent
    copier.sent = []
    copier.answer(second, Unknown("timeout"))
    _exit(copier, quantity=20)
    for _ in range(8):
        copier.pass_time(5)
        copier.look_at()
    assert [(send.order.side, send.order.quantity) for send in copier.sent] == [(Side.SELL, 10)]


def test_an_exit_waits_for_a_look_begun_after_its_entry_was_answered() -> None:
    copier = Copier()
    _entry(copier)
    [entry] = copier.sent
    copier.sent = []
    copier.accept(entry)
    _exit(copier)
    copier.look_at(began_s=copier.clock.monotonic() - 5)
    assert copier.sent == []
    copier.look_at()
    assert [send.order.side for send in copier.sent] == [Side.SELL]


def test_an_exit_is_clamped_to_what_the_account_holds() -> None:
    copier = Copier()
    _entry_cut_short(copier, filled=6)
    _exit(copier)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [6]


def test_an_exit_with_nothing_to_close_is_denied_and_never_opens_a_position() -> None:
    copier = Copier()
    _entry(copier)
    [entry] = copier.sent
    copier.sent = []
    copier.answer(entry, Rejected("margin", "MarginException"))
    order = _exit(copier)
    copier.look_at()
    copy = copier.copy_of(order)
    assert copier.sent == []
    assert copy.state is CopyState.DENIED
    assert copy.legs[0].reason is not None
    assert copy.legs[0].reason.code is ReasonCode.NOTHING_HELD


def test_an_exit_waits_for_an_entry_that_still_rests_and_then_takes_what_is_held() -> None:
    copier = Copier()
    entry = copier.primary_places(quantity=10)
    [placed] = copier.take_all()
    copier.desks[PRIMARY].fill(entry.order_id)
    copier.clock.advance(1)
    copier.look()
    order = _exit(copier)
    copier.look_at()
    assert copier.copy_of(order).state is CopyState.PENDING
    copier.desks[S1].fill(placed.order_id, 4)
    copier.look_at()
    assert copier.sent == []
    due_in_s = copier.engine.due_at_s - copier.clock.monotonic()
    assert 0 < due_in_s < 3
    copier.pass_time(due_in_s)
    assert [send.order.quantity for send in copier.sent] == [4]


def test_an_exit_never_expires_while_its_account_is_away() -> None:
    copier = Copier()
    _entry(copier)
    copier.take_all()
    copier.engine.lanes[S1].touched_at_s["NSE:INFY"] = copier.clock.monotonic() + 600
    order = _exit(copier)
    copier.pass_time(600)
    assert copier.copy_of(order).state is CopyState.PENDING
    copier.look_at()
    assert len(copier.sent) == 1


def test_an_order_that_turns_the_position_closes_what_is_held_and_opens_the_rest() -> None:
    copier = Copier()
    _entry_cut_short(copier, filled=4)
    _exit(copier, quantity=15)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [4 + 5]


def test_what_is_an_exit_is_judged_by_the_primarys_older_orders_only() -> None:
    copier = Copier()
    copier.primary_places(looks=False, order_type="MARKET")
    copier.clock.advance(1)
    copier.primary_places(looks=False, order_type="MARKET", side=Side.SELL)
    copier.look()
    copies = list(copier.engine.state.copies.values())
    assert [copy.closing_units for copy in copies] == [0, 10]


def test_an_old_exit_is_not_too_old() -> None:
    copier = Copier()
    _entry(copier)
    copier.take_all()
    copier.primary_places(looks=False, order_type="MARKET", side=Side.SELL)
    copier.clock.advance(20)
    copier.look()
    copier.look_at()
    assert len(copier.sent) == 1


def test_sliced_exits_together_close_no_more_than_is_held() -> None:
    copier = Copier({"S1": "30"})
    copier.primary_places(order_type="MARKET", exchange="NFO", tradingsymbol="NIFTYFUT", quantity=130)
    copier.clock.advance(1)
    _cut_short(copier, copier.sent[0], filled=650)
    for send in copier.sent[1:]:
        copier.accept(send)
    copier.sent = []
    copier.look_at()
    copier.primary_places(
        order_type="MARKET", side=Side.SELL, exchange="NFO", tradingsymbol="NIFTYFUT", quantity=130
    )
    copier.look_at()
    assert sum(send.order.quantity for send in copier.sent) == 650 + 1755 + 390


def test_a_stop_order_that_protects_is_an_exit_that_rests() -> None:
    copier = Copier()
    _entry(copier)
    copier.take_all()
    copier.primary_places(
        order_type="SL", side=Side.SELL, price=Decimal(90), trigger_price=Decimal(91), quantity=10
    )
    copier.look_at()
    [send] = copier.sent
    assert (send.order.order_type, send.order.trigger_price) == ("SL", Decimal(91))


def test_the_exit_that_takes_the_primary_flat_takes_every_copy_flat() -> None:
    copier = Copier({"S1": "0.5"})
    _entry(copier, quantity=2)
    copier.take_all()
    first = _exit(copier, quantity=1)
    copier.clock.advance(1)
    assert copier.copy_of(first).state is CopyState.SKIPPED
    last = _exit(copier, quantity=1)
    copier.look_at()
    assert [(send.order.side, send.order.quantity) for send in copier.sent] == [(Side.SELL, 1)]
    copier.take_all()
    assert copier.copy_of(last).state is CopyState.FILLED
    assert copier.engine.lanes[S1].held("NSE:INFY", "MIS") == 0


def test_what_the_account_holds_by_hand_is_not_closed_with_the_copies() -> None:
    copier = Copier({"S1": "0.5"})
    copier.desks[S1].take(an_order_for(order_type="MARKET", quantity=7), None)
    copier.look_at()
    _entry(copier, quantity=2)
    copier.take_all()
    _exit(copier, quantity=2)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [1]


def test_a_protective_exit_that_is_enlarged_follows_up_to_what_is_held() -> None:
    copier = Copier()
    _entry(copier, quantity=10)
    copier.take_all()
    stop = copier.primary_places(
        order_type="SL", side=Side.SELL, price=Decimal(90), trigger_price=Decimal(91), quantity=4
    )
    copier.look_at()
    copier.take_all()
    copier.primary_shows(stop, quantity=25)
    assert [a.modification.quantity for a in copier.amended if a.modification] == [10]


def test_an_exit_enlarged_before_it_left_opens_nothing() -> None:
    copier = Copier()
    _entry(copier, quantity=10)
    copier.take_all()
    copier.engine.lanes[S1].touched_at_s["NSE:INFY"] = copier.clock.monotonic() + 60
    order = copier.primary_places(side=Side.SELL, quantity=4)
    copier.primary_shows(order, quantity=25)
    copier.pass_time(60)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]


@pytest.mark.parametrize(("was_read_as_cancelled", "units"), [(False, 4), (True, 8)])
def test_an_exit_counts_what_an_unreadable_exit_may_have_closed_already(
    was_read_as_cancelled: bool, units: int
) -> None:
    copier = Copier()
    _entry(copier)
    copier.take_all()
    _entry(copier)
    copier.answer(copier.sent.pop(), Rejected("no margin", "MarginException"))
    copier.look_at()
    copier.primary_places(order_type="LIMIT", side=Side.SELL, quantity=6)
    first = copier.sent.pop()
    hidden = copier.accept(first)
    others = [order for order in copier.desks[S1].orders.values() if order.order_id != hidden.order_id]
    if was_read_as_cancelled:
        copier.desks[S1].cancel(hidden.order_id)
        copier.look_at()
    row = UnreadableRow(text="It has no quantity.", order_id=hidden.order_id, our_tags=(first.tag,))
    _exit(copier, 8)
    for _ in range(3):
        copier.pass_time(10)
        unclear = OrderList(orders=tuple(others), unreadable=(row,))
        copier.handle(SecondaryListRead(S1, unclear, copier.clock.monotonic()))
    assert [send.order.quantity for send in copier.sent] == [units]


def test_an_exit_without_a_stamp_is_still_younger_than_what_it_closes() -> None:
    copier = Copier()
    _entry(copier)
    copier.take_all()
    placed = copier.primary_places(order_type="MARKET", side=Side.SELL, looks=False)
    copier.desks[PRIMARY].update(placed.order_id, placed_at=None, updated_at=None)
    copier.look()
    copy = copier.copy_of(placed)
    assert (copy.closing_units, copy.opening_units) == (10, 0)
