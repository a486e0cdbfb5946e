"""The journal against an order list: each kind of difference in one sentence, agreement in none."""

from dataclasses import replace

import pytest

from app.domain.ids import AccountId
from app.domain.orders import Order
from app.records.comparing import differences
from app.records.fold import DayFold
from tests.builders.copier import Copier
from tests.fakes.journal_reader import MemoryJournalReader

S1 = AccountId("S1")


@pytest.fixture
def copier() -> Copier:
    made = Copier()
    made.primary_places()
    made.take_all()
    return made


def told(copier: Copier, orders: list[Order]) -> list[str]:
    reader = MemoryJournalReader(copier.journal)
    fold = DayFold(reader.days()[-1])
    fold.take(reader.read_since(0, limit=1000))
    return list(differences(fold, S1, orders))


def shown(copier: Copier) -> list[Order]:
    return list(copier.desks[S1].orders.values())


def test_agreement_is_silent(copier: Copier) -> None:
    assert told(copier, shown(copier)) == []


def test_each_difference_is_told(copier: Copier) -> None:
    (order,) = shown(copier)
    assert "is not in the order list" in told(copier, [])[0]
    assert "the journal says OPEN" in told(copier, [replace(order, status="CANCELLED")])[0]
    assert "filled 5; the journal says 0" in told(copier, [replace(order, filled_quantity=5)])[-1]
    assert "two orders carry the tag" in told(copier, [order, order])[0]
    stranger = replace(order, tags=("TC" + "A" * 18,))
    assert "is not in the journal" in told(copier, [order, stranger])[0]
