"""Rows that cannot be read and words nobody knows: told in measure, no proof of absence, no second send."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.copies import CopyState
from app.domain.events import LegMoved
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.orders import Order, Side
from app.domain.reasons import ReasonCode
from app.engine.messages import PrimaryListRead, SecondaryListRead, Send
from app.engine.service import CopyOrders, RetryCopies, Ticked
from app.engine.unreadable import MOST_TOLD
from app.ports.broker import Accepted, NeverSent, OrderList, Rejected, Unknown, UnreadableRow
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")
TAGLESS = UnreadableRow(text="A row in the order list of S1 cannot be read.")


def sent_one() -> tuple[Copier, Send, CopyId]:
    copier = Copier()
    order = copier.primary_places()
    [send] = copier.sent
    copier.sent = []
    return copier, send, copier.copy_of(order).copy_id


def look(copier: Copier, *unreadable: UnreadableRow) -> None:
    """Let the engine see S1's list, with these rows that cannot be read beside those that can."""
    copier.clock.advance(0.001)
    seen = OrderList(orders=tuple(copier.desks[S1].orders.values()), unreadable=unreadable)
    copier.handle(SecondaryListRead(S1, seen, copier.clock.monotonic()))


def looks(copier: Copier, count: int, *unreadable: UnreadableRow) -> None:
    for _ in range(count):
        copier.pass_time(5)
        look(copier, *unreadable)


def carries(send: Send) -> UnreadableRow:
    return UnreadableRow(text="Order 77 cannot be read.", order_id=OrderId("77"), our_tags=(send.tag,))


def state(copier: Copier, copy_id: CopyId) -> CopyState:
    return copier.engine.state.copies[copy_id].state


def alerts(copier: Copier, words: str) -> list[str]:
    return [alert.fact.text for alert in copier.engine.state.alerts if words in alert.fact.text]


def reason(copier: Copier, send: Send) -> ReasonCode | None:
    found = copier.engine.state.leg_of(send.tag).reason
    return found.code if found else None


def retry(copier: Copier, copy_id: CopyId, seen: CopyState) -> Any:
    return copier.command(RetryCopies, copies=(Ticked(copy_id=copy_id, seen_state=seen),))


def test_a_list_with_an_unreadable_row_proves_no_absence_but_a_person_is_asked_in_the_end() -> None:
    copier, send, copy_id = sent_one()
    copier.answer(send, Unknown("timeout"))
    looks(copier, 11, TAGLESS)
    assert state(copier, copy_id) is CopyState.IN_DOUBT
    looks(copier, 2, TAGLESS)
    assert (state(copier, copy_id), reason(copier, send)) == (
        CopyState.NEEDS_OPERATOR,
        ReasonCode.ORDER_LIST_UNREADABLE,
    )
    assert copier.sent == []
    assert retry(copier, copy_id, CopyState.NEEDS_OPERATOR).accepted, "only a person can tell"


def test_clean_looks_count_although_others_were_not() -> None:
    copier, send, copy_id = sent_one()
    copier.answer(send, Unknown("timeout"))
    looks(copier, 3, TAGLESS)
    looks(copier, 2)
    assert state(copier, copy_id) is CopyState.IN_DOUBT
    looks(copier, 2)
    assert reason(copier, send) is ReasonCode.ABSENT_FROM_ORDER_LIST


def test_our_tag_in_an_unreadable_row_is_proof_that_the_order_exists() -> None:
    copier, send, copy_id = sent_one()
    copier.answer(send, Unknown("timeout"))
    look(copier, carries(send))
    looks(copier, 20)
    assert reason(copier, send) is not ReasonCode.ABSENT_FROM_ORDER_LIST, "the tag was seen once"
    assert len(alerts(copier, "neither changed, cancelled nor sent again")) == 1
    answer = retry(copier, copy_id, state(copier, copy_id))
    assert not answer.accepted


def test_an_order_that_becomes_readable_is_adopted_and_may_be_retried_like_any_other() -> None:
    copier, send, copy_id = sent_one()
    copier.answer(send, Unknown("timeout"))
    looks(copier, 15, carries(send))
    assert state(copier, copy_id) is CopyState.NEEDS_OPERATOR
    order = copier.accept(send, is_answered=False)
    look(copier)
    assert state(copier, copy_id) is CopyState.OPEN
    copier.desks[S1].update(order.order_id, status="REJECTED")
    look(copier)
    assert retry(copier, copy_id, CopyState.REJECTED).accepted


def test_what_provably_never_left_is_not_sent_again_while_its_tag_is_in_an_unreadable_row() -> None:
    copier, send, _ = sent_one()
    copier.answer(send, NeverSent("connection refused"))
    looks(copier, 4, carries(send))
    assert copier.sent == []


def test_after_a_lost_journal_nothing_leaves_under_a_tag_that_an_unreadable_row_carries() -> None:
    copier, send, _ = sent_one()
    copier.lose_the_journal()
    copier.look(gap_s=None)
    look(copier, carries(send))
    [order_id] = copier.engine.state.primary_orders
    copier.command(CopyOrders, orders=(order_id,), accounts=(S1,))
    looks(copier, 3, carries(send))
    assert copier.sent == []


