"""What the operator is told when copy and primary have drifted apart."""

from dataclasses import replace
from decimal import Decimal

from app.domain.ids import AccountId
from app.domain.orders import Side
from app.engine.messages import SessionLost
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
    copier.pass_time(6)
    copier.pass_time(6)
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
    copier.look_at()
    copier.pass_time(6)
    assert len(_alerts(copier)) == 1
    assert "4 of 10 NSE:INFY did not fill within the market protection" in _alerts(copier)[0]


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
