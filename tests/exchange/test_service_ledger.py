"""The ledger: each request for an order is there once, with its one true fate."""

import pytest

from app.exchange.ledger import Ledger, LedgerEntry, Outcome


def arrive(ledger: Ledger, tag: str = "TCA", account: str = "PA0002", action: str = "place") -> LedgerEntry:
    return ledger.open(
        arrived_ns=5, action=action, account=account, variety="regular", order_id=None, params={"tag": tag}
    )


def test_an_accepted_request_names_its_orders() -> None:
    ledger = Ledger()
    entry = arrive(ledger)
    assert entry.outcome is Outcome.PENDING
    ledger.accept(entry, ["11", "12"], at_ns=9)
    ledger.tell(entry, "reset")
    row = ledger.entries()[0].to_json()
    assert (row["outcome"], row["order_ids"], row["settled_ns"], row["reply"]) == (
        "accepted",
        ["11", "12"],
        9,
        "reset",
    )


def test_a_fate_is_recorded_once() -> None:
    ledger = Ledger()
    entry = arrive(ledger)
    ledger.drop(entry, at_ns=6)
    with pytest.raises(ValueError, match="was settled as dropped before accepted"):
        ledger.accept(entry, ["11"], at_ns=9)


def test_a_refusal_keeps_its_words() -> None:
    ledger = Ledger()
    entry = arrive(ledger)
    ledger.refuse(entry, 400, "MarginException", "Insufficient funds.", at_ns=7, is_late=True)
    assert entry.is_late
    assert entry.error == {
        "http_status": 400,
        "error_type": "MarginException",
        "message": "Insufficient funds.",
    }


def test_orders_by_tag_shows_a_doubled_order() -> None:
    ledger = Ledger()
    for order_id in ("11", "12"):
        ledger.accept(arrive(ledger), [order_id], at_ns=9)
    ledger.accept(arrive(ledger, tag="TCB", account="PA0003"), ["13"], at_ns=9)
    ledger.drop(arrive(ledger, tag="TCC"), at_ns=9)
    ledger.accept(arrive(ledger, tag="TCB", action="cancel"), ["13"], at_ns=9)
    assert ledger.orders_by_tag() == {"TCA": ["11", "12"], "TCB": ["13"]}
    assert ledger.orders_by_tag("PA0003") == {"TCB": ["13"]}


def test_entries_can_be_narrowed() -> None:
    ledger = Ledger()
    arrive(ledger)
    arrive(ledger, account="PA0003")
    arrive(ledger, action="cancel")
    assert [e.number for e in ledger.entries(account="PA0002")] == [1, 3]
    assert [e.number for e in ledger.entries(action="cancel")] == [3]
    assert [e.number for e in ledger.entries(after=1, tag="TCA")] == [2, 3]


def test_a_ledger_is_rebuilt_from_its_changes() -> None:
    seen: list[LedgerEntry] = []
    ledger = Ledger(on_change=seen.append)
    first = arrive(ledger)
    ledger.accept(first, ["11"], at_ns=9)
    arrive(ledger, tag="TCB")
    again = Ledger()
    for entry in seen:
        again.restore(entry)
    assert [e.number for e in again.entries()] == [1, 2]
    assert arrive(again).number == 3
