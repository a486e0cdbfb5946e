"""Exits that the operator cancels: those at rest go, those that have not left stay, and the gap is told."""

from typing import Any

from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.messages import AmendmentAnswered, SessionLost
from app.engine.service import Answer, CancelCopies, ResumeCopying
from app.ports.broker import Accepted
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")


def _entered() -> Copier:
    copier = Copier()
    entry = copier.primary_places()
    [placed] = copier.take_all()
    copier.desks[PRIMARY].fill(entry.order_id)
    copier.desks[S1].fill(placed.order_id)
    copier.look()
    copier.look_at()
    return copier


def _rests(copier: Copier, **changes: Any) -> Order:
    order = copier.primary_places(**changes)
    copier.take_all()
    return order


def _cancel(copier: Copier, *orders: Order) -> Answer:
    ids = tuple(copier.copy_of(order).copy_id for order in orders)
    return copier.command(CancelCopies, count=len(ids), copies=ids)


def _take(copier: Copier) -> None:
    """Let the broker carry out the one cancellation under way and be looked at."""
    [amend] = copier.amended
    copier.amended.clear()
    copier.desks[S1].cancel(amend.order_id)
    copier.handle(AmendmentAnswered(amend.account_id, amend.tag, Accepted(amend.order_id)))
    copier.look_at()


def _alerts(copier: Copier) -> str:
    return " ".join(alert.fact.text for alert in copier.engine.state.alerts)


def test_a_stop_loss_at_rest_is_cancelled_and_the_answer_says_what_that_means() -> None:
    copier = _entered()
    stop = _rests(copier, side=Side.SELL, order_type="SL", trigger_price=1480)
    answer = _cancel(copier, stop)
    assert "It is an exit" in answer.results[0].message
    assert len(copier.amended) == 1


def test_when_the_primary_leaves_by_it_the_operator_is_told_what_is_still_held() -> None:
    copier = _entered()
    stop = _rests(copier, side=Side.SELL, order_type="SL", trigger_price=1480)
    _cancel(copier, stop)
    _take(copier)
    copier.desks[PRIMARY].fill(stop.order_id, 4)
    copier.look()
    copier.desks[PRIMARY].fill(stop.order_id)
    copier.look()
    assert _alerts(copier).count("which still holds 10") == 1


def test_the_next_exit_of_the_primary_closes_what_is_held() -> None:
    copier = _entered()
    stop = _rests(copier, side=Side.SELL, order_type="SL", trigger_price=1480)
    _cancel(copier, stop)
    _take(copier)
    copier.primary_shows(stop, status="CANCELLED")
    copier.primary_places(side=Side.SELL, order_type="MARKET")
    assert [send.order.quantity for send in copier.sent] == [10]


def test_one_that_has_not_left_is_not_held_back() -> None:
    copier = _entered()
    copier.handle(SessionLost(S1, "dead"))
    leaving = copier.primary_places(side=Side.SELL, order_type="MARKET")
    assert not copier.engine.view.copy(copier.copy_of(leaving))["may_cancel"]
    assert "exit that has not left" in _cancel(copier, leaving).results[0].message


def test_of_one_that_turns_the_position_round_only_what_opens_is_held_back() -> None:
    copier = _entered()
    copier.handle(SessionLost(S1, "dead"))
    turning = copier.primary_places(side=Side.SELL, quantity=25)
    answer = _cancel(copier, turning)
    assert "what it closes still leaves" in answer.results[0].message
    assert not copier.engine.view.copy(copier.copy_of(turning))["may_cancel"]
    copier.command(ResumeCopying)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]
    copier.take_all()
    assert _cancel(copier, turning).accepted
    assert [amend.modification for amend in copier.amended] == [None]
