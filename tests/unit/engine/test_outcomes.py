"""What each kind of answer does to a copy: unknown is neither success nor failure, a resend needs proof."""

import pytest

from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId
from app.domain.reasons import ReasonCode
from app.engine.messages import SecondaryListRead, Send, SessionLost, SessionRenewed
from app.engine.service import ResumeCopying, RetryCopies, Ticked
from app.ports.broker import (
    Accepted,
    NeverSent,
    NotPermitted,
    OrderList,
    Rejected,
    SessionExpired,
    Unknown,
    UnreadableRow,
)
from tests.builders.copier import Copier

S1 = AccountId("S1")


def _copier_with_one_send() -> tuple[Copier, Send, CopyId]:
    copier = Copier()
    order = copier.primary_places()
    [send] = copier.sent
    copier.sent = []
    return copier, send, copier.copy_of(order).copy_id


def _state(copier: Copier, copy_id: CopyId) -> CopyState:
    return copier.engine.state.copies[copy_id].state


def test_a_refusal_is_final_and_nothing_is_sent_again() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, Rejected("Insufficient funds.", "MarginException"))
    copier.pass_time(60)
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.REJECTED
    assert copier.sent == []


def test_a_lost_answer_is_in_doubt_and_never_resent_by_itself() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, Unknown("timeout"))
    assert _state(copier, copy_id) is CopyState.IN_DOUBT
    for _ in range(20):
        copier.pass_time(5)
        copier.look_at()
    assert copier.sent == []
    assert _state(copier, copy_id) is CopyState.NEEDS_OPERATOR


def test_absence_needs_thirty_seconds_and_three_looks_begun_since() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, Unknown("timeout"))
    copier.look_at(began_s=copier.clock.monotonic() - 1)
    copier.pass_time(31)
    copier.look_at()
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.IN_DOUBT
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.NEEDS_OPERATOR


def test_a_lost_answer_is_settled_by_the_tag_in_the_order_list() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.accept(send, is_answered=False)
    copier.answer(send, Unknown("reset"))
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.OPEN


def test_a_late_find_is_adopted_even_after_the_operator_was_asked() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, Unknown("timeout"))
    for _ in range(8):
        copier.pass_time(5)
        copier.look_at()
    copier.accept(send, is_answered=False)
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.OPEN


def test_an_order_list_may_settle_a_send_before_its_answer_which_then_changes_nothing() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.accept(send, is_answered=False)
    copier.look_at()
    copier.answer(send, Unknown("too late"))
    assert _state(copier, copy_id) is CopyState.OPEN


def test_what_provably_never_left_is_sent_again_under_the_same_tag_after_a_look() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, NeverSent("connection refused"))
    assert _state(copier, copy_id) is CopyState.PENDING
    copier.pass_time(3)
    assert copier.sent == [], "resent without a look that began after the failure"
    copier.look_at()
    [again] = copier.sent
    assert (again.tag, again.attempt) == (send.tag, 2)


def test_a_send_that_never_leaves_fails_after_five_attempts() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, NeverSent("connection refused"))
    for _ in range(4):
        copier.pass_time(2.1)
        copier.look_at()
        [send] = copier.sent
        copier.sent = []
        copier.answer(send, NeverSent("connection refused"))
    assert _state(copier, copy_id) is CopyState.FAILED
    copier.pass_time(60)
    copier.look_at()
    assert copier.sent == []


def test_a_dead_session_blocks_the_account_and_burns_no_attempt() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, SessionExpired("Incorrect `api_key` or `access_token`."))
    copier.primary_places()
    assert copier.sent == []
    assert copier.engine.state.blocked[S1].code is ReasonCode.SESSION_EXPIRED
    copier.handle(SessionRenewed(S1))
    copier.pass_time(1)
    copier.look_at()
    assert copier.sent[0].tag == send.tag
    copier.accept(copier.sent[0])
    assert copier.engine.state.leg_of(send.tag).failures == 0
    assert _state(copier, copy_id) is CopyState.OPEN


def test_one_accounts_dead_session_leaves_the_others_alone() -> None:
    copier = Copier({"S1": "1", "S2": "1"})
    copier.handle(SessionLost(S1, "dead"))
    copier.primary_places()
    assert [send.account_id for send in copier.sent] == ["S2"]


def test_an_address_that_may_not_trade_stops_the_account_until_the_operator_resumes() -> None:
    copier, send, _ = _copier_with_one_send()
    copier.answer(send, NotPermitted("IP (203.0.113.9) is not allowed. Add it on the developer console."))
    copier.pass_time(5)
    copier.look_at()
    assert copier.sent == []
    copier.command(ResumeCopying)
    copier.look_at()
    assert [again.tag for again in copier.sent] == [send.tag]


def test_an_entry_that_waits_too_long_expires_instead_of_trading_at_a_stale_price() -> None:
    copier, send, copy_id = _copier_with_one_send()
    copier.answer(send, SessionExpired("dead"))
    copier.pass_time(121)
    copier.handle(SessionRenewed(S1))
    copier.look_at()
    assert _state(copier, copy_id) is CopyState.EXPIRED
    assert copier.sent == []


def test_a_state_the_table_forbids_stops_the_account() -> None:
    copier, send, _ = _copier_with_one_send()
    placed = copier.accept(send)
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    copier.engine.lanes[S1].orders.clear()
    copier.desks[S1].update(placed.order_id, status="CANCELLED", filled_quantity=0)
    copier.look_at()
    assert copier.engine.state.blocked[S1].code is ReasonCode.ILLEGAL_MOVE


