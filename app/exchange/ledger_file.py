"""The ledger on disk, so that it outlives a killed exchange: one JSON line per change, read back at start."""

import logging
from pathlib import Path

import msgspec

from app.exchange.ledger import Ledger, LedgerEntry

FILE_NAME = "ledger.ndjson"
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class LedgerFile:
    """A ledger kept under `state_dir`, with what earlier runs recorded; in memory without a directory.

    A request whose fate an earlier run did not record stays `pending`. Lines are written without fsync: they
    survive a killed process, not a power cut. A torn last line is left out.
    """

    def __init__(self, state_dir: Path | None) -> None:
        self.ledger = Ledger() if state_dir is None else Ledger(on_change=self._write)
        self._file = None
        if state_dir is not None:
            path = state_dir / FILE_NAME
            for line in _whole_lines(path):
                self.ledger.restore(msgspec.json.decode(line, type=LedgerEntry))
            self._file = path.open("ab", buffering=0)

    def close(self) -> None:
        """Close the file; the ledger is not to be changed after this."""
        if self._file is not None:
            self._file.close()

    def _write(self, entry: LedgerEntry) -> None:
        if self._file is not None:
            self._file.write(_encode(entry) + b"\n")


def _whole_lines(path: Path) -> list[bytes]:
    """Return the file's lines, cutting off a last one that a kill left unfinished."""
    if not path.exists():
        return []
    kept = path.read_bytes()
    if not kept.endswith(b"\n"):
        kept = kept[: kept.rfind(b"\n") + 1]
        path.write_bytes(kept)
        _log.warning("the last line of %s was torn and is left out", path)
    return kept.splitlines()
