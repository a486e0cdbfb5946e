"""What may be retried is shown as what is retried: nobody is offered a retry that is refused."""

from decimal import Decimal

from app.domain.copies import CopyState
from app.domain.events import CopyWithdrawn
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.service import RetryCopies, Ticked
from app.ports.broker import Rejected, Unknown
from tests.builders.copier import Copier, an_order_for

S1 = AccountId("S1")


def _refused(copier: Copier) -> Order:
    """Let the primary enter while the secondary's broker refuses the copy."""
    order = copier.primary_places(order_type="MARKET")
    copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
    copier.look_at()
    copier.clock.advance(1)
    return order


def _is_offered(copier: Copier, order: Order) -> bool:
    return copier.engine.view.copy(copier.copy_of(order))["may_retry"]


def _is_taken(copier: Copier, order: Order) -> bool:
    copy = copier.copy_of(order)
    ticked = Ticked(copy_id=copy.copy_id, seen_state=copy.state)
    return copier.command(RetryCopies, copies=(ticked,)).results[0].accepted


def test_an_entry_whose_position_the_primary_has_left_is_offered_no_more() -> None:
    copier = Copier()
    order = _refused(copier)
    assert _is_offered(copier, order)
    copier.primary_places(order_type="MARKET", side=Side.SELL)
    assert not _is_offered(copier, order)
    assert not _is_taken(copier, order)


def test_that_is_told_once_and_holds_over_restarts_and_a_new_entry() -> None:
    copier = Copier()
    order = _refused(copier)
    copier.primary_places(order_type="MARKET", side=Side.SELL)
    copier.clock.advance(1)
    copier.primary_places(order_type="MARKET")
    copier.restart()
    copier.pass_time(1)
    assert not _is_offered(copier, order)
    assert not _is_taken(copier, order)
    assert sum(isinstance(fact, CopyWithdrawn) for fact in copier.journal.facts) == 1
    assert copier.copy_of(order).state is CopyState.REJECTED


def test_while_the_primary_holds_some_of_it_a_retry_is_offered_and_taken() -> None:
    copier = Copier()
    order = _refused(copier)
    copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=4)
    assert _is_offered(copier, order)
    assert _is_taken(copier, order)


def test_what_could_still_close_something_is_offered() -> None:
    """By hand the account holds what this refused copy would close, whatever it was planned as."""
    copier = Copier()
    copier.desks[S1].take(an_order_for(order_type="MARKET", side=Side.SELL), None)
    copier.look_at()
    order = _refused(copier)
    copier.primary_places(order_type="MARKET", side=Side.SELL)
    assert _is_offered(copier, order)
    assert _is_taken(copier, order)


def test_a_lost_entry_that_turns_up_after_the_primary_has_left_is_cancelled() -> None:
    copier = Copier()
    order = copier.primary_places(price=Decimal(1500))
    [send] = copier.sent
    copier.sent.clear()
    copier.answer(send, Unknown("timeout"))
    for _ in range(8):
        copier.pass_time(6)
        copier.look_at()
    assert copier.copy_of(order).state is CopyState.NEEDS_OPERATOR
    copier.desks[copier.rulebook.primary.account_id].fill(order.order_id)
    copier.look()
    copier.clock.advance(1)
    copier.primary_places(order_type="MARKET", side=Side.SELL)
    assert not _is_offered(copier, order)
    late = copier.accept(send, is_answered=False)
    copier.look_at()
    copier.look_at()
    assert [(amend.order_id, amend.modification) for amend in copier.amended] == [(late.order_id, None)]
