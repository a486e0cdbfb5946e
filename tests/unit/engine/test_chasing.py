"""When a copy that rests behind a filled primary order takes the market: by whose clock, and for how much."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.domain.accounts import RestPolicy
from app.domain.amending import Modification
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.messages import AmendmentAnswered
from app.ports.broker import Accepted
from tests.builders.copier import PRIMARY, Copier, an_order_for

S1 = AccountId("S1")
TO_MARKET = Modification(order_type="MARKET", market_protection=Decimal(-1))


def _copier() -> Copier:
    return Copier(accounts={"S1": {"when_primary_filled": RestPolicy.MARKET}})


def _rests(copier: Copier, **changes: Any) -> Order:
    """Let the primary's order fill while its copy rests; return the copy's order."""
    order = copier.primary_places(**changes)
    [placed] = copier.take_all()
    copier.desks[PRIMARY].fill(order.order_id)
    copier.look()
    return placed


def _wait(copier: Copier, seconds: float) -> None:
    copier.pass_time(seconds)
    copier.look_at()


def test_a_clock_that_is_set_back_delays_nothing() -> None:
    """By the host's clock the copy is sent in five hours only, so it would rest until then."""
    copier = _copier()
    placed = _rests(copier)
    copier.clock.set_wall(copier.clock.now() - timedelta(hours=5))
    _wait(copier, 6)
    assert [(amend.order_id, amend.modification) for amend in copier.amended] == [
        (placed.order_id, TO_MARKET)
    ]


def test_a_clock_that_is_set_back_does_not_end_the_chase() -> None:
    copier = _copier()
    placed = _rests(copier)
    _wait(copier, 6)
    [lost] = copier.amended
    copier.amended.clear()
    copier.handle(AmendmentAnswered(S1, lost.tag, Accepted(placed.order_id)))
    copier.clock.set_wall(copier.clock.now() - timedelta(hours=5))
    _wait(copier, 4)
    assert copier.amended == []
    _wait(copier, 2)
    assert [amend.modification for amend in copier.amended] == [TO_MARKET]


def test_what_is_left_of_two_entries_takes_the_market_for_no_more_than_they_could_close() -> None:
    """Each could close what is held. Together they would open a position that the primary has left."""
    copier = _copier()
    copier.desks[S1].take(an_order_for(quantity=4, order_type="MARKET"), None)
    copier.look_at()
    for price in (1600, 1610):
        _rests(copier, side=Side.SELL, price=Decimal(price))
        copier.clock.advance(1)
    copier.primary_places(quantity=20, order_type="MARKET")
    for _ in range(6):
        copier.take_all()
        for amend in list(copier.amended):
            desk, change = copier.desks[S1], amend.modification
            shown = desk.orders[amend.order_id]
            if change is None:
                desk.cancel(amend.order_id)
            elif change.quantity is not None:
                desk.update(amend.order_id, quantity=change.quantity)
            else:
                desk.fill(shown.order_id)
            copier.amended.remove(amend)
            copier.handle(AmendmentAnswered(S1, amend.tag, Accepted(amend.order_id)))
        _wait(copier, 6)
    sold = [order.filled_quantity for order in copier.desks[S1].orders.values() if order.side is Side.SELL]
    assert sum(sold) == 4
