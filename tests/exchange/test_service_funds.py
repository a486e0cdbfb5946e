"""The fund book: orders and SIPs are kept as asked for, and refused when they cannot be meant."""

from datetime import date
from random import Random

import pytest

from app.exchange.errors import KiteError
from app.exchange.funds import FUNDS, FundBook, instruments_csv

STAMP = "2026-11-20 10:00:00"
SYMBOL = FUNDS[0].symbol
BUY = {"tradingsymbol": SYMBOL, "transaction_type": "BUY"}


@pytest.fixture
def book() -> FundBook:
    return FundBook(Random(1))  # noqa: S311 - must be repeatable, not secret


def test_a_purchase_needs_an_amount_and_a_redemption_a_quantity(book: FundBook) -> None:
    bought = book.place_order("A", {**BUY, "amount": "5000"}, STAMP)
    assert book.order("A", bought["order_id"])["amount"] == 5000
    sold = book.place_order("A", {**BUY, "transaction_type": "SELL", "quantity": "2.5"}, STAMP)
    assert book.order("A", sold["order_id"])["quantity"] == 2.5
    assert len(book.orders("A")) == 2
    assert book.orders("B") == []


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"tradingsymbol": "NOSUCH", "transaction_type": "BUY", "amount": "5000"},
        {"tradingsymbol": SYMBOL, "transaction_type": "HOLD", "amount": "5000"},
        {"tradingsymbol": SYMBOL, "transaction_type": "BUY"},
        {"tradingsymbol": SYMBOL, "transaction_type": "BUY", "amount": "1"},
        {"tradingsymbol": SYMBOL, "transaction_type": "BUY", "amount": "nan"},
        {"tradingsymbol": SYMBOL, "transaction_type": "SELL", "quantity": "0"},
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(book: FundBook, params: dict[str, str]) -> None:
    with pytest.raises(KiteError):
        book.place_order("A", params, STAMP)
    assert book.orders("A") == []


def test_an_order_is_cancelled_once_and_by_its_owner(book: FundBook) -> None:
    order = book.place_order("A", {**BUY, "amount": "500"}, STAMP)
    with pytest.raises(KiteError):
        book.cancel_order("B", order["order_id"])
    book.cancel_order("A", order["order_id"])
    with pytest.raises(KiteError):
        book.cancel_order("A", order["order_id"])


def test_a_sip_is_kept_changed_and_cancelled(book: FundBook) -> None:
    asked = {"tradingsymbol": SYMBOL, "amount": "1000", "instalments": "-1", "frequency": "weekly"}
    sip_id = book.place_sip("A", asked, STAMP)["sip_id"]
    assert book.sip("A", sip_id)["next_instalment"] == "2026-11-27"
    changes = {"amount": "1500", "instalments": "6", "frequency": "monthly", "instalment_day": "5"}
    book.modify_sip("A", sip_id, {**changes, "status": "paused"})
    sip = book.sip("A", sip_id)
    assert (sip["instalment_amount"], sip["instalments"], sip["frequency"]) == (1500, 6, "monthly")
    assert (sip["instalment_day"], sip["status"]) == (5, "PAUSED")
    assert "fund_source" not in book.sips("A")[0]
    with pytest.raises(KiteError):
        book.modify_sip("A", sip_id, {"status": "sleeping"})
    with pytest.raises(KiteError):
        book.place_sip("A", {**asked, "frequency": "hourly"}, STAMP)
    book.cancel_sip("A", sip_id)
    assert book.sip("A", sip_id)["status"] == "CANCELLED"


def test_the_list_names_every_fund() -> None:
    lines = instruments_csv(date(2026, 11, 20)).splitlines()
    assert len(lines) == 1 + len(FUNDS)
    assert all(line.count(",") == lines[0].count(",") for line in lines)
