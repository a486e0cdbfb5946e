"""What the operator is told when copy and primary have drifted apart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.ids import AccountId, our_tags_in
from app.domain.orders import Side
from app.engine.messages import AmendmentAnswered, SecondaryListRead, SessionLost
from app.ports.broker import Accepted, OrderList, UnreadableRow
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")


def _alerts(copier: Copier) -> list[str]:
    return [alert.fact.text for alert in copier.engine.state.alerts]


def test_a_copy_that_rests_while_the_primary_is_filled_is_told_once() -> None:
    copier = Copier()
    order = copier.primary_places()
    copier.take_all()
    copier.desks[PRIMARY].fill(order.order_id)
    copier.look()
    assert _alerts(copier) == []
    for _ in range(2):
        copier.pass_time(6)
        copier.look_at()
        copier.pass_time(1)
    assert [text for text in _alerts(copier) if "is filled, its copy" in text] == _alerts(copier)
    assert len(_alerts(copier)) == 1


def test_a_copy_that_rests_with_its_primary_is_no_news() -> None:
    copier = Copier()
    copier.primary_places()
    copier.take_all()
    copier.pass_time(60)
    assert _alerts(copier) == []


def test_what_market_protection_left_unfilled_is_told() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET")
    [send] = copier.sent
    placed = copier.accept(replace(send, order=replace(send.order, order_type="LIMIT", price=Decimal(100))))
    copier.desks[S1].fill(placed.order_id, 6)
    copier.pass_time(6)
    copier.look_at()
    copier.pass_time(1)
    assert len(_alerts(copier)) == 1
    assert "4 of 10 NSE:INFY did not fill within the market protection" in _alerts(copier)[0]


@pytest.mark.parametrize("order_type", ["MARKET", "LIMIT"])
def test_of_a_copy_that_cannot_be_seen_it_is_not_said_that_it_rests(order_type: str) -> None:
    copier = Copier()
    order = copier.primary_places(order_type=order_type)
    placed = copier.accept(copier.sent[0])
    if order_type == "LIMIT":
        copier.desks[PRIMARY].fill(order.order_id)
    copier.look()
    copier.pass_time(60)
    assert _alerts(copier) == []
    text = f"Order {placed.order_id} cannot be read."
    row = UnreadableRow(text=text, order_id=placed.order_id, our_tags=our_tags_in(str(placed.tags)))
    hidden = OrderList(orders=(), unreadable=(row,), broker_time=copier.clock.now())
    copier.handle(SecondaryListRead(S1, hidden, copier.clock.monotonic()))
    copier.pass_time(60)
    assert not [alert for alert in _alerts(copier) if "cannot be read" not in alert]


def test_a_copy_cancelled_for_less_than_a_lot_says_so_and_is_sent_anew_once_there_is_one() -> None:
    copier = Copier({"S1": "0.5"})
    order = copier.primary_places()
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=1)
    [amend] = copier.amended
    assert amend.modification is None
    copier.desks[S1].cancel(placed.order_id)
    copier.handle(AmendmentAnswered(S1, amend.tag, Accepted(placed.order_id)))
    copier.look_at()
    [leg] = copier.copy_of(order).legs
    assert leg.reason is not None
    assert "reduced to less than one lot of this copy" in leg.reason.text
    copier.sent = []
    copier.primary_shows(order, quantity=10)
    assert [send.order.quantity for send in copier.sent] == [5]
    assert _alerts(copier) == []


def test_an_exit_that_cannot_leave_is_told() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET")
    copier.take_all()
    copier.handle(SessionLost(S1, "dead"))
    copier.clock.advance(1)
    copier.primary_places(order_type="MARKET", side=Side.SELL)
    copier.pass_time(9)
    copier.pass_time(9)
    assert len([text for text in _alerts(copier) if "An exit of 10 NSE:INFY" in text]) == 1