def test_a_rejected_copy_is_not_retried_while_another_row_carries_its_tag() -> None:
    copier, send, copy_id = sent_one()
    copier.answer(send, Rejected("margin", "MarginException"))
    look(copier, carries(send))
    answer = retry(copier, copy_id, CopyState.REJECTED)
    assert "trade twice" in answer.results[0].message


def test_a_resting_copy_whose_row_became_unreadable_is_left_alone_and_told() -> None:
    copier, send, _ = sent_one()
    order = copier.accept(send)
    look(copier)
    [primary] = copier.desks[PRIMARY].orders.values()
    known = dict(copier.desks[S1].orders)
    copier.desks[S1].orders.clear()
    row = UnreadableRow(text="It cannot be read.", order_id=order.order_id)
    look(copier, row)
    copier.primary_shows(primary, price=primary.price + 1)
    looks(copier, 10, row)
    assert copier.amended == []
    assert alerts(copier, "It cannot be read.") == ["It cannot be read."]
    leg = copier.engine.state.leg_of(send.tag)
    assert leg.state is CopyState.OPEN
    assert leg.reason is not None
    assert "may be old" in leg.reason.text
    assert sum(isinstance(fact, LegMoved) for fact in copier.journal.facts) == 1, "noted once"
    copier.desks[S1].orders.update(known)
    look(copier)
    assert reason(copier, send) is None
    assert len(copier.amended) == 1


def test_an_exit_waits_where_an_unreadable_row_may_be_its_entry() -> None:
    copier, send, _ = sent_one()
    order = copier.accept(send)
    copier.desks[S1].fill(order.order_id)
    look(copier)
    [primary] = copier.desks[PRIMARY].orders.values()
    copier.desks[PRIMARY].fill(primary.order_id)
    copier.engine.lanes[S1].orders.clear()
    filled = copier.desks[S1].orders.pop(order.order_id)
    row = UnreadableRow(text="It cannot be read.", order_id=order.order_id, instrument="NSE:INFY")
    look(copier, row)
    exit_ = copier.primary_places(side=Side.SELL)
    looks(copier, 2, row)
    assert copier.copy_of(exit_).state is CopyState.PENDING
    copier.desks[S1].put(filled)
    look(copier)
    assert [send.order.quantity for send in copier.sent] == [10]


def test_what_a_doubled_exit_closed_is_not_closed_again_though_one_of_the_two_cannot_be_read() -> None:
    copier = Copier()
    entry = copier.primary_places(quantity=20)
    [send] = copier.sent
    copier.desks[S1].fill(copier.accept(send).order_id)
    copier.desks[PRIMARY].fill(entry.order_id)
    look(copier)
    copier.sent = []
    first = copier.primary_places(side=Side.SELL)
    [send] = copier.sent
    copier.desks[S1].fill(copier.accept(send).order_id)
    copier.desks[PRIMARY].fill(first.order_id)
    copier.sent = []
    look(copier, carries(send))

    copier.primary_places(side=Side.SELL)
    looks(copier, 2, carries(send))
    assert copier.sent == [], "the other one has closed the rest"
    look(copier)
    assert [send.order.quantity for send in copier.sent] == [10]


def test_rows_are_told_one_by_one_only_so_far() -> None:
    copier, _, _ = sent_one()
    rows = [UnreadableRow(text=f"Order {number} cannot be read.") for number in range(3000)]
    looks(copier, 2, *rows)
    assert len(copier.engine.state.alerts) == MOST_TOLD + 1
    assert len(alerts(copier, "not told one by one")) == 1


class TestAnOrderForSomethingElse:
    """Answers may be another request's, and tags may be on what we never sent."""

    @pytest.mark.parametrize("changes", [{"tradingsymbol": "TCS"}, {"side": Side.SELL}])
    def test_under_our_tag_is_not_adopted_and_proves_no_absence(self, changes: dict[str, Any]) -> None:
        copier, send, copy_id = sent_one()
        copier.answer(send, Unknown("timeout"))
        copier.desks[S1].take(replace(send.order, **changes), send.tag)
        looks(copier, 20)
        assert reason(copier, send) is ReasonCode.ORDER_LIST_UNREADABLE
        assert not retry(copier, copy_id, CopyState.NEEDS_OPERATOR).accepted
        assert len(alerts(copier, "for something else")) == 1

    def test_by_the_number_of_another_copy_is_not_taken_for_ours_nor_changed(self) -> None:
        copier = Copier()
        first = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
        second = copier.primary_places()
        one, two = copier.sent
        placed = copier.accept(one)
        copier.answer(two, Accepted(placed.order_id))
        copier.desks[S1].fill(placed.order_id)
        look(copier)
        assert copier.copy_of(first).state is CopyState.FILLED
        assert copier.copy_of(second).state is CopyState.OPEN
        assert len(alerts(copier, "for something else")) == 1
        copier.primary_shows(second, status="CANCELLED")
        looks(copier, 3)
        assert copier.amended == []

    def test_beside_the_right_one_does_not_take_its_place(self) -> None:
        copier, send, copy_id = sent_one()
        copier.answer(send, Unknown("timeout"))
        copier.desks[S1].take(replace(send.order, tradingsymbol="TCS"), send.tag)
        right = copier.accept(send, is_answered=False)
        look(copier)
        assert state(copier, copy_id) is CopyState.OPEN
        assert copier.engine.state.leg_of(send.tag).order_id == right.order_id


