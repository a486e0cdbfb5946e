"""How many units a copy has, by examples that a float gets wrong or a trader would check by hand."""

from fractions import Fraction

import pytest

from app.domain.sizing import sized_quantity, slices
from tests.builders.orders import an_instrument


@pytest.mark.parametrize(
    ("quantity", "multiplier", "lot_size", "expected"),
    [
        (50, "1", 1, 50),
        (50, "2.5", 1, 125),
        (50, "0.5", 1, 25),
        # Floats make 114 and 62 of the next two.
        (50, "2.3", 1, 115),
        (90, "0.7", 1, 63),
        (3, "1/3", 1, 1),
        (2, "1/3", 1, 0),
        (1, "0.99", 1, 0),
        (3, "0.5", 1, 1),
        (65, "0.5", 65, 0),
        (130, "0.5", 65, 65),
        (195, "0.5", 65, 65),
        (65, "2.5", 65, 130),
        (65, "1", 65, 65),
        (10**15, "1.0000000000000001", 1, 10**15),
        (10**16, "1.0000000000000001", 1, 10**16 + 1),
    ],
)
def test_a_copy_is_the_exact_product_floored_to_whole_lots(
    quantity: int, multiplier: str, lot_size: int, expected: int
) -> None:
    assert sized_quantity(quantity, Fraction(multiplier), lot_size) == expected


@pytest.mark.parametrize(
    ("quantity", "lot_size", "freeze", "expected"),
    [
        (0, 65, 1800, ()),
        (1820, 65, None, (1820,)),
        # 1800 is no multiple of 65: the largest order of whole lots is 1755.
        (1755, 65, 1800, (1755,)),
        (1820, 65, 1800, (1755, 65)),
        (3510, 65, 1800, (1755, 1755)),
        (600, 30, 600, (600,)),
        (630, 30, 600, (600, 30)),
        (130, 65, 40, (65, 65)),
    ],
)
def test_a_quantity_is_cut_into_orders_the_exchange_accepts(
    quantity: int, lot_size: int, freeze: int | None, expected: tuple[int, ...]
) -> None:
    instrument = an_instrument(lot_size=lot_size, freeze_quantity=freeze)
    assert slices(quantity, instrument) == expected


def test_an_instrument_is_named_by_exchange_and_symbol() -> None:
    assert an_instrument().key == "NSE:INFY"
