"""What the exit that takes the primary flat closes, while entries and other exits still rest (ADR 0010)."""

from decimal import Decimal
from typing import Any

from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.service import CopyOrders
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")


def _held(copier: Copier, quantity: int = 10) -> None:
    copier.primary_places(order_type="MARKET", quantity=quantity)
    copier.take_all()
    copier.clock.advance(1)


def _exit(copier: Copier, quantity: int, **changes: Any) -> Order:
    limit: dict[str, Any] = {"price": Decimal(1600), **changes}
    order = copier.primary_places(side=Side.SELL, quantity=quantity, **limit)
    copier.look_at()
    return order


def test_it_leaves_to_a_filled_exit_what_that_will_still_close() -> None:
    copier = Copier()
    _held(copier)
    first = _exit(copier, 5)
    copier.take_all()
    copier.desks[PRIMARY].fill(first.order_id)
    copier.clock.advance(1)
    last = _exit(copier, 5, order_type="MARKET")
    assert copier.copy_of(last).closing_units == 5
    assert [send.order.quantity for send in copier.sent] == [5]


def test_an_exit_that_was_refused_is_made_up_for() -> None:
    copier = Copier()
    _held(copier)
    first = _exit(copier, 5)
    [placed] = copier.take_all()
    copier.desks[S1].reject(placed.order_id)
    copier.desks[PRIMARY].fill(first.order_id)
    copier.look_at()
    copier.clock.advance(1)
    last = _exit(copier, 5, order_type="MARKET")
    assert copier.copy_of(last).closing_units == 10


def test_stop_and_target_over_the_whole_position_are_both_whole() -> None:
    copier = Copier({"S1": "0.5"})
    copier.primary_places(order_type="MARKET", quantity=2)
    copier.take_all()
    copier.clock.advance(1)
    _exit(copier, 1, order_type="MARKET")
    copier.clock.advance(1)
    target = _exit(copier, 1)
    stop = _exit(copier, 1, order_type="SL", trigger_price=Decimal(90), price=Decimal(89))
    assert [copier.copy_of(order).closing_units for order in (target, stop)] == [1, 1]


def test_an_entry_that_neither_account_has_filled_is_not_closed_ahead() -> None:
    copier = Copier()
    _held(copier)
    copier.primary_places(price=Decimal(1400))
    copier.take_all()
    copier.clock.advance(1)
    last = _exit(copier, 10, order_type="MARKET")
    assert copier.copy_of(last).closing_units == 10


def test_of_an_entry_half_filled_at_the_primary_that_half_is_closed() -> None:
    copier = Copier()
    entry = copier.primary_places(quantity=10)
    copier.take_all()
    copier.desks[PRIMARY].fill(entry.order_id, 4)
    copier.clock.advance(1)
    copier.look()
    last = _exit(copier, 4)
    assert copier.copy_of(last).closing_units == 4


def test_an_exit_ticked_late_closes_nothing_of_what_was_entered_after_it() -> None:
    copier = Copier()
    _held(copier)
    exit_ = copier.primary_places(looks=False, side=Side.SELL, order_type="MARKET", quantity=10)
    copier.look(gap_s=None)
    copier.clock.advance(1)
    _held(copier, 7)
    copier.command(CopyOrders, orders=(exit_.order_id,))
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]
