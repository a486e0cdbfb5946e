"""What one primary order means for one secondary: quantities, exits, limits, and the order written."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.accounts import AccountMode
from app.domain.copies import CopyState
from app.domain.instruments import Instrument
from app.domain.orders import Side
from app.domain.planning import Closing, NoCopy, Plan, clamp_exit, leg_order, plan_copy
from app.domain.reasons import ReasonCode
from tests.builders.orders import an_instrument, an_order
from tests.builders.rulebook import an_account, rules

NIFTY = an_instrument(exchange="NFO", tradingsymbol="NIFTY26NOVFUT", lot_size=65, freeze_quantity=1800)


def plan(
    quantity: int,
    *,
    closing: int = 0,
    takes_flat: bool = False,
    copied: int = 0,
    instrument: Instrument | None = None,
    **account: Any,
) -> Plan | NoCopy:
    order = an_order(quantity=quantity, side=Side.SELL)
    return plan_copy(
        order,
        an_account(**account),
        instrument or an_instrument(),
        rules(),
        closing=Closing(units=closing, is_all=takes_flat),
        copied_units=copied,
    )


def planned(quantity: int, **kwargs: Any) -> tuple[tuple[int, ...], int, bool]:
    """Return the quantities of a plan, its closing units, and whether it only closes."""
    result = plan(quantity, **kwargs)
    assert isinstance(result, Plan)
    return tuple(order.quantity for order in result.orders), result.closing_units, result.is_exit


def refused(quantity: int, **kwargs: Any) -> tuple[CopyState, ReasonCode, bool]:
    """Return the state of a copy that is not made, its reason, and whether it would have been an exit."""
    result = plan(quantity, **kwargs)
    assert isinstance(result, NoCopy)
    return result.state, result.reason.code, result.is_exit


def test_an_entry_closes_nothing() -> None:
    assert planned(50, multiplier="2.5") == ((125,), 0, False)


def test_an_exit_closes_all_of_itself() -> None:
    assert planned(50, closing=50, multiplier="2.5") == ((125,), 125, True)


def test_a_reversal_closes_the_part_that_the_primary_closes() -> None:
    assert planned(100, closing=40, multiplier="0.5") == ((50,), 20, False)


def test_a_reversal_whose_opening_part_rounds_away_is_an_exit() -> None:
    assert planned(3, closing=2, multiplier="0.5") == ((1,), 1, True)


def test_the_exit_that_takes_the_primary_flat_closes_what_rounding_left_behind() -> None:
    assert planned(1, closing=1, takes_flat=True, copied=1, multiplier="0.5") == ((1,), 1, True)
    assert planned(65, closing=65, takes_flat=True, copied=65, multiplier="0.5", instrument=NIFTY) == (
        (65,),
        65,
        True,
    )


def test_an_exit_that_leaves_the_primary_something_closes_its_own_share_only() -> None:
    assert refused(1, closing=1, copied=1, multiplier="0.5")[1] is ReasonCode.QUANTITY_SUB_LOT
    assert planned(5, closing=5, copied=20, multiplier="1") == ((5,), 5, True)


def test_an_exit_that_takes_the_primary_flat_never_closes_less_than_its_share() -> None:
    assert planned(10, closing=10, takes_flat=True, copied=4) == ((10,), 10, True)


def test_a_reversal_closes_what_rounding_left_and_opens_its_own_share() -> None:
    assert planned(4, closing=1, takes_flat=True, copied=1, multiplier="0.5") == ((3,), 1, False)


def test_more_than_the_freeze_quantity_leaves_in_several_orders() -> None:
    assert planned(1820, closing=1820, instrument=NIFTY) == ((1755, 65), 1820, True)


def test_ten_orders_for_one_copy_are_sent_and_eleven_are_denied() -> None:
    assert planned(17_550, instrument=NIFTY)[0] == (1755,) * 10
    assert refused(17_615, instrument=NIFTY)[:2] == (CopyState.DENIED, ReasonCode.QUANTITY_ABOVE_LIMIT)


def test_less_than_one_lot_is_skipped_with_the_sum_that_shows_why() -> None:
    result = plan(65, instrument=NIFTY, multiplier="0.5")
    assert isinstance(result, NoCopy)
    assert (result.state, result.reason.code) == (CopyState.SKIPPED, ReasonCode.QUANTITY_SUB_LOT)
    assert result.reason.text == "65 × 0.5 = 32.5, less than one lot of 65."


def test_a_sub_lot_exit_is_known_as_an_exit() -> None:
    assert refused(1, closing=1, multiplier="0.5") == (CopyState.SKIPPED, ReasonCode.QUANTITY_SUB_LOT, True)


@pytest.mark.parametrize(("quantity", "is_denied"), [(60, False), (61, True)])
def test_an_entry_above_the_accounts_limit_is_denied_and_one_at_it_is_not(
    quantity: int, is_denied: bool
) -> None:
    assert isinstance(plan(quantity, max_quantity=60), NoCopy) is is_denied
    if is_denied:
        assert refused(quantity, max_quantity=60) == (
            CopyState.DENIED,
            ReasonCode.QUANTITY_ABOVE_LIMIT,
            False,
        )


def test_an_exit_is_not_held_to_the_accounts_limit() -> None:
    assert planned(100, closing=100, max_quantity=60) == ((100,), 100, True)


@pytest.mark.parametrize(
    "guard",
    [
        {"mode": AccountMode.CLOSE_ONLY},
        {"deny": frozenset({"INFY"})},
        {"allow": frozenset({"TCS"})},
        {"max_quantity": 60},
    ],
)
def test_of_a_reversal_that_a_guard_stops_the_closing_part_still_goes(guard: dict[str, Any]) -> None:
    assert planned(100, closing=40, **guard) == ((40,), 40, True)


def test_an_account_switched_off_takes_no_part_of_a_reversal() -> None:
    assert refused(100, closing=40, mode=AccountMode.OFF)[:2] == (CopyState.SKIPPED, ReasonCode.ACCOUNT_OFF)


def test_a_plain_entry_gets_no_closing_part_past_a_guard() -> None:
    assert refused(100, closing=0, mode=AccountMode.CLOSE_ONLY) == (
        CopyState.SKIPPED,
        ReasonCode.ACCOUNT_CLOSE_ONLY,
        False,
    )


@pytest.mark.parametrize(
    ("order_type", "tags", "price", "trigger", "protection"),
    [
        ("LIMIT", (), "1500.05", "0", "0"),
        ("SL", (), "1500.05", "1499", "0"),
        ("MARKET", (), "0", "0", "-1"),
        ("SL-M", (), "0", "1499", "-1"),
    ],
)
def test_each_order_type_carries_its_own_prices_and_protection(
    order_type: str, tags: tuple[str, ...], price: str, trigger: str, protection: str
) -> None:
    order = an_order(order_type=order_type, tags=tags, trigger_price=Decimal(1499))
    leg = leg_order(order, rules(), 125)
    assert (leg.order_type, leg.price, leg.trigger_price, leg.market_protection, leg.quantity) == (
        order_type,
        Decimal(price),
        Decimal(trigger),
        Decimal(protection),
        125,
    )


def test_a_market_order_shown_as_a_priced_limit_is_copied_as_market() -> None:
    order = an_order(order_type="LIMIT", price=Decimal("1530.10"), tags=("mktp", "mktp:2.00"))
    leg = leg_order(order, rules(market_protection=Decimal(3)), 50)
    assert (leg.order_type, leg.price, leg.market_protection) == ("MARKET", Decimal(0), Decimal(3))


def test_what_is_not_sized_is_mirrored_as_it_is() -> None:
    order = an_order(exchange="BSE", side=Side.SELL, validity="TTL", validity_ttl=5)
    leg = leg_order(order, rules(), 1)
    shown = (leg.exchange, leg.tradingsymbol, leg.side, leg.product, leg.validity, leg.validity_ttl)
    assert shown == ("BSE", "INFY", Side.SELL, "MIS", "TTL", 5)


@pytest.mark.parametrize(
    ("wanted", "closing", "held_units", "lot_size", "may_leave"),
    [
        (50, 50, 50, 1, 50),
        (50, 50, 80, 1, 50),
        (50, 50, 20, 1, 20),
        (50, 50, 0, 1, 0),
        (100, 40, 40, 1, 100),
        (100, 40, 10, 1, 70),
        (100, 40, 0, 1, 60),
        (100, 0, 0, 1, 100),
        (130, 130, 100, 65, 65),
        (130, 130, 64, 65, 0),
    ],
)
def test_an_exit_never_exceeds_what_is_held_and_its_opening_part_is_free(
    wanted: int, closing: int, held_units: int, lot_size: int, may_leave: int
) -> None:
    assert clamp_exit(wanted, closing, held_units, lot_size) == may_leave
