"""A primary order enlarged beyond the planned slices: more orders, in turn, once, and within limits."""

from decimal import Decimal
from typing import Any

from app.domain.copies import CopyState
from app.domain.events import LegsAdded
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.ports.broker import Unknown
from tests.builders.copier import Copier

S1 = AccountId("S1")
FUTURE: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT"}


def _placed(copier: Copier, quantity: int = 65) -> Order:
    order = copier.primary_places(**FUTURE, quantity=quantity)
    copier.take_all()
    return order


def test_more_slices_than_planned_are_added_and_numbered_on() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    assert [leg.order.quantity for leg in copier.copy_of(order).legs] == [1755, 195]
    copier.primary_shows(order, quantity=130)
    assert [(send.order.quantity) for send in copier.sent] == [390]
    assert [amend.modification.quantity for amend in copier.amended if amend.modification] == [1755]
    legs = copier.copy_of(order).legs
    assert [leg.number for leg in legs] == [0, 1, 2]
    assert len({leg.tag for leg in legs}) == 3


def test_they_are_written_down_before_they_leave_and_leave_once_over_restarts() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    copier.primary_shows(order, quantity=130)
    kinds = [type(fact).__name__ for fact in copier.journal.facts]
    assert kinds.index("LegsAdded") < len(kinds) - 1 - kinds[::-1].index("AttemptStarted")
    copier.take_all()
    for _ in range(3):
        copier.restart()
        copier.look()
    assert copier.sent == []
    assert sum(isinstance(fact, LegsAdded) for fact in copier.journal.facts) == 1


def test_a_crash_between_plan_and_send_leaves_the_added_leg_in_doubt_not_doubled() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    copier.primary_shows(order, quantity=130)
    copier.restart()
    assert copier.copy_of(order).legs[2].state is CopyState.IN_DOUBT
    assert copier.sent == []


def test_back_at_the_old_quantity_what_was_added_is_cancelled_or_not_sent() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    copier.primary_shows(order, quantity=130)
    copier.take_all()
    copier.amended.clear()
    copier.engine.lanes[S1].amending.clear()
    copier.primary_shows(order, quantity=65)
    changes = {amend.tag: amend.modification for amend in copier.amended}
    legs = copier.copy_of(order).legs
    assert changes == {legs[2].tag: None}


def test_an_added_leg_that_has_not_left_is_not_sent_when_the_order_shrinks_again() -> None:
    copier = Copier({"S1": "30"})
    order = copier.primary_places(**FUTURE, quantity=65)
    older = copier.primary_places(**FUTURE, quantity=65, price=Decimal(1400))
    copier.primary_shows(older, quantity=130)
    copier.primary_shows(older, quantity=65)
    copier.take_all()
    copier.take_all()
    legs = copier.copy_of(older).legs
    assert [leg.state for leg in legs] == [CopyState.OPEN, CopyState.OPEN, CopyState.NOT_SENT]
    assert copier.copy_of(older).state is CopyState.OPEN
    assert copier.copy_of(order).state is CopyState.OPEN


def test_an_added_leg_leaves_in_its_copys_turn() -> None:
    copier = Copier({"S1": "30"})
    first = copier.primary_places(**FUTURE, quantity=65)
    second = copier.primary_places(**FUTURE, quantity=65, price=Decimal(1400))
    copier.primary_shows(first, quantity=130)
    sent = [send.tag for send in copier.sent]
    assert sent == [leg.tag for leg in copier.copy_of(first).legs]
    copier.take_all()
    assert {send.tag for send in copier.sent} == {leg.tag for leg in copier.copy_of(second).legs}


def test_an_added_leg_does_not_wait_for_a_younger_copy_in_doubt() -> None:
    copier = Copier({"S1": "30"})
    first = _placed(copier)
    copier.primary_places(**FUTURE, quantity=65, price=Decimal(1400))
    for send in copier.sent:
        copier.answer(send, Unknown("timeout"))
    copier.sent = []
    copier.primary_shows(first, quantity=130)
    assert [send.tag for send in copier.sent] == [copier.copy_of(first).legs[2].tag]


def test_no_more_orders_than_allowed_for_one_copy_and_the_operator_is_told() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    copier.primary_shows(order, quantity=65 * 20)
    copier.primary_shows(order, quantity=65 * 20, price=Decimal(1501))
    assert len(copier.copy_of(order).legs) == 10
    texts = [alert.fact.text for alert in copier.engine.state.alerts if "was enlarged" in alert.fact.text]
    assert len(texts) == 1
    assert "would be 39000 units" in texts[0]
    assert "it is 17550" in texts[0]


def test_an_entry_does_not_grow_beyond_what_the_account_may_take_at_once() -> None:
    copier = Copier({"S1": "1"}, accounts={"S1": {"max_quantity": 25}})
    order = copier.primary_places(quantity=10)
    copier.take_all()
    copier.primary_shows(order, quantity=40)
    assert [amend.modification.quantity for amend in copier.amended if amend.modification] == [25]
    assert any("was enlarged" in alert.fact.text for alert in copier.engine.state.alerts)


def test_a_copy_that_has_ended_does_not_grow() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    for shown in list(copier.desks[S1].orders.values()):
        copier.desks[S1].cancel(shown.order_id)
    copier.look_at()
    copier.primary_shows(order, quantity=130)
    assert copier.sent == []
    assert len(copier.copy_of(order).legs) == 2


def test_an_exit_that_grows_still_closes_no_more_than_is_held() -> None:
    copier = Copier({"S1": "30"})
    copier.primary_places(**FUTURE, order_type="MARKET", quantity=130)
    copier.take_all()
    copier.clock.advance(1)
    stop = copier.primary_places(**FUTURE, side=Side.SELL, price=Decimal(1600), quantity=65)
    copier.look_at()
    copier.take_all()
    copier.primary_shows(stop, quantity=65 * 4)
    for _ in range(4):
        copier.look_at()
        copier.take_all()
        for amend in copier.amended:
            assert amend.modification is not None
            copier.desks[S1].modify(amend.order_id, amend.modification)
            copier.engine.lanes[S1].amending.discard(amend.tag)
        copier.amended.clear()
    resting = [one for one in copier.desks[S1].orders.values() if not one.is_terminal]
    assert sum(one.quantity for one in resting) <= 30 * 130


def test_added_legs_are_recognised_after_the_journal_was_lost() -> None:
    copier = Copier({"S1": "30"})
    order = _placed(copier)
    copier.primary_shows(order, quantity=130)
    copier.take_all()
    tags = {leg.tag for leg in copier.copy_of(order).legs}
    copier.lose_the_journal()
    copier.look_at_all()
    copier.look(gap_s=None)
    copier.look_at_all()
    assert {leg.tag for leg in copier.copy_of(order).legs} == tags
    assert copier.sent == []


def test_a_recognised_exit_is_known_as_one() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET")
    copier.take_all()
    copier.clock.advance(1)
    order = copier.primary_places(side=Side.SELL, price=Decimal(1600))
    copier.look_at()
    copier.take_all()
    copier.lose_the_journal()
    copier.look_at_all()
    copier.look(gap_s=None)
    copier.look_at_all()
    assert copier.copy_of(order).is_exit
