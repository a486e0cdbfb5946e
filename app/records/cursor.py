"""How far the trade log has got in the journal, kept over restarts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact's number, and its moment: another journal has another moment there.

    `is_of_this_log`: what is up to the mark was written here, and not to a log that was in use before.
    """

    seq: int = 0
    at: str = ""
    is_of_this_log: bool = True


class CursorFile:
    """One mark in a file that is replaced whole, with the name of the log that it belongs to.

    A lost or unreadable one counts as none: then everything is written once more, over the rows it has.
    """

    def __init__(self, path: Path, log_name: str) -> None:
        self._path = path
        self._log_name = log_name

    def read(self) -> Mark:
        """Return the mark of the last fact that a log has whole, and whether it is this log."""
        try:
            seq, at, *name = self._path.read_text().split(maxsplit=2)
            return Mark(int(seq), at, is_of_this_log=[one.strip() for one in name] == [self._log_name])
        except (OSError, ValueError):
            return Mark()

    def write(self, mark: Mark) -> None:
        """Keep the mark as this log's. OSError where it cannot be kept."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{mark.seq} {mark.at} {self._log_name}\n")
        fresh.replace(self._path)
