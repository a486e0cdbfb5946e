"""How many units a copy has: exact, in whole lots, in slices the exchange accepts."""

from fractions import Fraction

from app.domain.instruments import Instrument

MAX_SLICES = 10
"""More orders for one copy than this is a mistake in a multiplier, not a trade (Kite's autoslice limit)."""


def sized_quantity(quantity: int, multiplier: Fraction, lot_size: int) -> int:
    """Return `floor(multiplier × quantity / lot) × lot`, exactly; 0 where it is less than one lot."""
    return int(multiplier * quantity / lot_size) * lot_size


def slices(quantity: int, instrument: Instrument) -> tuple[int, ...]:
    """Cut a quantity into orders of at most the freeze quantity, each of whole lots, summing exactly."""
    largest = _largest_order(instrument)
    if largest is None or quantity <= largest:
        return (quantity,) if quantity else ()
    full, rest = divmod(quantity, largest)
    return (largest,) * full + ((rest,) if rest else ())


def _largest_order(instrument: Instrument) -> int | None:
    if instrument.freeze_quantity is None:
        return None
    lots = instrument.freeze_quantity // instrument.lot_size
    return max(lots, 1) * instrument.lot_size
