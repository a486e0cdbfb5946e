"""A list that is older than the journal, as the first one after a restart may be, undoes nothing."""

from app.domain.copies import CopyState
from app.domain.orders import Order
from app.engine import messages as m
from app.ports.broker import OrderList
from tests.builders.copier import Copier


def _shows(copier: Copier, order: Order) -> None:
    listed = OrderList(orders=(order,), broker_time=copier.clock.now())
    copier.handle(m.SecondaryListRead(order.account_id, listed, copier.clock.monotonic()))


def _restart_without_looking(copier: Copier) -> None:
    copier.journal = copier.journal.reopened()
    copier.engine = copier._boot()
    copier.look(gap_s=0.0)


def test_a_filled_copy_stays_filled_after_a_restart_that_first_sees_an_old_list() -> None:
    copier = Copier()
    placed = copier.primary_places()
    [open_order] = copier.take_all()
    copier.desks[open_order.account_id].update(open_order.order_id, status="COMPLETE", filled_quantity=10)
    copier.look_at()
    assert copier.copy_of(placed).state is CopyState.FILLED
    _restart_without_looking(copier)
    _shows(copier, open_order)
    assert copier.copy_of(placed).state is CopyState.FILLED
    assert copier.copy_of(placed).filled_quantity == 10
    assert not copier.engine.state.blocked


def test_fills_do_not_shrink_after_a_restart_that_first_sees_an_old_list() -> None:
    copier = Copier()
    placed = copier.primary_places()
    [open_order] = copier.take_all()
    copier.desks[open_order.account_id].update(open_order.order_id, filled_quantity=4)
    copier.look_at()
    _restart_without_looking(copier)
    _shows(copier, open_order)
    assert copier.copy_of(placed).filled_quantity == 4
    assert copier.copy_of(placed).state is CopyState.PARTIAL
