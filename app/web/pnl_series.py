"""Each account's profit of the day over time, kept in a file so that a restart costs nothing of it."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from app.web.schemas.pnl import PnlResponse

SAMPLE_EVERY_S = 15.0
MOST_SAMPLES = 6000
"""A whole day has 5,760 of them; no more are kept, whatever is done to the clock."""
_LONGEST_LINE = 1 << 16
_SUFFIX = ".jsonl"
_log = logging.getLogger(__name__)


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One moment: each account's profit of the day as exact text, None where it is not known."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    pnl: dict[str, str | None]


_decode = msgspec.json.Decoder(Sample).decode
_encode = msgspec.json.Encoder().encode


class PnlSeries:
    """The samples of one trading day, in memory and in a file of their own that is only appended to.

    Another day begins another file and drops the older ones but the day before, which a host's clock that
    ran ahead may have ended too early. What cannot be written stays in memory; a
    line that cannot be read, torn by a crash for example, is left out. Safe to use from any thread.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._day = ""
        self._samples: list[Sample] = []
        self._is_torn = False
        self._has_complained = False

    def add(self, day: str, sample: Sample) -> None:
        """Keep a sample of a day, unless one as young is there already or the day has too many."""
        with self._lock:
            self._turn_to(day)
            if len(self._samples) >= MOST_SAMPLES:
                return
            if self._samples and (sample.at - self._samples[-1].at).total_seconds() < SAMPLE_EVERY_S / 2:
                return
            self._samples.append(sample)
            self._write(sample)

    def of(self, day: str) -> PnlResponse:
        """Return a day's series; an account that came later, or went, is unknown in between."""
        with self._lock:
            self._turn_to(day)
            samples = list(self._samples)
        accounts = dict.fromkeys(account_id for sample in samples for account_id in sample.pnl)
        return {
            "times": [sample.at.astimezone(UTC).isoformat() for sample in samples],
            "accounts": {id_: [sample.pnl.get(id_) for sample in samples] for id_ in accounts},
        }

    def _turn_to(self, day: str) -> None:
        if day == self._day:
            return
        self._day, self._samples, self._is_torn = day, [], False
        for sample in self._read():
            if len(self._samples) < MOST_SAMPLES and (not self._samples or sample.at > self._samples[-1].at):
                self._samples.append(sample)
        older = [one for one in self._folder.glob(f"*{_SUFFIX}") if one.name < self._path.name]
        for other in sorted(older)[:-1]:
            with suppress(OSError):
                other.unlink()

    @property
    def _path(self) -> Path:
        return self._folder / f"{self._day}{_SUFFIX}"

    def _read(self) -> Iterator[Sample]:
        try:
            with self._path.open("rb") as file:
                while line := file.readline(_LONGEST_LINE):
                    self._is_torn = not line.endswith(b"\n")
                    with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                        yield _decode(line)
        except FileNotFoundError:
            return
        except OSError as e:
            self._complain(e)

    def _write(self, sample: Sample) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
                file.write(b"\n" * self._is_torn + _encode(sample) + b"\n")
            self._is_torn = False
            self._has_complained = False
        except OSError as e:
            self._is_torn = True
            self._complain(e)

    def _complain(self, e: OSError) -> None:
        if not self._has_complained:
            self._has_complained = True
            _log.warning("The profit and loss of the day cannot be kept in %s: %s.", self._path, e.strerror)
