"""What is not sent, though a primary order was enlarged beyond its filled copy, and what is told of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.accounts import AccountMode
from app.domain.copies import Copy, CopyState
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.reasons import ReasonCode
from app.engine.messages import RulesReplaced
from app.engine.service import CancelCopies, RetryCopies, Ticked
from tests.builders.copier import PRIMARY, Copier
from tests.builders.filled_copies import filled_entry, filled_exit

S1 = AccountId("S1")
FUTURE: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT"}


def _states(copy: Copy) -> list[CopyState]:
    return [leg.state for leg in copy.legs]


def _told(copier: Copier) -> list[str]:
    texts = [alert.fact.text for alert in copier.engine.state.alerts]
    return [text for text in texts if "less than its share" in text]


def test_what_was_added_while_nobody_looked_opens_nothing_by_itself_and_may_be_retried() -> None:
    copier = Copier()
    order = filled_entry(copier)
    copier.desks[PRIMARY].update(order.order_id, quantity=20)
    copier.restart(gap_s=600, downtime_s=600)
    copier.primary_shows(order, price=Decimal(1501))
    assert copier.sent == []
    copy = copier.copy_of(order)
    assert _states(copy) == [CopyState.FILLED, CopyState.EXPIRED]
    assert copy.legs[1].reason is not None
    assert copy.legs[1].reason.code is ReasonCode.SEEN_LATE
    [text] = _told(copier)
    assert "has bought 10 units of NSE:INFY less than its share" in text
    copier.command(RetryCopies, copies=(Ticked(copy_id=copy.copy_id, seen_state=copy.state),))
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]


def test_an_exit_that_was_enlarged_while_nobody_looked_is_made_up_for() -> None:
    copier = Copier()
    order = filled_exit(copier)
    copier.desks[PRIMARY].update(order.order_id, quantity=20)
    copier.restart(gap_s=600, downtime_s=600)
    assert [send.order.quantity for send in copier.sent] == [10]


def test_an_entry_is_made_up_for_soon_after_its_primary_filled_and_not_long_after() -> None:
    for age_s, states in ((0.0, [CopyState.SENDING]), (600.0, [CopyState.EXPIRED])):
        copier = Copier()
        order = copier.primary_places()
        [placed] = copier.take_all()
        copier.primary_shows(order, quantity=20, status="COMPLETE", filled_quantity=20)
        copier.pass_time(age_s)
        copier.desks[S1].fill(placed.order_id)
        copier.look_at()
        assert _states(copier.copy_of(order))[1:] == states


def test_an_entry_that_the_primary_has_left_is_not_made_up_for() -> None:
    copier = Copier()
    order = filled_entry(copier)
    copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=20, looks=False)
    copier.primary_shows(order, quantity=20, status="COMPLETE", filled_quantity=20)
    assert len(copier.copy_of(order).legs) == 1


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"mode": AccountMode.CLOSE_ONLY}, ReasonCode.ACCOUNT_CLOSE_ONLY),
        ({"mode": AccountMode.OFF}, ReasonCode.ACCOUNT_OFF),
    ],
)
def test_an_account_that_takes_no_entries_by_now_is_sent_none_and_it_is_told(
    account: dict[str, Any], code: ReasonCode
) -> None:
    copier = Copier()
    order = filled_entry(copier)
    changed = replace(copier.rulebook.secondaries[0], **account)
    copier.handle(RulesReplaced(replace(copier.rulebook, secondaries=(changed,)), copier.limits, "Edited."))
    copier.primary_shows(order, quantity=20)
    copier.primary_shows(order, price=Decimal(1501))
    assert copier.sent == []
    copy = copier.copy_of(order)
    assert (copy.state, len(copy.legs)) == (CopyState.FILLED, 2)
    assert copy.legs[1].reason is not None
    assert copy.legs[1].reason.code is code
    assert len(_told(copier)) == 1


def test_an_entry_stops_at_what_its_account_may_take_at_once() -> None:
    copier = Copier(accounts={"S1": {"max_quantity": 12}})
    order = filled_entry(copier)
    copier.primary_shows(order, quantity=20)
    assert [send.order.quantity for send in copier.sent] == [2]
    texts = [alert.fact.text for alert in copier.engine.state.alerts if "max_quantity" in alert.fact.text]
    assert len(texts) == 1


def test_what_a_person_cancelled_does_not_come_back_and_neither_does_what_the_operator_did() -> None:
    for by_operator in (False, True):
        copier = Copier()
        order = copier.primary_places()
        [placed] = copier.take_all()
        if by_operator:
            copier.command(CancelCopies, copies=(copier.copy_of(order).copy_id,), count=1)
        copier.desks[S1].cancel(placed.order_id)
        copier.look_at()
        copier.primary_shows(order, quantity=20)
        assert copier.sent == []
        assert _told(copier) == []


def test_an_exit_that_was_cancelled_after_it_had_grown_and_filled_in_part_is_told_of_once() -> None:
    copier = Copier()
    order = filled_exit(copier)
    for _ in range(2):
        copier.primary_shows(order, quantity=20, status="CANCELLED", filled_quantity=15)
        copier.pass_time(1)
    assert copier.sent == []
    [text] = _told(copier)
    assert "has closed 5 units of NSE:INFY less than its share" in text


def test_a_copy_changed_by_hand_before_it_filled_stays_as_the_person_made_it() -> None:
    copier = Copier()
    order = copier.primary_places()
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=20)
    [amend] = copier.amended
    assert amend.modification is not None
    copier.desks[S1].modify(placed.order_id, amend.modification)
    copier.engine.lanes[S1].amending.clear()
    copier.look_at()
    copier.desks[S1].update(placed.order_id, quantity=7)
    copier.look_at()
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    assert copier.sent == []
    copier.primary_shows(order, quantity=30)
    assert [send.order.quantity for send in copier.sent] == [23]
