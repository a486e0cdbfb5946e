"""Orders of the primary that are no plain ones: skipped by name, or copied each as an order of its own."""

from typing import Any

import pytest

from app.domain.orders import Side
from app.domain.reasons import ReasonCode
from tests.builders.copier import Copier


@pytest.mark.parametrize("variety", ["iceberg", "co", "amo", "auction", "bo", "something new"])
@pytest.mark.parametrize("is_leg", [False, True])
def test_another_variety_is_copied_to_nobody_and_the_reason_names_it(variety: str, is_leg: bool) -> None:
    """The second leg of a cover order and the later legs of an iceberg are rows of that variety too."""
    copier = Copier()
    order = copier.primary_places(looks=False)
    parent: dict[str, Any] = {"parent_order_id": "1", "side": Side.SELL} if is_leg else {}
    copier.primary_shows(order, variety=variety, **parent)
    skipped = copier.engine.state.primary_orders[order.order_id].skipped
    assert skipped is not None
    assert skipped.code is ReasonCode.VARIETY_NOT_COPIED
    assert f"variety {variety}" in skipped.text
    assert copier.sent == []


def test_a_regular_order_that_kite_keeps_for_the_next_session_is_named_amo_and_skipped() -> None:
    copier = Copier()
    order = copier.primary_places(looks=False)
    copier.primary_shows(order, variety="amo", status="AMO REQ RECEIVED")
    skipped = copier.engine.state.primary_orders[order.order_id].skipped
    assert skipped is not None
    assert "variety amo" in skipped.text


def test_the_children_of_an_autosliced_order_are_copied_each_as_an_order_of_its_own() -> None:
    copier = Copier({"S1": "0.5"})
    tags = ("autoslice", "autoslice:251120000000001")
    future: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT"}
    for quantity in (1755, 1755, 390):
        child = copier.primary_places(looks=False, **future, quantity=quantity)
        copier.desks[child.account_id].update(child.order_id, tags=tags)
    copier.look()
    while copier.sent:
        copier.take_all()
    copies = list(copier.engine.state.copies.values())
    assert [copy.quantity for copy in copies] == [845, 845, 195]
    assert len({leg.tag for copy in copies for leg in copy.legs}) == 3
