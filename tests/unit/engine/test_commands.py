"""The operator's commands: each item answered by itself, refusals that say why and change nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accounts import CopyMode
from app.domain.amending import MAX_AMENDMENTS, Modification
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.pacing import Limits
from app.domain.reasons import ReasonCode
from app.engine.messages import AmendmentAnswered, Noticed, RulesReplaced, SessionLost
from app.engine.service import CopyOrders, ResumeCopying, RetryCopies, SetMode, StopCopying, Ticked
from app.ports.broker import Accepted, NotPermitted, Rejected, Unknown
from tests.builders.copier import Copier

S1 = AccountId("S1")


def _refusal(copier: Copier, order_id: str, account_id: str = "S1") -> str:
    answer = copier.command(CopyOrders, orders=(OrderId(order_id),), accounts=(AccountId(account_id),))
    assert not answer.accepted
    assert copier.sent == []
    return answer.results[0].message


def test_an_order_that_is_not_there_is_refused() -> None:
    assert "not in the primary's order list" in _refusal(Copier(), "4711")


@pytest.mark.parametrize("account_id", ["PRI001", "NOBODY"])
def test_only_secondaries_copy(account_id: str) -> None:
    copier = Copier(mode=CopyMode.MANUAL)
    order = copier.primary_places()
    assert "is not a secondary account" in _refusal(copier, order.order_id, account_id)


def test_an_order_outside_the_rules_cannot_be_ticked_into_them() -> None:
    copier = Copier(mode=CopyMode.MANUAL)
    order = copier.primary_places(product="CNC")
    assert "Product CNC is not copied" in _refusal(copier, order.order_id)


def test_an_order_that_ended_unfilled_has_nothing_to_copy() -> None:
    copier = Copier(mode=CopyMode.MANUAL)
    order = copier.primary_places()
    copier.primary_shows(order, status="CANCELLED")
    assert "CANCELLED" in _refusal(copier, order.order_id)


def test_a_tick_that_comes_to_less_than_a_lot_is_skipped_with_its_reason() -> None:
    copier = Copier(mode=CopyMode.MANUAL)
    order = copier.primary_places(quantity=1)
    halved = replace(copier.rulebook.secondaries[0], multiplier=copier.rulebook.primary.multiplier / 2)
    copier.handle(RulesReplaced(replace(copier.rulebook, secondaries=(halved,)), Limits(), "edited"))
    assert "less than one lot" in _refusal(copier, order.order_id)
    assert copier.copy_of(order).state is CopyState.SKIPPED


def test_part_of_a_command_may_succeed() -> None:
    copier = Copier({"S1": "1", "S2": "1"}, mode=CopyMode.MANUAL)
    order = copier.primary_places()
    copier.command(CopyOrders, orders=(order.order_id,), accounts=(S1,))
    answer = copier.command(CopyOrders, orders=(order.order_id,))
    assert answer.accepted
    assert answer.message == "1 of 2 copied."
    assert [result.accepted for result in answer.results] == [False, True]


def test_setting_the_mode_it_has_writes_nothing_but_the_answer() -> None:
    copier = Copier(mode=CopyMode.AUTO)
    facts = len(copier.journal.facts)
    assert copier.command(SetMode, mode=CopyMode.AUTO).accepted
    assert len(copier.journal.facts) == facts


def test_stopping_and_resuming_twice_is_harmless() -> None:
    copier = Copier()
    for command in (StopCopying, StopCopying, ResumeCopying, ResumeCopying):
        assert copier.command(command).accepted
    assert not copier.engine.state.is_stopped


def test_nothing_is_retried_while_stopped() -> None:
    copier = Copier()
    order = copier.primary_places()
    copier.answer(copier.sent[0], Rejected("margin", "MarginException"))
    copier.command(StopCopying)
    tick = Ticked(copy_id=copier.copy_of(order).copy_id, seen_state=CopyState.REJECTED)
    answer = copier.command(RetryCopies, copies=(tick,))
    assert "stopped" in answer.message


def test_a_retry_is_refused_without_its_account_its_order_or_a_leg() -> None:
    copier = Copier({"S1": "1", "S2": "0.01"})
    order = copier.primary_places()
    skipped = Ticked(copy_id=CopyId(f"{order.order_id}:S2"), seen_state=CopyState.SKIPPED)
    assert "nothing to retry" in copier.command(RetryCopies, copies=(skipped,)).results[0].message
    copier.answer(copier.sent[0], Rejected("margin", "MarginException"))
    rejected = Ticked(copy_id=copier.copy_of(order).copy_id, seen_state=CopyState.REJECTED)
    without = replace(copier.rulebook, secondaries=copier.rulebook.secondaries[1:])
    copier.handle(RulesReplaced(without, Limits(), "edited"))
    assert "no longer" in copier.command(RetryCopies, copies=(rejected,)).results[0].message
    copier.handle(RulesReplaced(copier.rulebook, Limits(), "edited"))
    copier.primary_shows(order, status="CANCELLED")
    assert "nothing left to mirror" in copier.command(RetryCopies, copies=(rejected,)).results[0].message


def test_what_an_adapter_notices_reaches_the_operator() -> None:
    copier = Copier()
    copier.handle(Noticed("The instrument list is of yesterday."))
    assert copier.engine.view.snapshot()["alerts"][0]["text"] == "The instrument list is of yesterday."


def test_an_account_that_left_the_configuration_is_not_sent_its_waiting_copy() -> None:
    copier = Copier()
    copier.handle(SessionLost(S1, "dead"))
    order = copier.primary_places()
    without = replace(copier.rulebook, secondaries=())
    copier.handle(RulesReplaced(without, Limits(), "edited"))
    assert copier.copy_of(order).state is CopyState.NOT_SENT


def _refuse_for(copier: Copier, refusal: Rejected, *, seconds: int) -> None:
    """Answer each change with a refusal, for so long."""
    answered = 0
    for _ in range(seconds * 2):
        for amend in copier.amended[answered:]:
            copier.handle(AmendmentAnswered(S1, amend.tag, refusal))
            answered += 1
        copier.pass_time(0.5)
        copier.look_at()
    for amend in copier.amended[answered:]:
        copier.handle(AmendmentAnswered(S1, amend.tag, refusal))


class TestAmendments:
    def test_a_refused_amendment_is_shown_and_tried_again_after_a_pause(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1490))
        [amend] = copier.amended
        refusal = Rejected("Order cannot be modified as it is being processed. Try later.", "OrderException")
        copier.handle(AmendmentAnswered(S1, amend.tag, refusal))
        assert copier.copy_of(order).legs[0].reason is not None
        copier.look_at()
        assert len(copier.amended) == 1
        copier.pass_time(1)
        copier.look_at()
        assert len(copier.amended) == 2

    def test_what_the_broker_goes_on_refusing_is_told_and_leaves_room_for_the_next_change(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1490))
        refusal = Rejected("Price is out of the circuit limits.", "InputException")
        _refuse_for(copier, refusal, seconds=60)
        assert 5 <= len(copier.amended) <= 8, "less and less often"
        assert {amend.modification for amend in copier.amended} == {Modification(price=Decimal(1490))}
        told = [one.fact.text for one in copier.engine.state.alerts]
        assert len(told) == 1
        assert "refused 3 times to change order" in told[0]
        reason = copier.copy_of(order).legs[0].reason
        assert reason is not None
        assert reason.text == "The broker refused to change it: Price is out of the circuit limits."
        copier.primary_shows(order, price=Decimal(1480))
        assert copier.amended[-1].modification == Modification(price=Decimal(1480)), (
            "a new one leaves at once"
        )

    def test_a_refusal_is_forgotten_once_there_is_nothing_to_change(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1490))
        _refuse_for(copier, Rejected("no", "InputException"), seconds=2)
        asked = len(copier.amended)
        copier.primary_shows(order, price=order.price)
        copier.pass_time(1)
        copier.look_at()
        assert copier.copy_of(order).legs[0].reason is None
        copier.primary_shows(order, price=Decimal(1490))
        assert len(copier.amended) == asked + 1

    def test_a_cancellation_that_is_refused_is_repeated_every_few_seconds(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, status="CANCELLED")
        _refuse_for(copier, Rejected("no", "OrderException"), seconds=60)
        assert 12 <= len(copier.amended) <= 18
        assert "refused 3 times to cancel" in copier.engine.state.alerts[-1].fact.text

    def test_a_lost_answer_to_a_change_says_that_it_was_of_a_change(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1490))
        [amend] = copier.amended
        copier.handle(AmendmentAnswered(S1, amend.tag, Unknown("timeout")))
        reason = copier.copy_of(order).legs[0].reason
        assert reason is not None
        assert reason.text == "The answer to a change of it was lost (timeout). The next look shows it."
        copier.desks[S1].update(amend.order_id, price=Decimal(1490))
        copier.look_at()
        copier.pass_time(1)
        copier.look_at()
        assert (len(copier.amended), copier.copy_of(order).legs[0].reason) == (1, None)

    def test_an_address_that_may_not_trade_shows_at_the_amendment_too(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, status="CANCELLED")
        copier.handle(AmendmentAnswered(S1, copier.amended[0].tag, NotPermitted("IP not allowed.")))
        assert S1 in copier.engine.state.blocked
        copier.pass_time(5)
        copier.look_at()
        assert len(copier.amended) == 1

    def test_it_stops_short_of_kites_limit_and_says_so_but_still_cancels(self) -> None:
        copier = Copier()
        order = copier.primary_places()
        copier.take_all()
        for price in range(1400, 1400 + MAX_AMENDMENTS + 3):
            copier.primary_shows(order, price=Decimal(price))
            for amend in copier.amended[-1:]:
                copier.handle(AmendmentAnswered(S1, amend.tag, Accepted(amend.order_id)))
            copier.pass_time(1)
            copier.look_at()
        assert len(copier.amended) == MAX_AMENDMENTS
        assert sum("no longer follows" in alert.fact.text for alert in copier.engine.state.alerts) == 1
        reason = copier.copy_of(order).legs[0].reason
        assert reason is not None
        assert reason.code is ReasonCode.AMENDMENT_LIMIT
        copier.primary_shows(order, status="CANCELLED")
        assert copier.amended[-1].modification is None

    def test_amendments_keep_to_the_budget(self) -> None:
        copier = Copier(limits=replace(Copier().limits, per_second=3, reserve=2))
        order = copier.primary_places()
        copier.take_all()
        copier.primary_shows(order, price=Decimal(1490))
        assert copier.amended == []
        copier.pass_time(1)
        assert len(copier.amended) == 1

    def test_an_order_answered_after_it_was_changed_does_not_make_room_for_more(self) -> None:
        """What it leaves in the budget is its own: the change of it may still wait for a connection."""
        copier = Copier(limits=replace(Copier().limits, per_second=2, reserve=1))
        order = copier.primary_places()
        [send] = copier.sent
        copier.accept(send, is_answered=False)
        copier.engine.note_leaving(send)
        copier.pass_time(2)
        copier.look_at()
        copier.primary_shows(order, price=Decimal(1490))
        copier.pass_time(2)
        copier.answer(send, Accepted(copier.amended[0].order_id))
        copier.pass_time(2)
        copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
        assert copier.sent == [send]


def test_a_primary_order_reduced_below_a_lot_before_its_copy_left_is_not_sent() -> None:
    copier = Copier({"S1": "0.5"})
    copier.primary_places()
    order = copier.primary_places(quantity=2)
    copier.primary_shows(order, quantity=1)
    copier.take_all()
    assert copier.sent == []
    assert copier.copy_of(order).state is CopyState.NOT_SENT


def test_a_changed_quantity_is_shown_once_the_broker_shows_it() -> None:
    copier = Copier({"S1": "2"})
    order = copier.primary_places()
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=8)
    [amend] = copier.amended
    copier.desks[S1].update(placed.order_id, quantity=16)
    copier.handle(AmendmentAnswered(S1, amend.tag, Accepted(placed.order_id)))
    copier.look_at()
    shown = copier.engine.view.snapshot()["copies"][copier.copy_of(order).copy_id]
    assert (shown["quantity"], shown["legs"][0]["quantity"]) == (16, 16)
    copier.primary_shows(order, quantity=10)
    assert copier.amended[-1].modification is not None
    assert copier.amended[-1].modification.quantity == 20
