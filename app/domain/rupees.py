"""Rupees as they are written in India."""

from decimal import Decimal

_PAISA = Decimal("0.01")


def rupees(amount: Decimal) -> str:
    """Write an amount with two decimals, grouped by thousand, lakh and crore: 1,12,400.00."""
    whole, paise = f"{abs(amount):.2f}".split(".")
    rest, last = whole[:-3], whole[-3:]
    groups = [rest[max(end - 2, 0) : end] for end in range(len(rest), 0, -2)]
    sign = "-" if amount.quantize(_PAISA) < 0 else ""
    return f"{sign}{','.join([*reversed(groups), last])}.{paise}"
