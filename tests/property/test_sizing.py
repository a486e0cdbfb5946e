"""For all quantities, multipliers and lots: copies are exact, whole lots, and slices lose nothing."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.planning import clamp_exit
from app.domain.sizing import sized_quantity, slices
from tests.builders.orders import an_instrument

QUANTITIES = st.integers(1, 200_000)
LOTS = st.sampled_from([1, 15, 25, 30, 60, 65, 75, 120, 1250])
DECIMALS = st.decimals("0.01", "100", places=2)
MULTIPLIERS = st.one_of(DECIMALS.map(Fraction), st.fractions("1/97", 100, max_denominator=97))


@given(QUANTITIES, MULTIPLIERS, LOTS)
def test_a_copy_is_the_most_whole_lots_that_do_not_exceed_the_product(
    quantity: int, multiplier: Fraction, lot_size: int
) -> None:
    sized = sized_quantity(quantity, multiplier, lot_size)
    assert sized % lot_size == 0
    assert sized <= multiplier * quantity < sized + lot_size


@given(QUANTITIES, DECIMALS)
@example(50, Decimal("2.3"))
@example(90, Decimal("0.7"))
def test_a_copy_agrees_with_the_sum_done_in_hundredths(quantity: int, multiplier: Decimal) -> None:
    hundredths = int(multiplier * 100)
    assert sized_quantity(quantity, Fraction(multiplier), 1) == quantity * hundredths // 100


@given(QUANTITIES, LOTS)
def test_multiplier_one_copies_every_whole_lot(quantity: int, lot_size: int) -> None:
    assert sized_quantity(quantity * lot_size, Fraction(1), lot_size) == quantity * lot_size


@given(QUANTITIES, QUANTITIES, MULTIPLIERS, LOTS)
def test_more_units_never_make_a_smaller_copy(
    quantity: int, more: int, multiplier: Fraction, lot_size: int
) -> None:
    assert sized_quantity(quantity + more, multiplier, lot_size) >= sized_quantity(
        quantity, multiplier, lot_size
    )


@given(st.integers(0, 2_000), LOTS, st.none() | st.integers(1, 10_000))
def test_slices_sum_exactly_in_whole_lots_under_the_freeze_quantity(
    lots: int, lot_size: int, freeze: int | None
) -> None:
    instrument = an_instrument(lot_size=lot_size, freeze_quantity=freeze)
    cut = slices(lots * lot_size, instrument)
    assert sum(cut) == lots * lot_size
    assert all(part > 0 and part % lot_size == 0 for part in cut)
    if freeze is not None and freeze >= lot_size:
        assert all(part <= freeze for part in cut)
        largest = freeze // lot_size * lot_size
        assert all(part == largest for part in cut[:-1]), "more orders than needed"


@given(st.integers(1, 1_000), st.data(), st.integers(0, 2_000), LOTS)
def test_a_clamped_exit_closes_no_more_than_is_held_and_never_grows(
    lots: int, data: st.DataObject, held_units: int, lot_size: int
) -> None:
    wanted = lots * lot_size
    closing = data.draw(st.integers(0, lots)) * lot_size
    leaves = clamp_exit(wanted, closing, held_units, lot_size)
    assert wanted - closing <= leaves <= wanted
    assert leaves - (wanted - closing) <= held_units
    assert leaves % lot_size == 0
