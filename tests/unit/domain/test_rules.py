"""Which primary orders are copied, and which account takes them."""

from typing import Any

import pytest

from app.domain.accounts import AccountMode
from app.domain.orders import OrderType
from app.domain.reasons import ReasonCode
from app.domain.rules import age_limit_s, why_account_skips, why_not_copied
from tests.builders.orders import an_order
from tests.builders.rulebook import an_account, rules

OURS = "TC" + "A2" * 9
ONLY_LIMIT = rules(order_types=frozenset({OrderType.LIMIT}))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tags": (OURS,)}, ReasonCode.OWN_ORDER),
        ({"tags": ("mine", OURS), "product": "CNC"}, ReasonCode.OWN_ORDER),
        ({"placed_by": "ADMINSQF"}, ReasonCode.RMS_SQUARE_OFF),
        ({"placed_by": "rms3"}, ReasonCode.RMS_SQUARE_OFF),
        ({"product": "CNC"}, ReasonCode.PRODUCT_NOT_COPIED),
        ({"product": "NRML"}, ReasonCode.PRODUCT_NOT_COPIED),
        ({"product": "WORD OF TOMORROW"}, ReasonCode.PRODUCT_NOT_COPIED),
        ({"variety": "amo"}, ReasonCode.VARIETY_NOT_COPIED),
        ({"variety": "iceberg"}, ReasonCode.VARIETY_NOT_COPIED),
        ({"order_type": "SL-M"}, ReasonCode.ORDER_TYPE_NOT_ALLOWED),
        ({"tags": ("mktp",)}, ReasonCode.ORDER_TYPE_NOT_ALLOWED),
        ({"order_type": "WORD OF TOMORROW"}, ReasonCode.ORDER_TYPE_NOT_ALLOWED),
    ],
)
def test_an_order_that_is_not_ours_to_copy_is_refused_with_its_reason(
    changes: dict[str, Any], code: ReasonCode
) -> None:
    reason = why_not_copied(an_order(**changes), ONLY_LIMIT)
    assert reason is not None
    assert reason.code is code


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tags": ("the trader's own",)},
        {"placed_by": "DEALER7"},
        {"account_id": "RMS123", "placed_by": "RMS123"},
    ],
)
def test_a_plain_order_is_copied_whoever_of_the_clients_placed_it(changes: dict[str, Any]) -> None:
    assert why_not_copied(an_order(**changes), ONLY_LIMIT) is None


def test_a_market_order_shown_as_limit_is_copied_where_market_is_allowed() -> None:
    only_market = rules(order_types=frozenset({OrderType.MARKET}))
    assert why_not_copied(an_order(order_type="LIMIT", tags=("mktp",)), only_market) is None


def test_a_refusal_names_what_is_copied_instead() -> None:
    reason = why_not_copied(an_order(product="CNC"), rules(products=frozenset({"NRML", "MIS"})))
    assert reason is not None
    assert reason.text == "Product CNC is not copied; copied: MIS, NRML."
    reason = why_not_copied(an_order(), rules(order_types=frozenset()))
    assert reason is not None
    assert reason.text.endswith("allowed_order_types.json has nothing.")


@pytest.mark.parametrize(
    ("changes", "is_exit", "code"),
    [
        ({}, False, None),
        ({"mode": AccountMode.OFF}, False, ReasonCode.ACCOUNT_OFF),
        ({"mode": AccountMode.OFF}, True, ReasonCode.ACCOUNT_OFF),
        ({"mode": AccountMode.CLOSE_ONLY}, False, ReasonCode.ACCOUNT_CLOSE_ONLY),
        ({"mode": AccountMode.CLOSE_ONLY}, True, None),
        ({"deny": frozenset({"INFY"})}, False, ReasonCode.SYMBOL_NOT_ALLOWED),
        ({"deny": frozenset({"INFY"})}, True, None),
        ({"deny": frozenset({"TCS"})}, False, None),
        ({"allow": frozenset({"TCS"})}, False, ReasonCode.SYMBOL_NOT_ALLOWED),
        ({"allow": frozenset({"TCS"})}, True, None),
        ({"allow": frozenset({"INFY"})}, False, None),
        ({"allow": frozenset({"INFY"}), "deny": frozenset({"INFY"})}, False, ReasonCode.SYMBOL_NOT_ALLOWED),
    ],
)
def test_an_exit_passes_every_guard_of_an_account_but_off(
    changes: dict[str, Any], is_exit: bool, code: ReasonCode | None
) -> None:
    reason = why_account_skips(an_order(), an_account(**changes), is_exit=is_exit)
    assert (reason.code if reason else None) is code


@pytest.mark.parametrize(
    ("order_type", "tags", "limit_s"),
    [("MARKET", (), 10), ("LIMIT", ("mktp",), 10), ("SL-M", (), 10), ("LIMIT", (), 120), ("SL", (), 120)],
)
def test_market_prices_age_faster_than_limits(order_type: str, tags: tuple[str, ...], limit_s: float) -> None:
    assert age_limit_s(an_order(order_type=order_type, tags=tags), rules()) == limit_s
