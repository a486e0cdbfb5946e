"""Open copies that the operator cancels: by count, even while stopped, level-triggered, and for good."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.events import CopyWithdrawn
from app.domain.ids import AccountId, CopyId
from app.domain.orders import Order
from app.domain.pacing import Limits
from app.domain.reasons import ReasonCode
from app.engine.messages import Amend, AmendmentAnswered, RulesReplaced, SessionLost
from app.engine.service import (
    Answer,
    CancelCopies,
    CopyOrders,
    ResumeCopying,
    RetryCopies,
    StopCopying,
    Ticked,
)
from app.ports.broker import Accepted, NeverSent, Outcome, Rejected, Unknown
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")


def _rests(copier: Copier | None = None, **changes: Any) -> tuple[Copier, Order]:
    """Let a limit order of the primary and its copy rest."""
    copier = copier or Copier()
    order = copier.primary_places(**changes)
    copier.take_all()
    return copier, order


def _cancel(copier: Copier, count: int, *orders: Order, **fields: str) -> Answer:
    ids = tuple(copier.copy_of(order).copy_id for order in orders)
    return copier.command(CancelCopies, count=count, copies=ids, **fields)


def _take(copier: Copier, *, outcome: Outcome | None = None) -> Amend:
    """Let the broker carry out the one amendment under way and be looked at."""
    [amend] = copier.amended
    copier.amended.clear()
    if outcome is None:
        copier.desks[amend.account_id].cancel(amend.order_id)
    copier.handle(AmendmentAnswered(amend.account_id, amend.tag, outcome or Accepted(amend.order_id)))
    copier.look_at(amend.account_id)
    return amend


def _alerts(copier: Copier) -> str:
    return " ".join(alert.fact.text for alert in copier.engine.state.alerts)


def _filled(copier: Copier, order: Order, placed: Order) -> None:
    copier.desks[PRIMARY].fill(order.order_id)
    copier.desks[S1].fill(placed.order_id)
    copier.look()
    copier.look_at()


class TestTheCount:
    def test_every_open_copy_of_every_account_is_cancelled_when_none_is_named(self) -> None:
        copier, _ = _rests(Copier({"S1": "1", "S2": "1"}))
        answer = copier.command(CancelCopies, count=2)
        assert answer.message == "2 of 2 are being cancelled."
        assert {amend.account_id for amend in copier.amended} == {"S1", "S2"}
        assert all(amend.modification is None for amend in copier.amended)

    @pytest.mark.parametrize("count", [1, 3])
    def test_another_count_than_is_open_does_nothing_and_says_the_right_number(self, count: int) -> None:
        copier, _ = _rests(Copier({"S1": "1", "S2": "1"}))
        facts = len(copier.journal.facts)
        answer = copier.command(CancelCopies, count=count)
        assert not answer.accepted
        assert answer.message.startswith("2 of these copies are open now")
        assert (copier.amended, len(copier.journal.facts)) == ([], facts)

    def test_of_named_copies_those_that_ended_are_not_counted_and_are_told(self) -> None:
        copier, first = _rests()
        _, second = _rests(copier)
        copier.desks[S1].fill(copier.copy_of(first).legs[0].order_id or "")
        copier.look_at()
        answer = _cancel(copier, 2, first, second)
        assert not answer.accepted
        assert [(r.key, r.message) for r in answer.results] == [
            (copier.copy_of(first).copy_id, "It is FILLED: nothing of it is open.")
        ]
        answer = _cancel(copier, 1, first, second)
        assert [result.accepted for result in answer.results] == [False, True]

    def test_the_count_is_the_number_of_rows_that_may_be_cancelled(self) -> None:
        copier = Copier({"S1": "1", "S2": "1"})
        order = copier.primary_places()
        copier.answer(copier.sent[0], Rejected("margin", "MarginException"))
        assert [
            copier.engine.view.copy(copier.copy_of(order, one))["may_cancel"] for one in ("S1", "S2")
        ] == [False, True]
        assert copier.command(CancelCopies, count=1).accepted

    def test_an_unknown_copy_is_not_open(self) -> None:
        copier, _ = _rests()
        answer = copier.command(CancelCopies, count=1, copies=(CopyId("4711:S1"),))
        assert not answer.accepted
        assert answer.results[0].message == "There is no such copy today."

    def test_a_held_copy_is_not_open(self) -> None:
        copier = Copier(mode=CopyMode.MANUAL)
        order = copier.primary_places()
        assert "skip it" in _cancel(copier, 1, order).results[0].message


class TestAtTheBroker:
    def test_it_ends_cancelled_with_the_reason_and_is_never_sent_again(self) -> None:
        copier, order = _rests()
        _cancel(copier, 1, order)
        _take(copier)
        copy = copier.copy_of(order)
        assert copy.state is CopyState.CANCELLED
        reason = copier.engine.view.copy(copy)["reason"]
        assert reason is not None
        assert reason["code"] is ReasonCode.CANCELLED_BY_OPERATOR
        copier.primary_shows(order, price=order.price + 5, quantity=20)
        copier.restart()
        copier.pass_time(60)
        assert (copier.sent, copier.amended) == ([], [])
        assert not copier.engine.view.copy(copier.copy_of(order))["may_retry"]

    def test_a_lost_or_refused_cancellation_is_repeated_once_a_look_shows_the_order_at_rest(self) -> None:
        copier, order = _rests()
        _cancel(copier, 1, order)
        for outcome in (Unknown("timeout"), Rejected("try again", "OrderException"), NeverSent("refused")):
            _take(copier, outcome=outcome)
            copier.pass_time(0.6)
        _take(copier)
        assert copier.copy_of(order).state is CopyState.CANCELLED

    def test_while_one_is_under_way_no_second_one_leaves(self) -> None:
        copier, order = _rests()
        _cancel(copier, 1, order)
        copier.pass_time(5)
        copier.look_at()
        assert len(copier.amended) == 1

    def test_it_is_cancelled_though_a_crash_came_between(self) -> None:
        copier, order = _rests()
        _cancel(copier, 1, order)
        copier.restart()
        _take(copier)
        assert copier.copy_of(order).state is CopyState.CANCELLED

    def test_every_slice_is_cancelled_the_partly_filled_too(self) -> None:
        copier, order = _rests(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65 * 40)
        first, second = copier.copy_of(order).legs
        copier.desks[S1].update(first.order_id or "", filled_quantity=650)
        copier.look_at()
        _cancel(copier, 1, order)
        assert {amend.tag for amend in copier.amended} == {first.tag, second.tag}

    def test_what_the_primary_changes_meanwhile_is_not_followed(self) -> None:
        copier, order = _rests()
        copier.command(StopCopying)
        _cancel(copier, 1, order)
        _take(copier, outcome=NeverSent("refused"))
        copier.command(ResumeCopying)
        copier.primary_shows(order, price=order.price + 5)
        copier.pass_time(1)
        assert [amend.modification for amend in copier.amended] == [None]

    def test_a_copy_changed_by_hand_is_cancelled_all_the_same(self) -> None:
        copier, order = _rests()
        copier.desks[S1].update(copier.copy_of(order).legs[0].order_id or "", price=order.price + 7)
        copier.look_at()
        assert copier.copy_of(order).legs[0].by_hand is not None
        _cancel(copier, 1, order)
        assert len(copier.amended) == 1

    def test_one_that_rests_on_is_told_of_once(self) -> None:
        copier, order = _rests()
        _cancel(copier, 1, order)
        for _ in range(30):
            _take(copier, outcome=Rejected("no", "OrderException")) if copier.amended else None
            copier.pass_time(0.6)
        assert _alerts(copier).count("after you cancelled it (The broker refused to cancel it: no)") == 1


class TestWhileStopped:
    def test_it_leaves_and_nothing_else_does(self) -> None:
        copier, order = _rests()
        _, other = _rests(copier)
        copier.command(StopCopying)
        copier.primary_shows(other, price=other.price + 5)
        answer = _cancel(copier, 1, order)
        assert answer.accepted
        copier.pass_time(1)
        [amend] = copier.amended
        assert amend.tag == copier.copy_of(order).legs[0].tag
        assert copier.engine.may_send(amend)
        assert not copier.engine.may_send(replace(amend, tag=copier.copy_of(other).legs[0].tag))
        _take(copier)
        assert copier.copy_of(order).state is CopyState.CANCELLED

    def test_a_modification_of_a_cancelled_copy_does_not_pass(self) -> None:
        copier, order = _rests()
        copier.primary_shows(order, price=order.price + 5)
        [change] = copier.amended
        copier.command(StopCopying)
        _cancel(copier, 1, order)
        assert not copier.engine.may_send(change)

    def test_a_cancellation_because_of_the_primary_waits_for_the_resume(self) -> None:
        copier, order = _rests()
        copier.command(StopCopying)
        copier.primary_shows(order, status="CANCELLED")
        copier.pass_time(1)
        assert copier.amended == []

    def test_a_blocked_account_gets_nothing_and_the_answer_says_so(self) -> None:
        copier, order = _rests()
        copier.handle(SessionLost(S1, "dead"))
        answer = _cancel(copier, 1, order)
        assert "nothing reaches this account now" in answer.results[0].message
        assert copier.amended == []


class TestBeforeItLeft:
    def test_an_entry_is_not_sent_and_what_waited_behind_it_goes_on(self) -> None:
        copier = Copier()
        copier.handle(SessionLost(S1, "dead"))
        first, second = copier.primary_places(), copier.primary_places()
        answer = _cancel(copier, 1, first)
        assert answer.results[0].message == "It had not left and is not sent."
        copy = copier.copy_of(first)
        assert copy.state is CopyState.NOT_SENT
        assert copy.legs[0].reason is not None
        assert copy.legs[0].reason.code is ReasonCode.CANCELLED_BY_OPERATOR
        copier.command(ResumeCopying)
        copier.look_at()
        copier.pass_time(2)
        assert [send.tag for send in copier.sent] == [copier.copy_of(second).legs[0].tag]

    def test_while_stopped_it_ends_at_once(self) -> None:
        copier = Copier()
        copier.handle(SessionLost(S1, "dead"))
        order = copier.primary_places()
        copier.command(StopCopying)
        _cancel(copier, 1, order)
        assert copier.copy_of(order).state is CopyState.NOT_SENT

    def test_one_that_is_taken_all_the_same_is_cancelled_when_it_shows(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [send] = copier.sent
        answer = _cancel(copier, 1, order)
        assert "as soon as it is seen" in answer.results[0].message
        copier.take_all()
        assert [amend.tag for amend in copier.amended] == [send.tag]

    def test_one_that_waits_for_a_connection_does_not_leave_any_more(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [send] = copier.sent
        assert copier.engine.may_send(send)
        _cancel(copier, 1, order)
        assert not copier.engine.may_send(send)
        copier.sent.clear()
        copier.command(StopCopying)
        copier.answer(send, NeverSent("held back", is_stopped=True))
        assert (copier.copy_of(order).state, copier.sent) == (CopyState.NOT_SENT, [])

    def test_one_in_doubt_is_cancelled_when_it_is_found(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [send] = copier.sent
        copier.answer(send, Unknown("timeout"))
        _cancel(copier, 1, order)
        copier.accept(send, is_answered=False)
        copier.look_at()
        assert [amend.tag for amend in copier.amended] == [send.tag]

    def test_one_that_provably_never_left_is_not_sent_again(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [send] = copier.sent
        copier.sent.clear()
        _cancel(copier, 1, order)
        copier.answer(send, NeverSent("refused"))
        copier.look_at()
        copier.pass_time(10)
        assert copier.sent == []
        assert copier.copy_of(order).state is CopyState.NOT_SENT


class TestTwoScreens:
    def test_the_second_one_finds_nothing_open_and_nothing_is_recorded_twice(self) -> None:
        copier, order = _rests()
        first = _cancel(copier, 1, order, command_id="the same id")
        assert _cancel(copier, 1, order, command_id="the same id") == first
        other = _cancel(copier, 1, order)
        assert not other.accepted
        assert other.results[0].message == "Its cancellation is under way already."
        withdrawals = [fact for fact in copier.journal.facts if isinstance(fact, CopyWithdrawn)]
        assert [(fact.units, fact.requested_by) for fact in withdrawals] == [(0, "operator")]
        assert len(copier.amended) == 1

    def test_a_retry_of_what_was_not_found_is_wanted_again(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.answer(copier.sent[0], Unknown("timeout"))
        _cancel(copier, 1, order)
        for _ in range(40):
            copier.pass_time(1)
            copier.look_at()
        copy = copier.copy_of(order)
        assert copy.state is CopyState.NEEDS_OPERATOR
        copier.sent.clear()
        tick = Ticked(copy_id=copy.copy_id, seen_state=CopyState.NEEDS_OPERATOR)
        assert copier.command(RetryCopies, copies=(tick,)).accepted
        copier.look_at()
        assert len(copier.sent) == 1


def test_an_account_that_left_the_configuration_is_cancelled_too() -> None:
    copier, order = _rests()
    copier.handle(RulesReplaced(replace(copier.rulebook, secondaries=()), Limits(), "edited"))
    assert _cancel(copier, 1, order).accepted
    assert len(copier.amended) == 1


def test_one_of_an_account_that_a_restart_does_not_know_waits_for_its_return() -> None:
    copier, _ = _rests(Copier({"S1": "1", "S2": "1"}))
    whole = copier.rulebook
    copier.rulebook = replace(whole, secondaries=whole.secondaries[1:])
    copier.restart()
    answer = copier.command(CancelCopies, count=2)
    assert "no longer in accounts_config.json" in answer.results[0].message
    assert [amend.account_id for amend in copier.amended] == ["S2"]
    copier.rulebook = whole
    copier.restart()
    assert "S1" in {amend.account_id for amend in copier.amended}


def test_a_cancelled_copy_cannot_be_ticked_again() -> None:
    copier, order = _rests()
    _cancel(copier, 1, order)
    _take(copier)
    assert "CANCELLED already" in copier.command(CopyOrders, orders=(order.order_id,)).results[0].message
