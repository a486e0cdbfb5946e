"""A copy that had filled when its primary order was enlarged gets what it lacks, once (docs/adr/0022)."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.copies import Copy, CopyState
from app.domain.events import LegsAdded
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.service import RetryCopies, Ticked
from app.ports.broker import Rejected, Unknown
from tests.builders.copier import PRIMARY, Copier, an_order_for
from tests.builders.filled_copies import filled_entry, filled_exit

S1 = AccountId("S1")
FUTURE: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT"}


def _sent(copier: Copier) -> list[tuple[Side, int, str, Decimal]]:
    return [(s.order.side, s.order.quantity, s.order.order_type, s.order.price) for s in copier.sent]


def _held(copier: Copier) -> int:
    return sum(order.signed_fill for order in copier.desks[S1].orders.values())


def _states(copy: Copy) -> list[CopyState]:
    return [leg.state for leg in copy.legs]


def _told(copier: Copier) -> list[str]:
    texts = [alert.fact.text for alert in copier.engine.state.alerts]
    return [text for text in texts if "less than its share" in text]


def _fill_sent(copier: Copier) -> None:
    for placed in copier.take_all():
        copier.desks[S1].fill(placed.order_id)
    copier.look_at()


def test_an_exit_closes_what_was_added_at_the_price_of_now() -> None:
    copier = Copier()
    order = filled_exit(copier)
    copier.primary_shows(order, quantity=20, price=Decimal(1590))
    assert _sent(copier) == [(Side.SELL, 10, "LIMIT", Decimal(1590))]
    _fill_sent(copier)
    assert _held(copier) == 0
    assert copier.copy_of(order).state is CopyState.FILLED
    assert _told(copier) == []


def test_an_exit_whose_primary_filled_in_the_same_look_is_not_lost() -> None:
    copier = Copier()
    order = filled_exit(copier)
    copier.primary_shows(order, quantity=20, status="COMPLETE", filled_quantity=20)
    assert [send.order.quantity for send in copier.sent] == [10]


def test_an_entry_buys_what_was_added_at_the_primary_s_price() -> None:
    copier = Copier()
    order = filled_entry(copier)
    copier.primary_shows(order, quantity=25)
    assert _sent(copier) == [(Side.BUY, 15, "LIMIT", Decimal(1500))]
    kinds = [type(fact).__name__ for fact in copier.journal.facts]
    assert kinds.index("LegsAdded") < len(kinds) - 1 - kinds[::-1].index("AttemptStarted")


@pytest.mark.parametrize("filled", [filled_entry, filled_exit])
def test_it_is_sent_once_whatever_else_changes(filled: Callable[[Copier], Order]) -> None:
    copier = Copier()
    order = filled(copier)
    copier.primary_shows(order, quantity=20)
    copier.take_all()
    copier.primary_shows(order, price=Decimal(1501))
    copier.primary_shows(order, filled_quantity=5)
    for _ in range(3):
        copier.restart()
        copier.pass_time(1)
        copier.look_at()
    assert copier.sent == []
    assert sum(isinstance(fact, LegsAdded) for fact in copier.journal.facts) == 1


def test_enlarged_twice_it_is_sent_what_is_missing_each_time_and_nothing_back() -> None:
    copier = Copier()
    order = filled_exit(copier, held=60)
    for quantity, missing in ((20, 10), (50, 30)):
        copier.primary_shows(order, quantity=quantity)
        assert [send.order.quantity for send in copier.sent] == [missing]
        _fill_sent(copier)
    for quantity in (30, 50, 12):
        copier.primary_shows(order, quantity=quantity)
        copier.look_at()
    assert (copier.sent, copier.amended) == ([], [])
    assert _held(copier) == 10


def test_an_added_order_at_rest_grows_and_shrinks_as_any_other() -> None:
    copier = Copier()
    order = filled_entry(copier)
    copier.primary_shows(order, quantity=20)
    copier.take_all()
    copier.primary_shows(order, quantity=50)
    [amend] = copier.amended
    assert amend.modification is not None
    assert amend.modification.quantity == 40
    copier.amended.clear()
    copier.engine.lanes[S1].amending.clear()
    copier.primary_shows(order, quantity=10)
    assert [amend.modification for amend in copier.amended] == [None]
    assert copier.sent == []


def test_what_was_cancelled_as_the_order_shrank_is_sent_anew_when_it_grows_again() -> None:
    copier = Copier({"S1": "0.5"})
    order = copier.primary_places(quantity=2)
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=1)
    assert [amend.modification for amend in copier.amended] == [None]
    copier.desks[S1].cancel(placed.order_id)
    copier.engine.lanes[S1].amending.clear()
    copier.look_at()
    copier.primary_shows(order, quantity=8)
    assert [send.order.quantity for send in copier.sent] == [4]


def test_a_copy_reduced_and_filled_gets_the_rest_when_the_order_is_as_planned_again() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET", quantity=20)
    copier.take_all()
    copier.clock.advance(1)
    order = copier.primary_places(side=Side.SELL, price=Decimal(1600))
    copier.look_at()
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=4)
    [amend] = copier.amended
    assert amend.modification is not None
    copier.desks[S1].modify(placed.order_id, amend.modification)
    copier.desks[S1].fill(placed.order_id)
    copier.look_at()
    copier.primary_shows(order, quantity=10)
    assert [send.order.quantity for send in copier.sent] == [6]


def test_an_order_that_fills_while_it_is_being_enlarged_is_made_up_for() -> None:
    copier = Copier()
    order = copier.primary_places()
    [placed] = copier.take_all()
    copier.primary_shows(order, quantity=20)
    assert [amend.modification.quantity for amend in copier.amended if amend.modification] == [20]
    copier.desks[S1].fill(placed.order_id)
    assert copier.sent == []
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]


def test_while_a_leg_is_in_doubt_it_counts_for_all_it_may_carry() -> None:
    copier = Copier()
    order = copier.primary_places()
    [send] = copier.sent
    copier.sent.clear()
    copier.answer(send, Unknown("timeout"))
    copier.primary_shows(order, quantity=20)
    assert copier.sent == []
    found = copier.accept(send, is_answered=False)
    copier.desks[S1].fill(found.order_id)
    copier.look_at()
    assert [again.order.quantity for again in copier.sent] == [10]


def test_what_a_filled_slice_cannot_carry_any_more_is_added_beside_what_grows() -> None:
    copier = Copier({"S1": "30"})
    order = copier.primary_places(**FUTURE, quantity=65)
    copier.take_all()
    second = copier.copy_of(order).legs[1]
    assert second.order_id is not None
    copier.desks[S1].fill(second.order_id)
    copier.look_at()
    copier.primary_shows(order, quantity=130)
    assert [send.order.quantity for send in copier.sent] == [1755, 195]
    assert sum(leg.quantity for leg in copier.copy_of(order).legs) == 30 * 130


def test_a_retry_that_filled_is_made_up_for_as_well() -> None:
    copier = Copier()
    order = copier.primary_places()
    copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
    copier.look_at()
    copier.primary_shows(order, quantity=20)
    assert copier.sent == []
    ticked = Ticked(copy_id=copier.copy_of(order).copy_id, seen_state=CopyState.REJECTED)
    copier.command(RetryCopies, copies=(ticked,))
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10, 10]


def test_an_exit_closes_no_more_than_is_held_and_says_nothing_where_that_is_nothing() -> None:
    copier = Copier()
    order = filled_exit(copier, held=10)
    copier.primary_shows(order, quantity=20)
    copier.primary_shows(order, price=Decimal(1601))
    assert copier.sent == []
    copy = copier.copy_of(order)
    assert (copy.state, _states(copy)) == (CopyState.FILLED, [CopyState.FILLED, CopyState.NOT_SENT])
    assert _told(copier) == []


def test_an_exit_waits_for_its_entry_at_rest() -> None:
    copier = Copier()
    order = filled_exit(copier, held=10)
    older = replace(copier.desks[PRIMARY].orders[order.order_id], filled_quantity=0)
    copier.desks[PRIMARY].put(older)
    copier.engine.lanes[S1].touched_at_s["NSE:INFY"] = copier.clock.monotonic() + 5
    copier.primary_shows(order, quantity=20)
    assert copier.copy_of(order).legs[1].state is CopyState.PENDING
    copier.desks[S1].take(an_order_for(order_type="MARKET", quantity=10), None)
    copier.pass_time(6)
    copier.look_at()
    assert [send.order.quantity for send in copier.sent] == [10]


def test_an_exit_that_comes_to_take_the_primary_flat_takes_the_copies_flat() -> None:
    copier = Copier({"S1": "0.7"})
    copier.primary_places(order_type="MARKET", quantity=10)
    copier.take_all()
    copier.clock.advance(1)
    copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=4)
    copier.look_at()
    copier.take_all()
    copier.clock.advance(1)
    order = copier.primary_places(side=Side.SELL, quantity=3, price=Decimal(1600))
    copier.look_at()
    _fill_sent(copier)
    assert _held(copier) == 3
    copier.primary_shows(order, quantity=6)
    _fill_sent(copier)
    assert _held(copier) == 0


def test_a_stop_that_has_triggered_is_added_as_the_plain_order_it_has_become() -> None:
    copier = Copier()
    stop: dict[str, Any] = {"order_type": "SL", "price": Decimal(1390), "trigger_price": Decimal(1400)}
    order = filled_exit(copier, **stop)
    copier.primary_shows(order, quantity=20, status="OPEN")
    assert _sent(copier) == [(Side.SELL, 10, "LIMIT", Decimal(1390))]
    copier.take_all()
    copier.pass_time(1)
    assert copier.amended == []


def test_an_order_that_is_being_changed_at_the_broker_is_waited_for() -> None:
    copier = Copier()
    order = filled_exit(copier)
    copier.primary_shows(order, quantity=20, status="MODIFY PENDING")
    assert copier.sent == []
    copier.primary_shows(order, status="OPEN")
    assert [send.order.quantity for send in copier.sent] == [10]


def test_what_was_added_is_known_again_after_a_lost_journal_and_not_sent_twice() -> None:
    copier = Copier()
    order = filled_exit(copier, held=40)
    copier.primary_shows(order, quantity=20)
    copier.take_all()
    tags = {leg.tag for leg in copier.copy_of(order).legs}
    assert len(tags) == 2
    copier.lose_the_journal()
    copier.look_at_all()
    copier.look(gap_s=None)
    copier.look_at_all()
    assert {leg.tag for leg in copier.copy_of(order).legs} == tags
    assert copier.sent == []
    copier.primary_shows(order, quantity=30)
    units = [leg.quantity for leg in copier.copy_of(order).legs]
    wanted = [amend.modification.quantity for amend in copier.amended if amend.modification]
    assert (copier.sent, units, wanted) == ([], [10, 10], [20])
