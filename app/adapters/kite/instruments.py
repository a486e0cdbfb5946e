"""Kite's instrument list of the day: lot sizes and ticks, kept in a file so that a start needs no network."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from io import StringIO
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from app.adapters.kite.egress import Egress
from app.adapters.kite.instrument_files import InstrumentFiles
from app.adapters.kite.roots import Roots
from app.domain.instruments import Instrument
from app.domain.session import IST
from app.ports.broker import BrokerUnavailableError
from app.ports.clock import Clock

LIST_IS_NEW_AT = time(8, 30)
"""Kite renews the list about then each morning (IST); a file fetched before is yesterday's list."""
_COLUMNS = ("exchange", "tradingsymbol", "segment", "name", "lot_size", "tick_size", "instrument_type")
_DERIVATIVES = frozenset({"FUT", "CE", "PE"})
SHARES = "EQUITY"
"""Names the limit of share orders, 100,000 units at Kite, among the freeze quantities."""


class _Terms(NamedTuple):
    """What thousands of option rows have in common; shared, which keeps 117,000 rows in some 20 MB."""

    name: str
    lot_size: int
    tick_size: Decimal
    is_derivative: bool


@dataclass(frozen=True, slots=True)
class InstrumentList:
    """A parsed list: terms by `EXCHANGE:SYMBOL`, and how many rows made no sense."""

    terms: Mapping[str, _Terms]
    unreadable: int


class KiteInstruments:
    """`Instruments` out of Kite's dump. `freeze_quantities` (underlying to units) is asked at each find.

    Shares have one limit for all, under the name EQUITY.
    `folder` None keeps no file: paper trading's list changes with each start. `report` takes a sentence
    when an old list has to do. Fetching and parsing happen in a worker thread.
    """

    def __init__(
        self,
        *,
        roots: Roots,
        clock: Clock,
        freeze_quantities: Callable[[], Mapping[str, int]],
        folder: Path | None,
        report: Callable[[str], None],
        egress: Egress | None = None,
    ) -> None:
        self._roots = roots
        self._clock = clock
        self._freeze_quantities = freeze_quantities
        self._files = InstrumentFiles(folder) if folder else None
        self._report = report
        self._egress = egress or Egress()
        self._list = InstrumentList({}, 0)

    def __len__(self) -> int:
        return len(self._list.terms)

    @property
    def is_ready(self) -> bool:
        """True once a list was read, today's or an older one."""
        return bool(self._list.terms)

    def find(self, key: str) -> Instrument | None:
        """Return the instrument named `EXCHANGE:SYMBOL`, or None where the list does not have it."""
        terms = self._list.terms.get(key)
        if terms is None:
            return None
        exchange, _, symbol = key.partition(":")
        freeze = self._freeze_quantities().get(terms.name if terms.is_derivative else SHARES)
        return Instrument(
            exchange=exchange,
            tradingsymbol=symbol,
            name=terms.name,
            lot_size=terms.lot_size,
            tick_size=terms.tick_size,
            freeze_quantity=freeze,
        )

    async def refresh(self) -> None:
        """Read the list anew; while there is none yet, the day's file will do, and last an older one.

        BrokerUnavailableError where Kite does not give it; what was there stays in use.
        """
        if not self._list.terms and await self._use_file(is_fresh=True):
            return
        try:
            content = await asyncio.to_thread(_fetch, self._roots.api, self._egress)
            found = await asyncio.to_thread(parse, content)
            _check(found, known=len(self._list.terms))
        except BrokerUnavailableError:
            if not self._list.terms and await self._use_file(is_fresh=False):
                return
            raise
        self._list = found
        if found.unreadable:
            self._report(
                f"{found.unreadable} rows of Kite's instrument list cannot be read and are left out."
            )
        if self._files:
            await asyncio.to_thread(self._files.keep, content, self._clock.now())

    async def _use_file(self, *, is_fresh: bool) -> bool:
        """Take over the newest file, where there is one; a fresh one is of today's list."""
        file = await asyncio.to_thread(self._files.newest) if self._files else None
        if file is None or (is_fresh and not self._is_of_today(file.fetched_at)):
            return False
        try:
            found = await asyncio.to_thread(lambda: parse(file.path.read_bytes()))
            _check(found)
        except (OSError, BrokerUnavailableError):
            return False
        self._list = found
        if not is_fresh:
            day = f"{file.fetched_at.astimezone(IST):%d %b %Y}"
            self._report(
                f"Kite's instrument list cannot be read; the one of {day} is in use. Lot sizes may have "
                "changed since and new symbols are missing. It is tried again at the next refresh."
            )
        return True

    def _is_of_today(self, fetched_at: datetime) -> bool:
        """Tell whether Kite has not renewed the list since."""
        now = self._clock.now().astimezone(IST)
        renewed_at = datetime.combine(now.date(), LIST_IS_NEW_AT, IST)
        if now < renewed_at:
            renewed_at -= timedelta(days=1)
        return fetched_at >= renewed_at


