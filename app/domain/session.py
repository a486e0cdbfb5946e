"""The Indian trading day."""

from datetime import date, datetime, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30), "IST")
"""India has one zone and no daylight saving, so a fixed offset is exact."""


def trade_date(moment: datetime) -> date:
    """Return the IST calendar day of an aware moment. 18:45 UTC already belongs to the next day."""
    if moment.tzinfo is None:
        raise ValueError(f"Expected an aware datetime, was {moment!r}")
    return moment.astimezone(IST).date()


def from_ist_text(text: str) -> datetime:
    """Read Kite's naive `YYYY-MM-DD HH:MM:SS`, which is always IST. ValueError on anything else."""
    if len(text) != 19 or (text[4], text[7], text[10], text[13], text[16]) != ("-", "-", " ", ":", ":"):
        raise ValueError(f"Expected YYYY-MM-DD HH:MM:SS, was {text[:40]!r}")
    return datetime.fromisoformat(text).replace(tzinfo=IST)  # strptime takes ten times as long
