"""A day's records to take away: primary orders, copies, fills, the tradebook of an account, the audit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec

from app.domain.copies import Copy, Leg
from app.domain.orders import Order
from app.domain.session import IST
from app.ports.journal_reader import Entry, JournalReader
from app.ports.trade_log import Cell
from app.records.fold import DayFold, pages_of
from app.records.rows import COLUMNS, TagOf, rows_of, slippage

PAGE = 500
"""Facts read at once: some 50 ms of work, after which others may have a turn."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and rows as wide as it."""

    header: tuple[str, ...]
    rows: Iterable[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Exports:
    """Makes tables of a journal. Every method raises JournalError where the journal cannot be read.

    `breathe` is called between pieces of work, for a process that has other things to do.
    """

    reader: JournalReader
    tag_of: TagOf
    breathe: Callable[[], None] = lambda: None

    def days(self) -> list[date]:
        """Return the days that have records, oldest first."""
        return list(self.reader.days())

    def table(self, what: str, day: date, account_id: str | None = None) -> Table:
        """Return one of `KINDS` for a day, of one account where one is named. KeyError for another kind."""
        return KINDS[what](self, day, account_id)

    def orders(self, day: date, _account_id: str | None) -> Table:
        """Return the primary's orders and what was decided about each."""
        rows = (
            (*_order_cells(known.order), *_reason(known.late), *_reason(known.skipped))
            for known in self._fold(day).primary_orders()
        )
        return Table(ORDER_HEADER, rows)

    def copies(self, day: date, account_id: str | None) -> Table:
        """Return every copy as the trade log has it."""
        fold = self._fold(day)
        rows = (
            row.cells
            for copy in _of(fold.copies(), account_id)
            for row in rows_of(copy, fold.primary_of(copy), day, self.tag_of)
        )
        return Table(COLUMNS, rows)

    def fills(self, day: date, account_id: str | None) -> Table:
        """Return what was filled, one row for each order of a copy, with its slippage."""
        fold = self._fold(day)
        rows = (
            _fill(copy, leg, fold.primary_of(copy))
            for copy in _of(fold.copies(), account_id)
            for leg in copy.legs
            if leg.filled_quantity
        )
        return Table(FILL_HEADER, rows)

    def tradebook(self, day: date, account_id: str | None) -> Table:
        """Return the fills in the columns of a broker's tradebook, one row for each order.

        Prices are the order's average: the order list, which this is made from, knows no single trades.
        """
        fold = self._fold(day)
        rows = (
            _trade(day, copy, leg)
            for copy in _of(fold.copies(), account_id)
            for leg in copy.legs
            if leg.filled_quantity
        )
        return Table(TRADEBOOK_HEADER, rows)

    def audit(self, day: date, _account_id: str | None) -> Table:
        """Return every fact of the day as it was written, numbered."""
        return Table(AUDIT_HEADER, (_fact(entry) for page in self._pages(day) for entry in page))

    def _fold(self, day: date) -> DayFold:
        fold = DayFold(day)
        for page in self._pages(day):
            fold.take(page)
        return fold

    def _pages(self, day: date) -> Iterator[list[Entry]]:
        for number, page in enumerate(pages_of(self.reader, day, size=PAGE)):
            if number:
                self.breathe()
            yield page


KINDS: dict[str, Callable[[Exports, date, str | None], Table]] = {
    "orders": Exports.orders,
    "copies": Exports.copies,
    "fills": Exports.fills,
    "tradebook": Exports.tradebook,
    "audit": Exports.audit,
}

ORDER_HEADER = (
    "order_id",
    "placed",
    "exchange",
    "tradingsymbol",
    "side",
    "product",
    "variety",
    "order_type",
    "quantity",
    "filled",
    "price",
    "trigger_price",
    "average_price",
    "status",
    "status_message",
    "late_code",
    "late",
    "skipped_code",
    "skipped",
)
FILL_HEADER = (
    "account",
    "order_id",
    "primary_order_id",
    "tag",
    "instrument",
    "side",
    "quantity",
    "average_price",
    "value",
    "primary_average_price",
    "slippage",
    "sent",
)
TRADEBOOK_HEADER = (
    "symbol",
    "exchange",
    "trade_date",
    "trade_type",
    "quantity",
    "price",
    "order_id",
    "order_execution_time",
    "account",
)
AUDIT_HEADER = ("seq", "at", "kind", "fact")


def _of(copies: list[Copy], account_id: str | None) -> Iterator[Copy]:
    return (copy for copy in copies if account_id in {None, copy.account_id})


def _order_cells(order: Order) -> tuple[Cell, ...]:
    return (
        order.order_id,
        _stamp(order.placed_at),
        order.exchange,
        order.tradingsymbol,
        order.side.value,
        order.product,
        order.variety,
        order.intended_type,
        order.quantity,
        order.filled_quantity,
        _text(order.price),
        _text(order.trigger_price),
        _text(order.average_price),
        order.status,
        order.status_message or "",
    )


def _reason(reason: object) -> tuple[str, str]:
    code, text = getattr(reason, "code", ""), getattr(reason, "text", "")
    return str(code), str(text)


def _fill(copy: Copy, leg: Leg, primary: Order) -> tuple[Cell, ...]:
    worse_by = slippage(leg, primary)
    return (
        copy.account_id,
        leg.order_id or "",
        copy.primary_order_id,
        leg.tag,
        copy.instrument,
        leg.order.side.value,
        leg.filled_quantity,
        _text(leg.average_price),
        _text(leg.average_price * leg.filled_quantity),
        _text(primary.average_price),
        "" if worse_by is None else _text(worse_by * leg.filled_quantity),
        _stamp(leg.sent_at),
    )


def _trade(day: date, copy: Copy, leg: Leg) -> tuple[Cell, ...]:
    exchange, symbol = copy.instrument.split(":", 1)
    done_at = leg.answered_at or leg.sent_at
    return (
        symbol,
        exchange,
        day.isoformat(),
        leg.order.side.value.lower(),
        leg.filled_quantity,
        _text(leg.average_price),
        leg.order_id or "",
        done_at.astimezone(IST).strftime("%Y-%m-%dT%H:%M:%S") if done_at else "",
        copy.account_id,
    )


def _fact(entry: Entry) -> tuple[Cell, ...]:
    recorded = entry.recorded
    body = msgspec.json.encode(msgspec.to_builtins(recorded.fact, enc_hook=str)).decode()
    return recorded.seq, recorded.at.isoformat(), type(recorded.fact).__name__, body


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(IST).isoformat(timespec="milliseconds") if moment else ""


def _text(amount: Decimal) -> str:
    return str(amount)
