"""The trade log: a row for each order of a copy, once, and in it what journal and order lists say."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from app.domain.copies import Copy, Leg
from tests.chaos.evidence import Evidence, Row, Violation


def check(seen: Evidence) -> Iterator[Violation]:
    """Yield what is wrong; nothing where no trade log is kept."""
    if seen.log is None:
        return
    header, *cells = seen.log or [[]]
    rows = [dict(zip(header, one, strict=False)) for one in cells]
    for tag, count in Counter(str(row["Tag"]) for row in rows).items():
        if count > 1:
            yield Violation("log", f"{tag} has {count} rows in the trade log.", (tag,))
    strangers = {str(row["Tag"]): row for row in rows}
    unsent: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        unsent.setdefault((str(row["Primary order"]), str(row["Account"])), []).append(row)
    for copy in seen.state.copies.values():
        found = unsent.get((copy.primary_order_id, copy.account_id), [])
        for tag in {str(row["Tag"]) for row in found}:
            strangers.pop(tag, None)
        yield from _copy(seen, copy, {str(row["Tag"]): row for row in found})
    for tag, row in strangers.items():
        yield Violation("log", f"The trade log has a row of no copy: {row}", (tag,))


def _copy(seen: Evidence, copy: Copy, rows: dict[str, Row]) -> Iterator[Violation]:
    """Each order of a copy has its row, or one row says why the copy has none."""
    keys = (copy.copy_id, *rows)
    if len(rows) != max(len(copy.legs), 1):
        text = f"{copy.copy_id} has {len(rows)} rows in the trade log, and {len(copy.legs)} orders."
        yield Violation("log", text, keys)
        return
    if not copy.legs:
        row = next(iter(rows.values()))
        if row["State"] != copy.state:
            text = f"{copy.copy_id} is {row['State']} in the trade log; the journal says {copy.state}."
            yield Violation("log", text, keys)
    for leg in copy.legs:
        if leg.tag not in rows:
            yield Violation("log", f"{leg.tag} is not in the trade log.", (leg.tag,))
            continue
        told, true = _told(rows[leg.tag]), _true(seen, copy, leg)
        if told != true:
            text = f"{leg.tag} is {told} in the trade log; the journal says {true}."
            yield Violation("log", text, (leg.tag,))


def _told(row: Row) -> tuple[Any, ...]:
    names = ("Instrument", "State", "Order id", "Slice", "Generation", "Copy quantity", "Copy filled")
    average = Decimal(str(row["Copy average"] or 0))
    return (*(str(row[name]) for name in names), str(row["Primary filled"]), average)


def _true(seen: Evidence, copy: Copy, leg: Leg) -> tuple[Any, ...]:
    """Return the journal's word on an order, and the broker's on what its primary order filled."""
    told = (copy.instrument, leg.state.value, leg.order_id or "", leg.number, leg.generation)
    filled = seen.primary[copy.primary_order_id]["filled_quantity"]
    average = Decimal(str(float(leg.average_price)))
    return (*(str(one) for one in (*told, leg.order.quantity, leg.filled_quantity, filled)), average)