def parse(content: bytes) -> InstrumentList:
    """Read of the CSV what sizing needs.

    The official client's parser takes ten seconds and fails on an empty strike; this one takes a
    fraction of one. A row without a symbol, a whole positive lot or a tick is left out and counted;
    indices, which nobody can trade, are left out silently.
    """
    rows = _rows(content)
    columns = {name: place for place, name in enumerate(next(rows, []))}
    if not columns.keys() >= set(_COLUMNS):
        return InstrumentList({}, 0)
    pick = itemgetter(*(columns[name] for name in _COLUMNS))
    shared: dict[tuple[str, ...], _Terms] = {}
    terms: dict[str, _Terms] = {}
    unreadable = 0
    for row in rows:
        try:
            exchange, symbol, segment, *words = pick(row)
            if segment == "INDICES":
                continue
            shape = tuple(words)
            known = shared.get(shape) or shared.setdefault(shape, _terms(*shape))
            terms[f"{_word(exchange)}:{_word(symbol)}"] = known
        except (IndexError, ValueError, InvalidOperation):
            unreadable += 1
    return InstrumentList(terms, unreadable)


def _rows(content: bytes) -> Iterator[list[str]]:
    """Yield the rows; one that breaks the CSV itself comes out empty, as a row without sense."""
    rows = csv.reader(StringIO(content.decode("utf-8", errors="replace")))
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield []


def _fetch(root: str, egress: Egress) -> bytes:
    """Ask Kite for the list by the official client, whose errors are many kinds and may hold a URL."""
    from app.adapters.kite.client import fetch_instruments  # noqa: PLC0415 - see that module's docstring

    try:
        return fetch_instruments(root, egress)
    except Exception as e:  # noqa: BLE001 - see above
        raise BrokerUnavailableError(f"Kite's instrument list was not read ({type(e).__name__}).") from None


def _check(found: InstrumentList, known: int = 0) -> None:
    if not found.terms:
        raise BrokerUnavailableError("Kite's instrument list was empty; it was not taken over.")
    if len(found.terms) < known / 2:  # expiries take away a few in a hundred
        rows = f"{len(found.terms)} rows where there were {known}"
        raise BrokerUnavailableError(f"Kite's instrument list had {rows}; it was not taken over.")


def _word(text: str) -> str:
    word = text.strip()
    if not word:
        raise ValueError("empty")
    return word


def _terms(name: str, lot_size: str, tick_size: str, kind: str) -> _Terms:
    lot, tick = int(lot_size), Decimal(tick_size)
    if lot <= 0 or not tick.is_finite() or tick <= 0:
        raise ValueError(f"lot size {lot_size}, tick size {tick_size}")
    return _Terms(name=name.strip(), lot_size=lot, tick_size=tick, is_derivative=kind in _DERIVATIVES)
