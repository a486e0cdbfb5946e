"""The instrument list on disk: one file, named by the moment it was fetched, replaced in one step."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_PATTERN = "instruments-*.csv"
_NAME = "instruments-%Y%m%dT%H%M%SZ.csv"


@dataclass(frozen=True, slots=True)
class InstrumentFile:
    """A kept list and the moment it was fetched, by our clock."""

    path: Path
    fetched_at: datetime


class InstrumentFiles:
    """Keeps the newest list in a folder. Not being able to is no failure: the next start asks Kite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, content: bytes, fetched_at: datetime) -> None:
        """Write a list whole or not at all, and drop the older ones."""
        path = self._folder / fetched_at.astimezone(UTC).strftime(_NAME)
        unfinished = path.with_suffix(".part")
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(content)
            unfinished.replace(path)
            for other in self._folder.glob(_PATTERN):
                if other.name < path.name and _fetched_at(other) is not None:
                    other.unlink(missing_ok=True)

    def newest(self) -> InstrumentFile | None:
        """Return the newest list, or None where there is none."""
        found = [
            InstrumentFile(path, fetched_at)
            for path in self._folder.glob(_PATTERN)
            if (fetched_at := _fetched_at(path)) is not None
        ]
        return max(found, key=lambda file: file.fetched_at, default=None)


def _fetched_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return None
