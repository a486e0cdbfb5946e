"""Order lists whose rows are not as Kite has them: by name, what the rows become and what is to be seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.builders.meddler import Rows

Row = dict[str, Any]
DROP = object()
FOUND, PARTLY, ASKED = "FILLED", "PARTIAL", "IN_DOUBT"
OURS = "TC"


@dataclass(frozen=True, slots=True)
class StrangeList:
    """How a list is rewritten, in which state a copy is while it is, and words that the operator is told."""

    rewrite: Callable[[Rows], object]
    state: str
    told: str = ""


def _is_ours(row: Row) -> bool:
    return str(row.get("tag", "")).startswith(OURS)


def _with(**changes: object) -> Callable[[Rows], object]:
    """Change fields of each of our orders; DROP leaves a field out, a function gets its true value."""

    def new(row: Row) -> Row:
        given = {k: v(row[k]) if callable(v) else v for k, v in changes.items()}
        return {k: v for k, v in {**row, **given}.items() if v is not DROP}

    return lambda rows: [new(row) if _is_ours(row) else row for row in rows]


def _and_other_rows(*others: object) -> Callable[[Rows], object]:
    return lambda rows: [*others, *rows]


def _many(count: int) -> Callable[[Rows], object]:
    def rewrite(rows: Rows) -> object:
        like = rows[0] if rows else {}
        copies = [{**like, "order_id": str(10**14 + n), "tag": None, "tags": []} for n in range(count)]
        return [*copies, *rows] if rows else rows

    return rewrite


def _twins(rows: Rows) -> object:
    twins = [{**row, "order_id": f"9{str(row['order_id'])[1:]}"} for row in rows if _is_ours(row)]
    return [*rows, *twins]


def _listed_twice(rows: Rows) -> object:
    return [*rows, *({**row, "status": "OPEN", "filled_quantity": 0} for row in rows)]


_CLEAR: dict[str, StrangeList] = {
    name: StrangeList(rewrite, FOUND)
    for name, rewrite in {
        "a number as order_id": _with(order_id=int),
        "quantities as text": _with(quantity=str, filled_quantity=str),
        "quantities with a fraction of nothing": _with(quantity=float, filled_quantity=float),
        "no tag, but tags": _with(tags=lambda _: DROP, tag=lambda tag: tag),
        "tags that are null": _with(tags=None),
        "tags as one text": _with(tags="", tag=lambda tag: tag),
        "tags with holes": _with(tags=[None, "", 7]),
        "stamps that are null": _with(order_timestamp=None, exchange_timestamp=None),
        "stamps in another form": _with(order_timestamp="20/11/2026 10:15", exchange_timestamp=0),
        "stamps of the year 0": _with(order_timestamp="0000-00-00 00:00:00"),
        "stamps of the year 9999": _with(order_timestamp="9999-12-31 23:59:59"),
        "stamps of tomorrow's tomorrow": _with(exchange_update_timestamp="2099-01-01 00:00:00"),
        "a price that is null": _with(price=None, trigger_price="", average_price=None),
        "fields that nobody knows": _with(meta={"deep": [[[{}]]]}, surprise=True, guid=7),
        "a message of a hundred kilobytes": _with(status_message="x" * 100_000),
        "a message that is a page": _with(status_message="<script>alert(1)</script>\x00\r\n"),
        "each row twice, the second behind the first": _listed_twice,
        "three thousand rows": _many(3_000),
        "twenty thousand rows": _many(20_000),
    }.items()
}

_UNREADABLE: dict[str, StrangeList] = {
    name: StrangeList(rewrite, ASKED, "cannot be read")
    for name, rewrite in {
        "a status that is null": _with(status=None),
        "a status that is a number": _with(status=7),
        "no status": _with(status=DROP),
        "a status with a control character": _with(status="COMPLETE\x07"),
        "no quantity": _with(quantity=DROP),
        "a negative quantity": _with(quantity=-5),
        "a huge quantity": _with(quantity=10**17),
        "a quantity with a fraction": _with(quantity=5.5),
        "a quantity of NaN": _with(quantity="NaN"),
        "a quantity that is a list": _with(quantity=[5]),
        "more filled than ordered": _with(filled_quantity=500),
        "complete, and nothing filled": _with(filled_quantity=0, status="COMPLETE"),
        "no filled_quantity": _with(filled_quantity=DROP),
        "no product": _with(product=DROP),
        "no order_type": _with(order_type=None),
        "no variety": _with(variety=DROP),
        "no order_id": _with(order_id=DROP),
        "an order_id that is null": _with(order_id=None),
        "an order_id of 200 characters": _with(order_id="1" * 200),
        "an order_id with a line break": _with(order_id="12\r\n34"),
        "an order_id that is a page": _with(order_id="<b>1</b>"),
        "an order_id that lost its digits": _with(order_id=float),
        "a tag that is a list": _with(tag=lambda tag: [tag]),
        "tags that are nested": _with(tags=[["deep"]]),
        "tags that are an object": _with(tags={"a": 1}),
        "a price that is Infinity": _with(price="Infinity"),
        "a price of 1e308": _with(price=1e308),
        "a side that nobody knows": _with(transaction_type="HOLD"),
        "no symbol": _with(tradingsymbol=DROP),
        "a symbol that is a list": _with(tradingsymbol=["INFY"]),
        "a row in a list": lambda rows: [[row] if _is_ours(row) else row for row in rows],
        "a row as text": lambda rows: [str(row) if _is_ours(row) else row for row in rows],
    }.items()
}

_SILENT: dict[str, StrangeList] = {
    name: StrangeList(rewrite, ASKED)
    for name, rewrite in {
        "no tag at all": _with(tag=None, tags=None),
        "a tag that is a number": _with(tag=7, tags=None),
        "our tag in small letters": _with(tag=str.lower, tags=None),
        "our tag cut short": _with(tag=lambda tag: tag[:-1], tags=None),
        "our tag with more behind it": _with(tag=lambda tag: tag + "A", tags=None),
        "a list without our orders": lambda rows: [row for row in rows if not _is_ours(row)],
    }.items()
}
"""Not found, and nothing to tell: the copy itself stays a question."""

STRANGE_LISTS: dict[str, StrangeList] = {
    **_CLEAR,
    **_UNREADABLE,
    **_SILENT,
    "an invented status": StrangeList(_with(status="FROBNICATED"), PARTLY, "'FROBNICATED'"),
    "a status in small letters": StrangeList(_with(status="complete"), PARTLY, "'complete'"),
    "two orders under one tag": StrangeList(_twins, FOUND, "Two orders carry one tag"),
    "our tag on another symbol": StrangeList(_with(tradingsymbol="SBIN"), ASKED, "for something else"),
    "our tag on the other side": StrangeList(_with(transaction_type="SELL"), ASKED, "for something else"),
    "rows that are no orders": StrangeList(
        _and_other_rows(None, 7, "x", [], {}, True), FOUND, "cannot be read"
    ),
    "an order that nobody can read": StrangeList(
        _and_other_rows({"order_id": "1", "status": None}), FOUND, "Order 1 "
    ),
}
