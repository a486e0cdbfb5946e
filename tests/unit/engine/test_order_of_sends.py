"""When orders leave: in order per symbol, within the budget, never after a stop, once over a restart."""

from decimal import Decimal

import pytest

from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.pacing import Limits
from app.engine.messages import RulesReplaced
from app.engine.service import CopyOrders, ResumeCopying, StopCopying
from app.ports.broker import NeverSent, Unknown
from tests.builders.copier import Copier

S1 = AccountId("S1")


class TestFifo:
    def test_a_younger_copy_of_a_symbol_waits_for_the_older_ones_answer(self) -> None:
        copier = Copier()
        copier.primary_places()
        copier.primary_places()
        assert len(copier.sent) == 1
        copier.accept(copier.sent[0])
        assert len(copier.sent) == 2

    def test_another_symbol_does_not_wait(self) -> None:
        copier = Copier()
        copier.primary_places()
        copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
        assert len(copier.sent) == 2

    def test_another_account_does_not_wait(self) -> None:
        copier = Copier({"S1": "1", "S2": "1"})
        copier.primary_places()
        copier.accept(next(send for send in copier.sent if send.account_id == "S2"))
        copier.primary_places()
        assert [send.account_id for send in copier.sent] == ["S1", "S2", "S2"]

    def test_nothing_is_sent_to_an_account_before_its_order_list_was_read(self) -> None:
        copier = Copier()
        copier.engine.lanes[S1].looked_at_s = None
        copier.primary_places()
        assert copier.sent == []
        copier.look_at()
        assert len(copier.sent) == 1


class TestBudget:
    def test_entries_leave_the_reserve_to_exits(self) -> None:
        copier = Copier(limits=Limits(per_second=3, reserve=1))
        for symbol in ("NIFTYFUT",):
            copier.primary_places(exchange="NFO", tradingsymbol=symbol, quantity=65)
        for _ in range(3):
            copier.primary_places()
            if copier.sent[1:]:
                copier.accept(copier.sent[-1])
        assert len(copier.sent) == 2
        copier.pass_time(1)
        assert len(copier.sent) == 3

    def test_a_turn_is_due_when_there_is_room_again(self) -> None:
        copier = Copier(limits=Limits(per_second=2, reserve=1))
        copier.primary_places()
        copier.take_all()
        assert copier.engine.due_at_s == float("inf")
        copier.pass_time(0.25)
        copier.primary_places()
        assert copier.engine.due_at_s - copier.clock.monotonic() == pytest.approx(0.75, abs=0.01)
        copier.pass_time(0.75)
        assert len(copier.sent) == 1
        assert copier.engine.due_at_s == float("inf")

    def test_a_restart_does_not_refill_it(self) -> None:
        copier = Copier(limits=Limits(per_minute=22, reserve=2))
        for _ in range(2):
            copier.primary_places()
            copier.take_all()
        copier.restart()
        copier.primary_places()
        assert copier.sent == []
        copier.pass_time(61)
        copier.primary_places()
        assert len(copier.sent) >= 1

    def test_the_operator_is_told_before_the_day_is_spent(self) -> None:
        copier = Copier(limits=Limits(warn_per_day=1))
        copier.primary_places()
        assert any("orders sent today" in alert.fact.text for alert in copier.engine.state.alerts)


