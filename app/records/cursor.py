"""How far the trade log has got in the journal, kept over restarts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact's number, and its moment: another journal has another moment there."""

    seq: int = 0
    at: str = ""


class CursorFile:
    """One mark in a file that is replaced whole.

    A lost or unreadable one counts as none: then everything is written once more, over the rows it has.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mark:
        """Return the mark of the last fact that the log has whole."""
        try:
            seq, at = self._path.read_text().split()
            return Mark(int(seq), at)
        except (OSError, ValueError):
            return Mark()

    def write(self, mark: Mark) -> None:
        """Keep the mark. OSError where it cannot be kept."""
        fresh = self._path.with_suffix(".new")
        fresh.write_text(f"{mark.seq} {mark.at}\n")
        fresh.replace(self._path)
