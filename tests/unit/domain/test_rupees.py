"""Rupees in Indian grouping."""

from decimal import Decimal

import pytest

from app.domain.rupees import rupees


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("0.004", "0.00"),
        ("-0.004", "0.00"),
        ("7.5", "7.50"),
        ("999", "999.00"),
        ("1000", "1,000.00"),
        ("98211.4", "98,211.40"),
        ("112400", "1,12,400.00"),
        ("-1234567.891", "-12,34,567.89"),
        ("123456789", "12,34,56,789.00"),
    ],
)
def test_thousands_lakhs_and_crores(amount: str, text: str) -> None:
    assert rupees(Decimal(amount)) == text
