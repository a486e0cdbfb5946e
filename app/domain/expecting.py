"""What a secondary should hold, seen from what the primary holds: for the operator's eyes, not for sizing."""

from app.domain.accounts import Account, AccountMode, CopyRules
from app.domain.instruments import Instrument
from app.domain.sizing import sized_quantity


def expected_quantity(
    held_by_primary: int, product: str, instrument: Instrument | None, account: Account, rules: CopyRules
) -> int | None:
    """Return the primary's net units times the multiplier, in whole lots toward zero, negative when short.

    None where there is no such wish: the product is not copied, the account is off or takes exits only,
    its lists leave the symbol out, or the instrument is not known. Orders are sized one by one, so small
    ones may rightly add up to less.
    """
    if instrument is None or product not in rules.products or account.mode is not AccountMode.ON:
        return None
    if not account.allows(instrument.tradingsymbol):
        return None
    units = sized_quantity(abs(held_by_primary), account.multiplier, instrument.lot_size)
    return units if held_by_primary >= 0 else -units
