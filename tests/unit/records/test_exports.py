"""Exports: each kind's rows, exact figures, harmless cells."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from app.records import exports as exports_module
from app.records.exports import KINDS, Exports, Table
from app.records.rows import tags_of
from app.records.writing_tables import BOM, as_csv, as_json
from tests.builders.copier import Copier
from tests.fakes.journal_reader import MemoryJournalReader

DAY = date(2026, 11, 20)


@pytest.fixture
def copier() -> Copier:
    """Return a copier whose first order filled everywhere and whose second was not copied."""
    made = Copier({"S1": "1", "S2": "2.5"})
    order = made.primary_places(quantity=10)
    copies = made.take_all()
    made.primary_shows(order, status="COMPLETE", filled_quantity=10, average_price=Decimal("1500.05"))
    for copy in copies:
        desk = made.desks[copy.account_id]
        desk.update(
            copy.order_id, status="COMPLETE", filled_quantity=copy.quantity, average_price=Decimal("1500.15")
        )
    made.look_at_all()
    made.primary_places(product="CNC")
    return made


@pytest.fixture
def exports(copier: Copier) -> Exports:
    return Exports(MemoryJournalReader(copier.journal), tags_of(b"k" * 32))


def rows(exports: Exports, what: str, account: str | None = None) -> list[dict[str, object]]:
    table = exports.table(what, DAY, account)
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def test_orders_say_what_was_decided(exports: Exports) -> None:
    first, second = rows(exports, "orders")
    assert (first["quantity"], first["average_price"], first["skipped_code"]) == (10, "1500.05", "")
    assert second["skipped_code"] == "PRODUCT_NOT_COPIED"


def test_copies_are_the_trade_log(exports: Exports) -> None:
    assert [(row["Account"], row["Copy filled"], row["State"]) for row in rows(exports, "copies")] == [
        ("S1", 10, "FILLED"),
        ("S2", 25, "FILLED"),
    ]


def test_fills_are_exact(exports: Exports) -> None:
    _, second = rows(exports, "fills")
    assert (second["value"], second["slippage"]) == ("37503.75", "2.50")


def test_a_tradebook_is_of_one_account(exports: Exports) -> None:
    (trade,) = rows(exports, "tradebook", "S2")
    assert trade == {
        "symbol": "INFY",
        "exchange": "NSE",
        "trade_date": "2026-11-20",
        "trade_type": "buy",
        "quantity": 25,
        "price": "1500.15",
        "order_id": trade["order_id"],
        "order_execution_time": "2026-11-20T10:00:00",
        "account": "S2",
    }


def test_the_audit_has_every_fact(exports: Exports, copier: Copier) -> None:
    audit = rows(exports, "audit")
    assert [row["seq"] for row in audit] == list(range(1, len(copier.journal.facts) + 1))
    assert all(isinstance(json.loads(str(row["fact"])), dict) for row in audit)


@pytest.mark.parametrize("what", list(KINDS))
def test_a_long_day_is_read_in_pieces_with_a_breath_between(
    copier: Copier, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    reader, tag_of, breaths = MemoryJournalReader(copier.journal), tags_of(b"k" * 32), []
    whole = rows(Exports(reader, tag_of), what)
    monkeypatch.setattr(exports_module, "PAGE", 3)
    assert rows(Exports(reader, tag_of, lambda: breaths.append(1)), what) == whole
    assert len(breaths) == (len(copier.journal.facts) - 1) // 3


@pytest.mark.parametrize("what", list(KINDS))
def test_a_day_without_records_is_empty(exports: Exports, what: str) -> None:
    assert not list(exports.table(what, date(2026, 1, 1), None).rows)


def test_csv_is_read_back_and_executes_nothing() -> None:
    table = Table(("text", "number"), [("=cmd()", -5), ("-5.25", 1), ('a "b", c\nd', 2), ("@x", 3)])
    text = "".join(as_csv(table))
    assert text.startswith(BOM)
    assert list(csv.reader(io.StringIO(text.removeprefix(BOM))))[1:] == [
        ["'=cmd()", "-5"],
        ["-5.25", "1"],
        ['a "b", c\nd', "2"],
        ["'@x", "3"],
    ]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_one_array(count: int) -> None:
    table = Table(("a", "b"), [("x", number) for number in range(count)])
    assert json.loads("".join(as_json(table))) == [{"a": "x", "b": number} for number in range(count)]