def test_two_orders_under_one_tag_are_an_incident_told_once() -> None:
    copier, send, _ = _copier_with_one_send()
    copier.accept(send)
    copier.accept(send, is_answered=False)
    copier.look_at()
    copier.look_at()
    alerts = [alert.fact.text for alert in copier.engine.state.alerts]
    assert len([text for text in alerts if "placed twice" in text]) == 1


def test_an_order_with_our_tag_that_the_journal_does_not_know_is_shown() -> None:
    copier, send, _ = _copier_with_one_send()
    stranger = copier.desks[S1].take(send.order, None)
    copier.desks[S1].update(stranger.order_id, tags=("TCAAAABBBBCCCCDDDDEE",))
    copier.look_at()
    assert copier.engine.state.alerts == []
    copier.pass_time(10)
    copier.look_at()
    copier.look_at()
    assert [alert.fact.order_id for alert in copier.engine.state.alerts] == [stranger.order_id]


def test_an_accepted_order_that_never_shows_in_the_list_is_told() -> None:
    copier, send, _ = _copier_with_one_send()
    copier.answer(send, Accepted(copier.desks[S1].take(send.order, None).order_id))
    copier.desks[S1].orders.clear()
    copier.pass_time(31)
    copier.look_at()
    assert any("not in the account's order list" in a.fact.text for a in copier.engine.state.alerts)


def test_a_row_that_cannot_be_read_is_told_once() -> None:
    copier = Copier()
    unreadable = OrderList(orders=(), unreadable=(UnreadableRow(text="Order 1: quantity is 'ten'."),))
    for _ in range(2):
        copier.handle(_looked(unreadable, copier))
    assert len(copier.engine.state.alerts) == 1


class TestRetry:
    def test_a_rejected_copy_is_retried_in_a_new_generation_after_a_look(self) -> None:
        copier, send, copy_id = _copier_with_one_send()
        copier.answer(send, Rejected("margin", "MarginException"))
        answer = copier.command(RetryCopies, copies=(_tick(copy_id, CopyState.REJECTED),))
        assert answer.accepted
        assert copier.sent == []
        copier.look_at()
        [again] = copier.sent
        assert again.tag != send.tag
        assert again.order.quantity == 10

    def test_a_late_find_of_the_first_attempt_takes_the_retrys_place(self) -> None:
        copier, send, copy_id = _copier_with_one_send()
        copier.answer(send, Unknown("timeout"))
        for _ in range(8):
            copier.pass_time(5)
            copier.look_at()
        assert copier.command(RetryCopies, copies=(_tick(copy_id, CopyState.NEEDS_OPERATOR),)).accepted
        copier.accept(send, is_answered=False)
        copier.look_at()
        assert copier.sent == []
        assert [leg.state for leg in copier.engine.state.copies[copy_id].legs] == [
            CopyState.OPEN,
            CopyState.NOT_SENT,
        ]

    @pytest.mark.parametrize("seen", [CopyState.REJECTED, CopyState.IN_DOUBT])
    def test_a_copy_in_doubt_is_not_retried_whatever_the_screen_showed(self, seen: CopyState) -> None:
        copier, send, copy_id = _copier_with_one_send()
        copier.answer(send, Unknown("timeout"))
        assert not copier.command(RetryCopies, copies=(_tick(copy_id, seen),)).accepted

    def test_a_first_attempt_found_after_its_retry_was_sent_is_an_incident(self) -> None:
        copier, send, copy_id = _copier_with_one_send()
        copier.answer(send, Unknown("timeout"))
        for _ in range(8):
            copier.pass_time(5)
            copier.look_at()
        copier.command(RetryCopies, copies=(_tick(copy_id, CopyState.NEEDS_OPERATOR),))
        copier.look_at()
        copier.take_all()
        copier.accept(send, is_answered=False)
        copier.look_at()
        assert any("may trade twice" in alert.fact.text for alert in copier.engine.state.alerts)

    def test_two_operators_retrying_the_same_copy_send_once(self) -> None:
        copier, send, copy_id = _copier_with_one_send()
        copier.answer(send, Rejected("margin", "MarginException"))
        answers = [copier.command(RetryCopies, copies=(_tick(copy_id, CopyState.REJECTED),)) for _ in "ab"]
        copier.look_at()
        assert [answer.accepted for answer in answers] == [True, False]
        assert len(copier.sent) == 1

    def test_an_unknown_copy_is_refused(self) -> None:
        copier = Copier()
        answer = copier.command(RetryCopies, copies=(_tick(CopyId("1:S1"), CopyState.REJECTED),))
        assert not answer.accepted

    def test_only_the_slices_that_came_to_nothing_are_sent_again(self) -> None:
        copier = Copier({"S1": "30"})
        order = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65 * 2)
        first, second, third = copier.sent
        copier.sent = []
        copier.answer(second, Rejected("margin", "MarginException"))
        for send in (first, third):
            copier.desks[S1].fill(copier.accept(send).order_id)
        copier.look_at()
        copy = copier.copy_of(order)
        assert copy.state is CopyState.REJECTED
        copier.command(RetryCopies, copies=(_tick(copy.copy_id, CopyState.REJECTED),))
        copier.look_at()
        assert [send.order.quantity for send in copier.sent] == [second.order.quantity]


def _tick(copy_id: CopyId, seen: CopyState) -> Ticked:
    return Ticked(copy_id=copy_id, seen_state=seen)


def _looked(order_list: OrderList, copier: Copier) -> SecondaryListRead:
    return SecondaryListRead(S1, order_list, copier.clock.monotonic())
