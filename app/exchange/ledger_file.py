"""The ledger on disk, so that it outlives a killed exchange: one JSON line per change, read back at start."""

import logging
from pathlib import Path

import msgspec

from app.exchange.ledger import Ledger, LedgerEntry

FILE_NAME = "ledger.ndjson"
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


def open_ledger(state_dir: Path | None) -> Ledger:
    """Return the ledger kept under `state_dir`, with what earlier runs recorded; in memory without one.

    A request whose fate an earlier run did not record stays `pending`. Lines are written without fsync: they
    survive a killed process, not a power cut. A torn last line is left out.
    """
    if state_dir is None:
        return Ledger()
    path = state_dir / FILE_NAME
    earlier = path.read_bytes() if path.exists() else b""
    if earlier and not earlier.endswith(b"\n"):
        earlier = earlier[: earlier.rfind(b"\n") + 1]
        path.write_bytes(earlier)
        _log.warning("the last line of %s was torn and is left out", path)
    file = path.open("ab", buffering=0)

    def write(entry: LedgerEntry) -> None:
        file.write(_encode(entry) + b"\n")

    ledger = Ledger(on_change=write)
    for line in earlier.splitlines():
        ledger.restore(msgspec.json.decode(line, type=LedgerEntry))
    return ledger
