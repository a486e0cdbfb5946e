"""What the trade log tells of itself: a small file that the page and health checks read."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

STATUS_FILE = "trade_log_status.json"
SILENT_AFTER_S = 300.0
"""A step can wait for Google for a minute or two; a program that says nothing for longer is in trouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStatus:
    """The log at one moment. Times are ISO 8601 in UTC.

    `problem` says why nothing is written now and `needs_operator` whether waiting will not help. `queued`
    rows wait to be written. `share_with` is the address that the spreadsheet has to be shared with.
    """

    is_on: bool
    at: str
    url: str | None = None
    share_with: str | None = None
    queued: int = 0
    written: int = 0
    written_at: str | None = None
    problem: str | None = None
    needs_operator: bool = False
    since: str | None = None

    def failing(self, text: str, at: datetime, *, needs_operator: bool) -> "LogStatus":
        """Return the same with a problem; one that lasts keeps the moment at which it came up."""
        since = self.since if self.problem is not None else at.isoformat()
        return replace(self, problem=text, needs_operator=needs_operator, since=since)

    def well(self) -> "LogStatus":
        """Return the same without a problem."""
        return replace(self, problem=None, needs_operator=False, since=None)


class StatusFile:
    """Keeps the status where the web process finds it; a status that cannot be written is not missed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / STATUS_FILE

    def write(self, status: LogStatus) -> None:
        """Replace the status."""
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(asdict(status)))
            fresh.replace(self._path)
        except OSError:
            fresh.unlink(missing_ok=True)


def read_status(folder: Path, now: datetime) -> LogStatus | None:
    """Return the status that was written last, None where there is none or it cannot be read.

    One that is old is a problem in itself: the program that should write it does not.
    """
    try:
        status = msgspec.json.decode((folder / STATUS_FILE).read_bytes(), type=LogStatus)
        at = datetime.fromisoformat(status.at)
        age_s = (now - at).total_seconds()
    except (OSError, ValueError, TypeError):  # what msgspec raises is a ValueError too
        return None
    if not status.is_on or age_s <= SILENT_AFTER_S:
        return status
    text = (
        f"The program that writes it has not been heard since {status.at}; logs/records.jsonl in the data "
        "folder may say why. Nothing is lost: rows wait in the journal."
    )
    return status.failing(text, at, needs_operator=True)
