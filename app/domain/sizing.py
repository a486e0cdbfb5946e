"""How many units a copy has: exact, in whole lots, in slices the exchange accepts."""

from fractions import Fraction

from app.domain.instruments import Instrument

MAX_SLICES = 10
"""More orders for one entry than this is a mistake in a multiplier, not a trade (Kite's autoslice limit)."""


def sized_quantity(quantity: int, multiplier: Fraction, lot_size: int) -> int:
    """Return `floor(multiplier × quantity / lot) × lot`, exactly; 0 where it is less than one lot."""
    return quantity * multiplier.numerator // (multiplier.denominator * lot_size) * lot_size


def slices(quantity: int, instrument: Instrument) -> tuple[int, ...]:
    """Cut a quantity into orders of at most the freeze quantity, each of whole lots, summing exactly."""
    largest = _largest_order(instrument)
    if largest is None or quantity <= largest:
        return (quantity,) if quantity else ()
    full, rest = divmod(quantity, largest)
    return (largest,) * full + ((rest,) if rest else ())


def slices_of_exit(quantity: int, instrument: Instrument, *, held_units: int) -> tuple[int, ...]:
    """Cut an exit like `slices`, into as many orders as it takes to close what copies hold in the account.

    It is never refused for its size (rule 14). A mistake in a multiplier does not make thousands of orders of
    it: beyond `MAX_SLICES` there are no more than `held_units` need.
    """
    cut = slices(quantity, instrument)
    largest = cut[0] if cut else 1
    return cut[: max(MAX_SLICES, -(-held_units // largest))]


def _largest_order(instrument: Instrument) -> int | None:
    if instrument.freeze_quantity is None:
        return None
    lots = instrument.freeze_quantity // instrument.lot_size
    return max(lots, 1) * instrument.lot_size
