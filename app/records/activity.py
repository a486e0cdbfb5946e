"""What happened, newest first, read from the journal backwards and only as far as it is asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.ids import AccountId, ClientOrderId, OrderId
from app.domain.session import IST
from app.ports.journal_reader import Entry, JournalReader
from app.records.exports import PAGE, Table
from app.records.sentences import Level, PlannedLeg, Teller, Who, planned_legs, tag_in

MOST_READ = 5_000
"""Facts read for one answer, some 0.1 s of work: a rare thing in a long day takes more than one answer."""
HEADER = ("seq", "at", "who", "level", "account", "account_name", "order_id", "text")
_RANKS = {level: rank for rank, level in enumerate(Level)}
_END = 1 << 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that happened; `seq` is the number of its fact."""

    seq: int
    at: datetime
    who: Who
    level: Level
    text: str
    account_id: AccountId | None
    order_id: OrderId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items: numbered above `after` and below `before`, of a day, of an account, `level` and worse."""

    after: int = 0
    before: int | None = None
    day: date | None = None
    level: Level = Level.INFO
    account_id: str | None = None

    def takes(self, item: Item) -> bool:
        """Tell whether an item's level and account are wanted."""
        is_about = self.account_id is None or item.account_id == self.account_id
        return is_about and _RANKS[item.level] >= _RANKS[self.level]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Items, newest first. `last_seq` is the newest fact looked at; go on below `next_before` unless None."""

    items: tuple[Item, ...]
    last_seq: int
    next_before: int | None


@dataclass(frozen=True, slots=True)
class Activity:
    """Tells a journal as sentences. Every method raises JournalError where it cannot be read.

    `breathe` is called between pieces of work, for a process that has other things to do.
    """

    reader: JournalReader
    breathe: Callable[[], None] = lambda: None

    def page(self, wanted: Wanted, names: Mapping[str, str], *, limit: int) -> Page:
        """Return at most `limit` items, the newest that are wanted."""
        floor, below = self._bounds(wanted)
        items: list[Item] = []
        newest, read = 0, 0
        while below > floor + 1:
            found = self.reader.read_before(below, limit=PAGE)
            entries = [entry for entry in found if entry.recorded.seq > floor]
            newest = newest or (entries[0].recorded.seq if entries else 0)
            for item in self._items(entries, wanted, names):
                items.append(item)
                if len(items) == limit:
                    return Page(items=tuple(items), last_seq=newest, next_before=item.seq)
            if len(entries) < PAGE:
                break
            below, read = entries[-1].recorded.seq, read + PAGE
            if read >= MOST_READ:
                return Page(items=tuple(items), last_seq=newest, next_before=below)
            self.breathe()
        return Page(items=tuple(items), last_seq=newest or wanted.after, next_before=None)

    def table(self, wanted: Wanted, names: Mapping[str, str]) -> Table:
        """Return everything that is wanted, oldest first, as a table to take away."""
        return Table(HEADER, (_cells(item, names) for item in self._forwards(wanted, names)))

    def newest_day(self) -> date | None:
        """Return the newest day that has facts."""
        days = self.reader.days()
        return days[-1] if days else None

    def _forwards(self, wanted: Wanted, names: Mapping[str, str]) -> Iterator[Item]:
        seq, end = self._bounds(wanted)
        while seq + 1 < end:
            found = self.reader.read_since(seq, limit=PAGE)
            yield from self._items([one for one in found if one.recorded.seq < end], wanted, names)
            if len(found) < PAGE:
                return
            seq = found[-1].recorded.seq
            self.breathe()

    def _bounds(self, wanted: Wanted) -> tuple[int, int]:
        """Return the numbers between which the facts lie, both left out."""
        floor, end = wanted.after, _END if wanted.before is None else wanted.before
        if wanted.day is None:
            return floor, end
        first, last = self.reader.first_of(wanted.day), self.reader.last_of(wanted.day)
        return max(floor, first - 1), min(end, last + 1)

    def _items(self, entries: Sequence[Entry], wanted: Wanted, names: Mapping[str, str]) -> Iterator[Item]:
        teller = Teller(self._plans_for(entries), lambda account_id: names.get(account_id, account_id))
        for entry in entries:
            if wanted.day in {None, entry.day}:
                item = _item(entry, teller)
                if item is not None and wanted.takes(item):
                    yield item

    def _plans_for(self, entries: Sequence[Entry]) -> dict[ClientOrderId, PlannedLeg]:
        """Return what is planned under each tag that the facts name: here, or long before."""
        plans: dict[ClientOrderId, PlannedLeg] = {}
        for entry in entries:
            plans |= planned_legs(entry.recorded)
        tags = {tag for entry in entries if (tag := tag_in(entry.recorded.fact)) and tag not in plans}
        for recorded in self.reader.plans_of(tags) if tags else ():
            plans |= planned_legs(recorded)
        return plans


def _item(entry: Entry, teller: Teller) -> Item | None:
    recorded = entry.recorded
    said = teller.tell(recorded)
    if said is None:
        return None
    return Item(
        seq=recorded.seq,
        at=recorded.at,
        who=said.who,
        level=said.level,
        text=said.text,
        account_id=said.account_id,
        order_id=said.order_id,
    )


def _cells(item: Item, names: Mapping[str, str]) -> tuple[str | int, ...]:
    account_id = item.account_id or ""
    return (
        item.seq,
        item.at.astimezone(IST).isoformat(timespec="milliseconds"),
        item.who.value,
        item.level.value,
        account_id,
        names.get(account_id, account_id),
        item.order_id or "",
        item.text,
    )
