"""An exit is never refused for its size: it takes as many orders as it needs (rule 14)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.domain.accounts import RestPolicy
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.domain.pacing import Limits
from app.domain.sizing import MAX_SLICES
from app.engine.messages import RulesReplaced, TimePassed
from tests.builders.copier import Copier

S1 = AccountId("S1")
FUTURE: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT", "order_type": "MARKET"}
HELD = 3 * 260 * 30


def _holding() -> Copier:
    """Let the primary enter three times, which needs five orders each in the secondary."""
    copier = Copier({"S1": "30"})
    for _ in range(3):
        copier.primary_places(**FUTURE, quantity=260)
        _take_everything(copier)
        copier.clock.advance(1)
    assert sum(order.signed_fill for order in copier.desks[S1].orders.values()) == HELD
    return copier


def _take_everything(copier: Copier) -> list[Order]:
    """Accept what is sent, second after second, until nothing more leaves."""
    taken: list[Order] = []
    for _ in range(8):
        taken += copier.take_all()
        copier.clock.advance(1.1)
        copier.handle(TimePassed())
    return taken


def test_it_leaves_in_more_orders_than_an_entry_may_have_at_its_accounts_pace() -> None:
    copier = _holding()
    order = copier.primary_places(**FUTURE, quantity=780, side=Side.SELL)
    assert 0 < len(copier.sent) <= 8
    sold = _take_everything(copier)
    assert [one.quantity for one in sold] == [1755] * 13 + [585]
    assert len(sold) > MAX_SLICES
    assert copier.copy_of(order).state is CopyState.FILLED
    assert sum(one.signed_fill for one in copier.desks[S1].orders.values()) == 0


def test_an_entry_of_that_size_is_still_refused() -> None:
    copier = Copier({"S1": "30"})
    order = copier.primary_places(**FUTURE, quantity=780)
    assert copier.copy_of(order).state is CopyState.DENIED
    assert copier.sent == []


def test_a_mistaken_multiplier_makes_no_more_orders_of_it_than_the_copies_hold() -> None:
    copier = _holding()
    mistaken = replace(copier.rulebook.secondaries[0], multiplier=Fraction(30_000))
    copier.handle(RulesReplaced(replace(copier.rulebook, secondaries=(mistaken,)), Limits(), "edited"))
    order = copier.primary_places(**FUTURE, quantity=780, side=Side.SELL)
    _take_everything(copier)
    assert len(copier.copy_of(order).legs) == 14
    assert sum(one.signed_fill for one in copier.desks[S1].orders.values()) == 0


def test_an_exit_enlarged_beyond_ten_orders_follows_whole() -> None:
    copier = _holding()
    order = copier.primary_places(
        **{**FUTURE, "order_type": "LIMIT"}, quantity=260, side=Side.SELL, price=Decimal(1600)
    )
    _take_everything(copier)
    copier.primary_shows(order, quantity=780)
    _take_everything(copier)
    legs = copier.copy_of(order).legs
    assert [leg.order.quantity for leg in legs] == [1755] * 4 + [780] + [1755] * 8 + [585]
    assert [amend.modification.quantity for amend in copier.amended if amend.modification] == [1755]
    assert not any("was enlarged" in alert.fact.text for alert in copier.engine.state.alerts)


def test_all_of_its_orders_are_known_again_after_a_lost_journal() -> None:
    copier = _holding()
    order = copier.primary_places(**FUTURE, quantity=780, side=Side.SELL)
    _take_everything(copier)
    tags = {leg.tag for leg in copier.copy_of(order).legs}
    copier.lose_the_journal()
    copier.look_at_all()
    copier.look(gap_s=None)
    copier.look_at_all()
    assert len(tags) == 14
    assert {leg.tag for leg in copier.copy_of(order).legs} == tags
    assert copier.sent == []


def test_it_is_divided_as_often_as_its_entry_fills_in_parts() -> None:
    """Each part is an order of its own; the eleventh is sent as the first was."""
    copier = Copier(accounts={"S1": {"when_primary_filled": RestPolicy.LEAVE}})
    entry = copier.primary_places(quantity=30, looks=False)
    copier.desks[copier.rulebook.primary.account_id].fill(entry.order_id)
    copier.look()
    [placed] = copier.take_all()
    copier.clock.advance(1)
    copier.primary_places(quantity=29, order_type="MARKET", side=Side.SELL)
    sold = 0
    for _ in range(14):
        copier.desks[S1].fill(placed.order_id, 1)
        copier.look_at()
        copier.pass_time(3.1)
        copier.look_at()
        sold += sum(order.filled_quantity for order in copier.take_all() if order.side is Side.SELL)
    assert sold == 14
