"""The trade log's summary: one row for each trading day and account."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from statistics import median

from app.domain.copies import NEEDS_ATTENTION, Copy, CopyState, Leg
from app.domain.ids import AccountId, OrderId
from app.domain.orders import ZERO, Order
from app.ports.trade_log import LogRow, Sheet
from app.records.rows import slippage

SUMMARY = Sheet(
    "Summary",
    (
        "Day and account",
        "Trade date",
        "Account",
        "Copies",
        "Filled",
        "Open",
        "Cancelled",
        "Not copied",
        "Need you",
        "Orders sent",
        "Turnover",
        "Slippage",
        "Median milliseconds",
        "Slowest milliseconds",
    ),
)
_NOT_COPIED = frozenset(
    {CopyState.SKIPPED, CopyState.DENIED, CopyState.NOT_SENT, CopyState.HELD, CopyState.EXPIRED}
)


def summary_row(
    day: date, account_id: AccountId, copies: Iterable[Copy], primaries: dict[OrderId, Order]
) -> LogRow:
    """Sum up what became of an account's copies on one day."""
    mine = list(copies)
    states = Counter(copy.state for copy in mine)
    legs = [(leg, primaries[copy.primary_order_id]) for copy in mine for leg in copy.legs]
    took_ms = [ms for leg, _ in legs if (ms := _took_ms(leg)) is not None]
    turnover = sum((leg.filled_quantity * leg.average_price for leg, _ in legs), ZERO)
    worse_by = sum(((slippage(leg, order) or ZERO) * leg.filled_quantity for leg, order in legs), ZERO)
    key = f"{day.isoformat()} {account_id}"
    counted = (
        len(mine),
        states[CopyState.FILLED],
        sum(states[state] for state in (CopyState.OPEN, CopyState.TRIGGER_PENDING, CopyState.PARTIAL)),
        states[CopyState.CANCELLED],
        sum(states[state] for state in _NOT_COPIED),
        sum(states[state] for state in NEEDS_ATTENTION),
        sum(leg.attempts for leg, _ in legs),
    )
    amounts = (_rupees(turnover), _rupees(worse_by))
    times = (round(median(took_ms), 1), round(max(took_ms), 1)) if took_ms else ("", "")
    return LogRow(key, (key, day.isoformat(), account_id, *counted, *amounts, *times))


def _took_ms(leg: Leg) -> float | None:
    if leg.planned_at is None or leg.answered_at is None:
        return None
    return (leg.answered_at - leg.planned_at).total_seconds() * 1000


def _rupees(amount: Decimal) -> float:
    return float(round(amount, 2))