class TestStop:
    def test_after_a_stop_no_queued_order_leaves(self) -> None:
        copier = Copier()
        copier.primary_places()
        copier.primary_places()
        [queued] = copier.sent
        copier.command(StopCopying)
        assert not copier.engine.may_send(queued)
        copier.take_all()
        assert copier.sent == []

    def test_a_new_order_while_stopped_is_held_and_can_be_ticked_after_resuming(self) -> None:
        copier = Copier()
        copier.command(StopCopying)
        order = copier.primary_places()
        assert copier.copy_of(order).state is CopyState.HELD
        assert not copier.command(CopyOrders, orders=(order.order_id,)).accepted
        copier.command(ResumeCopying)
        assert copier.sent == []
        copier.command(CopyOrders, orders=(order.order_id,))
        assert len(copier.sent) == 1

    def test_a_stop_holds_over_a_restart(self) -> None:
        copier = Copier()
        copier.command(StopCopying)
        copier.restart()
        copier.primary_places()
        assert copier.engine.state.is_stopped
        assert copier.sent == []

    def test_a_send_stopped_at_the_last_moment_is_not_a_failure_and_may_leave_after_resuming(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [send] = copier.sent
        copier.sent = []
        copier.command(StopCopying)
        copier.answer(send, NeverSent("stopped", is_stopped=True))
        copier.pass_time(1)
        copier.look_at()
        assert copier.copy_of(order).state is CopyState.PENDING
        assert copier.sent == []
        copier.command(ResumeCopying)
        copier.look_at()
        assert [again.tag for again in copier.sent] == [send.tag]

    def test_a_queued_entry_does_not_leave_long_after_a_stop(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.command(StopCopying)
        copier.answer(copier.sent[0], NeverSent("stopped", is_stopped=True))
        copier.sent = []
        copier.pass_time(121)
        copier.command(ResumeCopying)
        copier.look_at()
        assert copier.copy_of(order).state is CopyState.EXPIRED
        assert copier.sent == []


class TestRestart:
    def test_a_send_without_an_answer_is_in_doubt_and_found_by_its_tag(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.accept(copier.sent[0], is_answered=False)
        copier.restart()
        assert copier.sent == []
        assert copier.copy_of(order).state is CopyState.OPEN

    def test_a_send_that_never_arrived_ends_with_the_operator_not_with_a_second_order(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.restart()
        for _ in range(8):
            copier.pass_time(5)
            copier.look_at()
        assert copier.sent == []
        assert copier.copy_of(order).state is CopyState.NEEDS_OPERATOR

    def test_a_copy_planned_but_not_sent_leaves_after_the_restart_once(self) -> None:
        copier = Copier()
        copier.primary_places()
        second = copier.primary_places()
        copier.accept(copier.sent[0], is_answered=False)
        copier.restart()
        assert [send.tag for send in copier.sent] == [copier.copy_of(second).legs[0].tag]

    def test_a_journal_lost_between_plan_and_send_does_not_lose_the_doubt_twice(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.answer(copier.sent[0], Unknown("timeout"))
        copier.restart()
        copier.restart()
        assert copier.copy_of(order).state is CopyState.IN_DOUBT
        assert copier.sent == []

    def test_the_same_order_seen_again_is_not_copied_again(self) -> None:
        copier = Copier()
        copier.primary_places()
        copier.take_all()
        for _ in range(3):
            copier.restart()
            copier.look()
        assert copier.sent == []

    def test_a_repeated_command_is_answered_as_before_over_a_restart(self) -> None:
        copier = Copier()
        order = copier.primary_places(looks=False)
        copier.look(gap_s=None)
        first = copier.command(CopyOrders, orders=(order.order_id,), command_id="x")
        copier.restart()
        again = copier.command(CopyOrders, orders=(order.order_id,), command_id="x")
        other = copier.command(StopCopying, command_id="x")
        assert again == first
        assert not other.accepted


class TestFollowing:
    def test_a_new_price_of_the_primary_reaches_every_resting_copy(self) -> None:
        copier = Copier({"S1": "1", "S2": "2"})
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1495))
        assert {(a.account_id, a.modification.price) for a in copier.amended if a.modification} == {
            ("S1", Decimal(1495)),
            ("S2", Decimal(1495)),
        }

    def test_a_new_quantity_is_sized_again(self) -> None:
        copier = Copier({"S1": "2.5"})
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, quantity=21)
        assert [a.modification.quantity for a in copier.amended if a.modification] == [52]

    def test_a_cancelled_primary_order_cancels_its_copies(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        [placed] = copier.take_all()
        copier.primary_shows(order, status="CANCELLED")
        [cancel] = copier.amended
        assert (cancel.order_id, cancel.modification) == (placed.order_id, None)

    def test_a_primary_order_cancelled_before_its_copy_left_is_not_sent(self) -> None:
        copier = Copier()
        copier.primary_places()
        order = copier.primary_places(price=Decimal(1400))
        copier.primary_shows(order, status="CANCELLED")
        copier.take_all()
        assert copier.sent == []
        assert copier.copy_of(order).state is CopyState.NOT_SENT

    def test_a_copy_that_waits_leaves_with_the_newest_price(self) -> None:
        copier = Copier()
        copier.primary_places()
        order = copier.primary_places(price=Decimal(1400))
        copier.primary_shows(order, price=Decimal(1405))
        copier.take_all()
        assert [send.order.price for send in copier.sent] == [Decimal(1405)]

    def test_one_amendment_at_a_time_and_only_after_a_look(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1495))
        copier.primary_shows(order, price=Decimal(1496))
        assert len(copier.amended) == 1

    def test_nothing_is_amended_while_stopped(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.command(StopCopying)
        copier.primary_shows(order, status="CANCELLED")
        assert copier.amended == []

    def test_a_copy_above_the_freeze_quantity_follows_each_slice(self) -> None:
        copier = Copier({"S1": "30"})
        order = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=130)
        copier.take_all()
        copier.primary_shows(order, quantity=65)
        changes = {a.tag: a.modification for a in copier.amended}
        first, _, last = copier.copy_of(order).legs
        assert first.tag not in changes
        assert changes[last.tag] is None

    def test_a_short_sale_is_followed_like_a_purchase(self) -> None:
        copier = Copier()
        order = copier.primary_places(side=Side.SELL)
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1510))
        assert len(copier.amended) == 1


def test_edited_limits_hold_from_then_on_for_every_account() -> None:
    copier = Copier({"S1": "1", "S2": "1"}, limits=Limits(per_second=2, reserve=2))
    copier.primary_places()
    assert copier.sent == []
    copier.handle(RulesReplaced(copier.rulebook, Limits(), "edited"))
    assert len(copier.sent) == 2


class TestLostJournal:
    def test_orders_sent_before_are_recognised_by_their_tags(self) -> None:
        copier = Copier({"S1": "1", "S2": "2"})
        order = copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.lose_the_journal()
        copier.look_at_all()
        copier.look(gap_s=None)
        copier.look_at_all()
        for account_id in ("S1", "S2"):
            assert copier.copy_of(order, account_id).state is CopyState.FILLED
        copier.command(CopyOrders, orders=(order.order_id,))
        copier.pass_time(1)
        assert copier.sent == []
        assert copier.engine.state.alerts == []

    def test_a_tick_before_they_are_recognised_sends_nothing_twice(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.lose_the_journal()
        copier.look_at_all()
        copier.look(gap_s=None)
        assert copier.copy_of(order).state is CopyState.HELD
        assert copier.command(CopyOrders, orders=(order.order_id,)).accepted
        assert copier.sent == []
        assert copier.copy_of(order).state is CopyState.OPEN

    def test_one_whose_primary_order_was_cancelled_meanwhile_is_recognised_and_cancelled(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.lose_the_journal()
        copier.look(gap_s=None)
        copier.primary_shows(order, status="CANCELLED")
        assert copier.copy_of(order).state is CopyState.NOT_SENT
        copier.look_at_all()
        copier.look_at_all()
        assert copier.copy_of(order).state is CopyState.OPEN
        assert [amend.modification for amend in copier.amended] == [None]