class TestAStatusNobodyKnows:
    def test_changes_no_state_and_is_shown_and_told_once(self) -> None:
        copier, send, copy_id = sent_one()
        order = copier.accept(send)
        look(copier)
        copier.desks[S1].update(order.order_id, status="FROBNICATED")
        looks(copier, 3)
        assert (state(copier, copy_id), reason(copier, send)) == (CopyState.OPEN, ReasonCode.STATUS_UNKNOWN)
        assert len(alerts(copier, "FROBNICATED")) == 1
        assert copier.engine.may_send(send)
        copier.desks[S1].update(order.order_id, status="OPEN")
        look(copier)
        assert (state(copier, copy_id), reason(copier, send)) == (CopyState.OPEN, None)
        copier.desks[S1].fill(order.order_id)
        look(copier)
        assert state(copier, copy_id) is CopyState.FILLED

    @pytest.mark.parametrize("filled", [0, 4, 10])
    def test_is_neither_an_end_nor_a_fill(self, filled: int) -> None:
        copier, send, copy_id = sent_one()
        order = copier.accept(send)
        copier.desks[S1].update(order.order_id, status="Complete", filled_quantity=filled)
        look(copier)
        assert state(copier, copy_id) is (CopyState.PARTIAL if filled else CopyState.OPEN)

    def test_answers_the_question_whether_an_order_exists(self) -> None:
        copier, send, copy_id = sent_one()
        order = copier.accept(send, is_answered=False)
        copier.answer(send, Unknown("timeout"))
        copier.desks[S1].update(order.order_id, status="FROBNICATED")
        look(copier)
        assert state(copier, copy_id) is CopyState.OPEN

    def test_of_a_primary_order_keeps_it_from_being_copied_and_is_told(self) -> None:
        copier = Copier()
        order = copier.primary_places(looks=False)
        copier.primary_shows(order, status="FROBNICATED")
        assert copier.sent == []
        assert len(alerts(copier, "FROBNICATED")) == 1
        copier.primary_shows(order, status="OPEN")
        assert len(copier.sent) == 1

    @pytest.mark.parametrize("status", ["VALIDATION PENDING", "AMO REQ RECEIVED", "MODIFIED", "UPDATE"])
    def test_is_not_one_of_those_that_kite_documents(self, status: str) -> None:
        copier = Copier()
        order = copier.primary_places(looks=False)
        copier.primary_shows(order, status=status)
        assert copier.engine.state.alerts == []


class TestAnUnreadableRowOfThePrimary:
    def show(self, copier: Copier, *orders: Order, row: UnreadableRow) -> None:
        seen = OrderList(orders=orders, unreadable=(row,), broker_time=copier.clock.now())
        copier.handle(PrimaryListRead(seen, 1.0))

    def test_holds_what_might_close_it_and_nothing_else(self) -> None:
        copier = Copier()
        infy = copier.primary_places(looks=False)
        nifty = copier.primary_places(looks=False, exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
        row = UnreadableRow(text="Order 5 cannot be read.", order_id=OrderId("5"), instrument="NSE:INFY")
        self.show(copier, infy, nifty, row=row)
        assert copier.copy_of(infy).state is CopyState.HELD
        assert [send.order.tradingsymbol for send in copier.sent] == ["NIFTYFUT"]
        assert len(alerts(copier, "order of the primary account")) == 1
        copier.command(CopyOrders, orders=(infy.order_id,), accounts=(S1,))
        assert len(copier.sent) == 2

    def test_lets_exits_of_what_was_copied_go(self) -> None:
        copier, send, _ = sent_one()
        copier.desks[S1].fill(copier.accept(send).order_id)
        look(copier)
        [entry] = copier.desks[PRIMARY].orders.values()
        copier.desks[PRIMARY].fill(entry.order_id)
        copier.look()
        entry = copier.desks[PRIMARY].orders[entry.order_id]
        exit_ = copier.primary_places(looks=False, side=Side.SELL)
        self.show(copier, entry, exit_, row=UnreadableRow(text="A row cannot be read."))
        look(copier)
        assert [send.order.side for send in copier.sent] == [Side.SELL]

    def test_of_an_order_that_had_ended_changes_nothing(self) -> None:
        copier, _, _ = sent_one()
        [entry] = copier.desks[PRIMARY].orders.values()
        copier.desks[PRIMARY].fill(entry.order_id)
        copier.look()
        second = copier.primary_places(looks=False)
        self.show(copier, second, row=UnreadableRow(text="It cannot be read.", order_id=entry.order_id))
        assert copier.copy_of(second).state is not CopyState.HELD
