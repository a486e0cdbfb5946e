"""The days as the journal tells them: facts folded into state, and which copies they touched."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.domain.copies import Copy
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.orders import Order
from app.engine.state import EngineState, PrimaryOrder
from app.ports.journal_reader import Entry, JournalReader


def pages_of(
    reader: JournalReader, day: date, *, size: int, below: int | None = None
) -> Iterator[list[Entry]]:
    """Yield a day's facts page by page, only those numbered under `below` where that is given.

    Nothing stays open or locked meanwhile. Facts of other days may lie among them: a host's clock was wrong
    for a while, or a morning closes the day before. JournalError if unreadable.
    """
    seq, last = reader.first_of(day) - 1, reader.last_of(day)
    if below is not None:
        last = min(last, below - 1)
    while 0 <= seq < last and (page := reader.read_since(seq, limit=size)):
        yield [entry for entry in page if entry.day == day and entry.recorded.seq <= last]
        seq = page[-1].recorded.seq


class DayFold:
    """One trading day's state, rebuilt by the same fold that the engine uses."""

    def __init__(self, day: date) -> None:
        self.day = day
        self._state = EngineState()
        self._by_order: dict[OrderId, dict[CopyId, None]] = {}

    def take(self, entries: Iterable[Entry]) -> list[Copy]:
        """Fold facts of this day in, and return the copies whose rows are other ones now."""
        for entry in entries:
            self._state.apply(entry.recorded.fact, entry.recorded.at)
        changed = self._state.take_changed()
        for copy_id in changed.copies:
            self._by_order.setdefault(self._state.copies[copy_id].primary_order_id, {})[copy_id] = None
        touched = dict(changed.copies)
        for order_id in changed.orders:
            touched.update(self._by_order.get(order_id, {}))
        return [self._state.copies[copy_id] for copy_id in touched]

    def primary_of(self, copy: Copy) -> Order:
        """Return the primary order that a copy mirrors."""
        return self._state.primary_orders[copy.primary_order_id].order

    def primary_orders(self) -> list[PrimaryOrder]:
        """Return the day's primary orders and what was decided about them, oldest first."""
        return sorted(self._state.primary_orders.values(), key=lambda known: known.order.seniority)

    def primaries(self) -> dict[OrderId, Order]:
        """Return the day's primary orders."""
        return {order_id: known.order for order_id, known in self._state.primary_orders.items()}

    def copies(self) -> list[Copy]:
        """Return the day's copies, oldest first."""
        return list(self._state.copies.values())

    def copies_of(self, account_id: AccountId) -> list[Copy]:
        """Return the day's copies in one account."""
        return [copy for copy in self._state.copies.values() if copy.account_id == account_id]
