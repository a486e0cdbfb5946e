"""Following a primary order is level-triggered: once the amendment is applied, nothing is left to amend."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.amending import Cancellation, Modification, amendment
from app.domain.copies import LegOrder
from app.domain.orders import Order
from tests.builders.copies import a_leg_order
from tests.builders.orders import an_order

PRICES = st.decimals(1, 3, places=1)
TYPES = st.sampled_from(["MARKET", "LIMIT", "SL", "SL-M"])
STATUSES = st.sampled_from(["OPEN", "TRIGGER PENDING", "MODIFY PENDING", "COMPLETE", "CANCELLED", "REJECTED"])


@st.composite
def leg_orders(draw: st.DrawFn) -> LegOrder:
    kind = draw(TYPES)
    return a_leg_order(
        order_type=kind,
        quantity=draw(st.integers(0, 60)),
        price=draw(PRICES) if kind in {"LIMIT", "SL"} else Decimal(0),
        trigger_price=draw(PRICES) if kind in {"SL", "SL-M"} else Decimal(0),
        market_protection=Decimal(0) if kind in {"LIMIT", "SL"} else Decimal(-1),
    )


SHOWN = st.builds(
    lambda status, kind, filled, left, price, trigger: an_order(
        status=status,
        order_type="LIMIT" if kind == "MARKET" else kind,
        tags=("mktp",) if kind == "MARKET" else (),
        filled_quantity=filled,
        quantity=filled + left,
        price=price,
        trigger_price=trigger,
    ),
    STATUSES,
    TYPES,
    st.integers(0, 50),
    st.integers(0, 10),
    PRICES,
    PRICES,
)


def applied(order: Order, change: Modification | Cancellation) -> Order:
    """Show the order as Kite does once it has taken the change."""
    if isinstance(change, Cancellation):
        return replace(order, status="CANCELLED")
    if change.order_type is not None:
        is_market = change.order_type == "MARKET"
        order = replace(
            order,
            order_type="LIMIT" if is_market else change.order_type,
            tags=("mktp",) if is_market else (),
        )
    return replace(
        order,
        quantity=order.quantity if change.quantity is None else change.quantity,
        price=order.price if change.price is None else change.price,
        trigger_price=order.trigger_price if change.trigger_price is None else change.trigger_price,
    )


@given(st.none() | leg_orders(), leg_orders(), SHOWN)
def test_nothing_is_left_to_amend_once_it_is_applied(
    wanted: LegOrder | None, sent: LegOrder, shown: Order
) -> None:
    change = amendment(wanted, sent, shown)
    if change is not None:
        assert amendment(wanted, sent, applied(shown, change)) is None


@given(st.none() | leg_orders(), leg_orders(), SHOWN)
def test_a_quantity_is_never_set_to_what_is_filled_already(
    wanted: LegOrder | None, sent: LegOrder, shown: Order
) -> None:
    change = amendment(wanted, sent, shown)
    if isinstance(change, Modification) and change.quantity is not None:
        assert change.quantity > shown.filled_quantity


@given(st.none() | leg_orders(), leg_orders(), SHOWN)
def test_protection_goes_with_every_new_market_type_and_with_nothing_else(
    wanted: LegOrder | None, sent: LegOrder, shown: Order
) -> None:
    change = amendment(wanted, sent, shown)
    if isinstance(change, Modification):
        is_new_market = change.order_type in {"MARKET", "SL-M"}
        assert (change.market_protection is not None) is is_new_market
        if change.order_type == "MARKET":
            assert change.price is None


@given(leg_orders(), leg_orders(), SHOWN)
def test_only_what_differs_is_named(wanted: LegOrder, sent: LegOrder, shown: Order) -> None:
    change = amendment(wanted, sent, shown)
    if isinstance(change, Modification):
        assert change.quantity != shown.quantity
        assert change.price is None or change.price != shown.price
        assert change.trigger_price is None or change.trigger_price != shown.trigger_price
        assert change != Modification()
