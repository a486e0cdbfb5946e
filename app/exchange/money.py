"""Rupees at the edge, whole paise inside: the exchange's only arithmetic of money."""

from decimal import Decimal, InvalidOperation


def to_paise(text: str) -> int | None:
    """Read a rupee amount as whole paise; None when it is no finite number or finer than a paisa."""
    if text.isdecimal() and text.isascii():
        return int(text) * 100
    try:
        paise = Decimal(text) * 100
    except InvalidOperation:
        return None
    if not paise.is_finite() or paise != paise.to_integral_value():
        return None
    return int(paise)


def rupees(paise: int | float) -> float:
    """Give paise as the JSON number Kite would send: whole rupees without a fraction, averages to 1/10000."""
    amount = round(paise / 100, 4)
    return int(amount) if amount == int(amount) else amount


def rupees_text(paise: int) -> str:
    """Give paise with two decimals, as Kite's messages print amounts."""
    sign = "-" if paise < 0 else ""
    whole, rest = divmod(abs(paise), 100)
    return f"{sign}{whole}.{rest:02d}"
