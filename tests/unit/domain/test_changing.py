"""A changed value is what `dataclasses.replace` makes of it, and the old one stays as it was."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.changing import changed
from app.domain.copies import Copy, CopyState, Leg, LegOrder
from app.domain.ids import AccountId, ClientOrderId, CopyId, OrderId
from app.domain.orders import Side

ORDER = LegOrder(
    exchange="NSE",
    tradingsymbol="INFY",
    side=Side.BUY,
    order_type="LIMIT",
    product="MIS",
    validity="DAY",
    quantity=5,
)
LEG = Leg(tag=ClientOrderId("TC"), copy_id=CopyId("1:2"), number=0, generation=0, order=ORDER)
COPY = Copy(
    copy_id=CopyId("1:2"),
    primary_order_id=OrderId("1"),
    account_id=AccountId("2"),
    instrument="NSE:INFY",
    side=Side.BUY,
    closing_units=0,
    idle_state=CopyState.PENDING,
    legs=(LEG,),
)


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (LEG, {}),
        (LEG, {"state": CopyState.OPEN, "order_id": "7", "reason": None}),
        (COPY, {"legs": (LEG, LEG), "most_units": 0}),
        (ORDER, {"quantity": 7}),
    ],
)
def test_it_is_what_replacing_makes(value: Any, fields: dict[str, Any]) -> None:
    before = repr(value)

    assert changed(value, **fields) == replace(value, **fields)
    assert hash(changed(value, **fields)) == hash(replace(value, **fields))
    assert repr(value) == before


def test_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(TypeError, match="Leg has no field 'colour'"):
        changed(LEG, colour="red")
