"""One row of the trade log for each order of a copy, and its columns."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from app.domain.copies import Copy, Leg
from app.domain.ids import ClientOrderId, client_order_id
from app.domain.orders import Order
from app.domain.reasons import Reason
from app.domain.session import IST
from app.ports.trade_log import Cell, LogRow, Sheet

COLUMNS = (
    "Tag",
    "Trade date",
    "Primary order",
    "Account",
    "Instrument",
    "Side",
    "Product",
    "Order type",
    "Primary quantity",
    "Primary filled",
    "Copy quantity",
    "Copy filled",
    "Primary average",
    "Copy average",
    "Slippage per unit",
    "Slippage",
    "State",
    "Reason code",
    "Reason",
    "Order id",
    "Slice",
    "Generation",
    "Attempts",
    "Amendments",
    "Primary placed",
    "Planned",
    "Sent",
    "Answered",
    "Milliseconds",
    "Requested by",
)
"""Docs: docs/records.md, columns. New columns are added at the end, for old sheets keep theirs."""

TagOf = Callable[[Copy, Order, date], ClientOrderId]
"""Gives the tag that the first order of a copy would have: a held copy keeps its row when it is sent."""


def tags_of(install_key: bytes) -> TagOf:
    """Return the TagOf of an installation."""

    def tag_of(copy: Copy, primary: Order, day: date) -> ClientOrderId:
        return client_order_id(
            install_key,
            trade_date=day,
            primary=primary.account_id,
            primary_order_id=primary.order_id,
            secondary=copy.account_id,
            leg=0,
            generation=0,
        )

    return tag_of


def sheet_of(day: date) -> Sheet:
    """Return the sheet of a trading day."""
    return Sheet(day.isoformat(), COLUMNS)


def rows_of(copy: Copy, primary: Order, day: date, tag_of: TagOf) -> list[LogRow]:
    """Return the rows of a copy: one for each of its orders, or one that says why it has none."""
    if not copy.legs:
        return [_row(copy, None, primary, day, tag_of(copy, primary, day))]
    return [_row(copy, leg, primary, day, leg.tag) for leg in copy.legs]


def slippage(leg: Leg, primary: Order) -> Decimal | None:
    """Return how much worse than the primary's average price a leg filled, per unit; negative is better.

    None while either has not filled.
    """
    if not leg.filled_quantity or not primary.filled_quantity:
        return None
    return (leg.average_price - primary.average_price) * leg.order.side.sign


def _row(copy: Copy, leg: Leg | None, primary: Order, day: date, tag: ClientOrderId) -> LogRow:
    reason = copy.reason if leg is None else leg.reason
    worse_by = None if leg is None else slippage(leg, primary)
    cells: tuple[Cell, ...] = (
        tag,
        day.isoformat(),
        copy.primary_order_id,
        copy.account_id,
        copy.instrument,
        copy.side.value,
        primary.product,
        primary.intended_type,
        primary.quantity,
        primary.filled_quantity,
        leg.order.quantity if leg else 0,
        leg.filled_quantity if leg else 0,
        _money(primary.average_price),
        _money(leg.average_price if leg else None),
        _money(worse_by, zero=0.0),
        _money(worse_by * leg.filled_quantity if leg and worse_by is not None else None, zero=0.0),
        leg.state.value if leg else copy.state.value,
        *_words(reason),
        (leg.order_id or "") if leg else "",
        leg.number if leg else "",
        leg.generation if leg else "",
        leg.attempts if leg else 0,
        leg.amendments if leg else 0,
        *_times(leg, primary),
        copy.requested_by,
    )
    return LogRow(tag, cells)


def _words(reason: Reason | None) -> tuple[str, str]:
    return ("", "") if reason is None else (reason.code.value, reason.text)


def _times(leg: Leg | None, primary: Order) -> tuple[Cell, ...]:
    """Return when the primary placed it and the copy went through its stages, and how long that took."""
    if leg is None:
        return (_stamp(primary.placed_at), "", "", "", "")
    took: Cell = ""
    if leg.planned_at is not None and leg.answered_at is not None:
        took = round((leg.answered_at - leg.planned_at).total_seconds() * 1000, 1)
    stamps = (primary.placed_at, leg.planned_at, leg.sent_at, leg.answered_at)
    return (*(_stamp(moment) for moment in stamps), took)


def _stamp(moment: datetime | None) -> str:
    """Write a moment in Indian time, to the millisecond."""
    if moment is None:
        return ""
    return moment.astimezone(IST).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _money(amount: Decimal | None, *, zero: Cell = "") -> Cell:
    """Write an amount as a number that can be summed; nothing where there is none yet."""
    if amount is None:
        return ""
    return float(amount) if amount else zero
