"""What makes a resting copy like its primary order, case by case."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.amending import Cancellation, Modification, amendment
from tests.builders.copies import a_leg_order
from tests.builders.orders import an_order

P = Decimal
SENT = a_leg_order()
STOP: dict[str, Any] = {"order_type": "SL", "trigger_price": P(1490)}
STOP_MARKET: dict[str, Any] = {"order_type": "SL-M", "price": P(0), "trigger_price": P(1490)}
MARKET = a_leg_order(order_type="MARKET", price=P(0), market_protection=P(-1))


def test_a_copy_that_is_as_wanted_is_left_alone() -> None:
    assert amendment(SENT, SENT, an_order()) is None


@pytest.mark.parametrize("status", ["COMPLETE", "CANCELLED", "REJECTED"])
def test_an_order_at_its_end_is_never_amended(status: str) -> None:
    assert amendment(None, SENT, an_order(status=status)) is None
    assert amendment(a_leg_order(price=P(1)), SENT, an_order(status=status)) is None


def test_a_cancelled_primary_cancels_the_copy() -> None:
    assert amendment(None, SENT, an_order()) == Cancellation()


@pytest.mark.parametrize(
    ("wanted", "filled", "change"),
    [
        (0, 0, Cancellation()),
        (29, 30, Cancellation()),
        (30, 30, Cancellation()),
        (31, 30, Modification(quantity=31)),
        (49, 0, Modification(quantity=49)),
        (50, 30, None),
        (51, 0, Modification(quantity=51)),
    ],
)
def test_a_quantity_at_or_below_what_is_filled_cancels_the_rest(
    wanted: int, filled: int, change: object
) -> None:
    assert amendment(a_leg_order(quantity=wanted), SENT, an_order(filled_quantity=filled)) == change


def test_a_new_price_is_set_and_nothing_else() -> None:
    assert amendment(a_leg_order(price=P(1501)), SENT, an_order()) == Modification(price=P(1501))


def test_equal_prices_of_different_spelling_are_no_change() -> None:
    assert amendment(a_leg_order(price=P("1500.050")), SENT, an_order(price=P("1500.05"))) is None


def test_the_trigger_of_a_waiting_stop_order_follows() -> None:
    sent, shown = a_leg_order(**STOP), an_order(**STOP, status="TRIGGER PENDING")
    wanted = a_leg_order(**STOP | {"trigger_price": P(1495)})
    assert amendment(wanted, sent, shown) == Modification(trigger_price=P(1495))


def test_the_trigger_of_a_triggered_stop_order_is_past_but_its_price_follows() -> None:
    sent, shown = a_leg_order(**STOP), an_order(**STOP, status="OPEN")
    wanted = a_leg_order(**STOP | {"trigger_price": P(1495), "price": P(1496)})
    assert amendment(wanted, sent, shown) == Modification(price=P(1496))


def test_a_stop_market_order_has_a_trigger_but_no_price_to_follow() -> None:
    sent = a_leg_order(**STOP_MARKET)
    shown = an_order(**STOP_MARKET | {"price": P(1475)}, status="TRIGGER PENDING")
    assert amendment(sent, sent, shown) is None
    wanted = a_leg_order(**STOP_MARKET | {"trigger_price": P(1495)})
    assert amendment(wanted, sent, shown) == Modification(trigger_price=P(1495))


def test_a_protected_market_copy_that_kite_shows_as_limit_is_left_alone() -> None:
    shown = an_order(order_type="LIMIT", price=P(1530), tags=("mktp", "mktp:2.00"))
    assert amendment(MARKET, MARKET, shown) is None


def test_a_market_copy_shown_as_plain_limit_is_kites_doing_and_left_alone() -> None:
    assert amendment(MARKET, MARKET, an_order(order_type="LIMIT", price=P(1530))) is None


def test_a_limit_turned_to_market_names_type_and_protection_but_no_price() -> None:
    change = Modification(order_type="MARKET", market_protection=P(-1))
    assert amendment(MARKET, SENT, an_order()) == change


def test_a_stop_turned_to_limit_names_the_type_and_no_protection() -> None:
    shown = an_order(**STOP, status="TRIGGER PENDING")
    wanted = a_leg_order(price=P(1502))
    assert amendment(wanted, a_leg_order(**STOP), shown) == Modification(order_type="LIMIT", price=P(1502))


def test_several_changes_go_in_one_modification() -> None:
    sent, shown = a_leg_order(**STOP), an_order(**STOP, status="TRIGGER PENDING")
    wanted = a_leg_order(**STOP | {"quantity": 40, "price": P(1491), "trigger_price": P(1492)})
    assert amendment(wanted, sent, shown) == Modification(quantity=40, price=P(1491), trigger_price=P(1492))
