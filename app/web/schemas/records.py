"""What is kept, and how that fares."""

import msgspec

from app.records.status import LogStatus


class RecordsOverview(msgspec.Struct, frozen=True):
    """What may be downloaded, and how the trade log fares; None where none was ever kept here."""

    days: list[str]
    kinds: list[str]
    trade_log: LogStatus | None
