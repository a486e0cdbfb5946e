"""How long a person's change of a copy counts: as long as the primary order is the one they saw."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.hands import NOTHING_ASKED, FieldChange, HandChange, changes_by_hand, terms_of
from tests.builders.copies import a_leg_order
from tests.builders.orders import an_order

LIMIT: dict[str, Any] = {"order_type": "LIMIT", "quantity": 10, "price": Decimal(1500), "status": "OPEN"}
STOP: dict[str, Any] = {
    "order_type": "SL",
    "quantity": 10,
    "price": Decimal(1500),
    "trigger_price": Decimal(1495),
    "status": "TRIGGER PENDING",
}


def _change(then: dict[str, Any]) -> HandChange:
    primary = terms_of(an_order(**then))
    return HandChange(
        fields=(FieldChange(field="price", was="1500", now="1490"),), shown=primary, primary=primary
    )


@pytest.mark.parametrize(
    ("then", "now", "holds"),
    [
        (LIMIT, {}, True),
        (LIMIT, {"filled_quantity": 4}, True),
        (LIMIT, {"status": "COMPLETE", "filled_quantity": 10}, True),
        (LIMIT, {"price": Decimal(1490)}, False),
        (LIMIT, {"quantity": 11}, False),
        (LIMIT, {"order_type": "MARKET"}, False),
        (LIMIT, {"tags": ("mktp",)}, False),
        (STOP, {}, True),
        (STOP, {"trigger_price": Decimal(1496)}, False),
        (STOP, {"status": "OPEN", "trigger_price": Decimal(0)}, True),
        (STOP, {"status": "OPEN", "order_type": "LIMIT", "trigger_price": Decimal(0)}, True),
        (STOP, {"status": "OPEN", "order_type": "LIMIT", "price": Decimal(1490)}, False),
        (STOP, {"order_type": "SL-M"}, False),
    ],
)
def test_it_counts_until_the_primary_order_itself_changes(
    then: dict[str, Any], now: dict[str, Any], holds: bool
) -> None:
    assert _change(then).holds(an_order(**{**then, **now})) is holds


def test_where_it_is_not_known_what_was_asked_for_nobody_is_accused() -> None:
    assert changes_by_hand(an_order(**LIMIT), NOTHING_ASKED, a_leg_order(quantity=1)) == ()
