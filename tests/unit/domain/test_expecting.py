"""What a secondary should hold, by examples a trader would check by hand and by rules for any numbers."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accounts import Account, AccountMode, CopyRules
from app.domain.expecting import expected_quantity
from app.domain.ids import AccountId
from app.domain.instruments import Instrument
from app.domain.sizing import sized_quantity
from tests.builders.orders import an_instrument

RULES = CopyRules(order_types=frozenset())
SHARE = an_instrument(lot_size=1)


def secondary(multiplier: str | Fraction = "1", **changes: Any) -> Account:
    plain = Account(account_id=AccountId("S1"), name="S1", is_primary=False, multiplier=Fraction(multiplier))
    return replace(plain, **changes)


@pytest.mark.parametrize(
    ("held", "multiplier", "lot_size", "expected"),
    [
        (50, "2.5", 1, 125),
        (-50, "2.5", 1, -125),
        (3, "1/3", 1, 1),
        (-3, "1/3", 1, -1),
        (-2, "1/3", 1, 0),
        (-3, "0.5", 1, -1),
        (90, "0.7", 1, 63),
        (-90, "0.7", 1, -63),
        (195, "0.5", 65, 65),
        (-195, "0.5", 65, -65),
        (-65, "0.5", 65, 0),
        (0, "2", 65, 0),
    ],
)
def test_it_is_the_exact_product_in_whole_lots_toward_zero(
    held: int, multiplier: str, lot_size: int, expected: int
) -> None:
    instrument = an_instrument(lot_size=lot_size)
    assert expected_quantity(held, "MIS", instrument, secondary(multiplier), RULES) == expected


multipliers = st.fractions(min_value=Fraction(1, 1000), max_value=1000)
lots = st.integers(1, 5000)


@given(st.integers(-(10**12), 10**12), multipliers, lots)
def test_it_is_whole_lots_never_beyond_the_product_and_within_one_lot_of_it(
    held: int, multiplier: Fraction, lot_size: int
) -> None:
    instrument = an_instrument(lot_size=lot_size)
    expected = expected_quantity(held, "MIS", instrument, secondary(multiplier), RULES)
    assert expected is not None
    exact = multiplier * held
    assert expected % lot_size == 0
    assert expected * held >= 0
    assert 0 <= abs(exact) - abs(expected) < lot_size


@given(st.integers(0, 10**9), multipliers, lots)
def test_a_short_mirrors_a_long_and_a_single_order_brings_exactly_it(
    held: int, multiplier: Fraction, lot_size: int
) -> None:
    instrument, account = an_instrument(lot_size=lot_size), secondary(multiplier)
    long = expected_quantity(held, "MIS", instrument, account, RULES)
    short = expected_quantity(-held, "MIS", instrument, account, RULES)
    assert long == sized_quantity(held, multiplier, lot_size)
    assert short == -(long or 0)


@pytest.mark.parametrize(
    ("product", "instrument", "changes"),
    [
        ("CNC", SHARE, {}),
        ("MIS", None, {}),
        ("MIS", SHARE, {"mode": AccountMode.OFF}),
        ("MIS", SHARE, {"mode": AccountMode.CLOSE_ONLY}),
        ("MIS", SHARE, {"deny": frozenset({SHARE.tradingsymbol})}),
        ("MIS", SHARE, {"allow": frozenset({"OTHER"})}),
    ],
)
def test_nothing_is_expected_of_what_is_not_copied(
    product: str, instrument: Instrument | None, changes: dict[str, Any]
) -> None:
    assert expected_quantity(10, product, instrument, secondary(**changes), RULES) is None


def test_a_symbol_on_the_list_is_expected() -> None:
    account = secondary(allow=frozenset({SHARE.tradingsymbol}))
    assert expected_quantity(10, "MIS", SHARE, account, RULES) == 10
