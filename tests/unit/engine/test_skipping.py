"""Held copies that the operator skips: never copied, told item by item, and nothing else touched."""

import pytest

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.events import CopySettled
from app.domain.ids import AccountId, OrderId
from app.domain.orders import Order
from app.domain.reasons import ReasonCode
from app.engine.service import Answer, CopyOrders, SkipCopies, StopCopying
from tests.builders.copier import Copier

S1 = AccountId("S1")


def _held(*accounts: str) -> tuple[Copier, Order]:
    copier = Copier(dict.fromkeys(accounts or ("S1", "S2"), "1"), mode=CopyMode.MANUAL)
    return copier, copier.primary_places()


def _skip(copier: Copier, order: Order, *accounts: AccountId, **fields: str) -> Answer:
    return copier.command(SkipCopies, orders=(order.order_id,), accounts=accounts, **fields)


def test_all_held_copies_of_an_order_are_skipped_with_the_operator_s_name() -> None:
    copier, order = _held()
    answer = _skip(copier, order)
    assert answer.message == "2 of 2 skipped."
    for account in ("S1", "S2"):
        copy = copier.copy_of(order, account)
        assert copy.state is CopyState.SKIPPED
        assert copy.requested_by == "operator"
        assert copy.reason is not None
        assert copy.reason.code is ReasonCode.SKIPPED_BY_OPERATOR


def test_only_the_named_secondary_s_copy_is_skipped() -> None:
    copier, order = _held()
    answer = _skip(copier, order, S1)
    assert [result.key for result in answer.results] == [f"{order.order_id}:S1"]
    assert copier.copy_of(order, "S2").state is CopyState.HELD


def test_what_was_skipped_is_neither_ticked_nor_copied_by_a_change_or_a_restart() -> None:
    copier, order = _held("S1")
    _skip(copier, order)
    assert "is SKIPPED already" in copier.command(CopyOrders, orders=(order.order_id,)).results[0].message
    copier.primary_shows(order, quantity=20)
    copier.restart()
    copier.primary_shows(order, status="CANCELLED")
    assert copier.copy_of(order).state is CopyState.SKIPPED
    assert copier.sent == []


def test_only_what_is_held_is_skipped_and_each_item_says_so() -> None:
    copier, order = _held()
    copier.command(CopyOrders, orders=(order.order_id,), accounts=(S1,))
    answer = _skip(copier, order)
    assert [result.accepted for result in answer.results] == [False, True]
    assert "SENDING already" in answer.results[0].message
    assert len(copier.sent) == 1


@pytest.mark.parametrize(("order_id", "account_id"), [("4711", "S1"), (None, "PRI001"), (None, "NOBODY")])
def test_a_copy_that_does_not_exist_is_refused(order_id: str | None, account_id: str) -> None:
    copier, order = _held()
    facts = len(copier.journal.facts)
    answer = copier.command(
        SkipCopies, orders=(OrderId(order_id or order.order_id),), accounts=(AccountId(account_id),)
    )
    assert not answer.accepted
    assert "no such copy" in answer.results[0].message
    assert len(copier.journal.facts) == facts


def test_an_item_named_twice_is_answered_once() -> None:
    copier, order = _held()
    answer = copier.command(SkipCopies, orders=(order.order_id,) * 2, accounts=(S1, S1))
    assert answer.message == "1 of 1 skipped."


def test_a_second_click_has_no_second_effect_and_another_screen_is_told() -> None:
    copier, order = _held("S1")
    first = _skip(copier, order, command_id="the same id")
    assert _skip(copier, order, command_id="the same id") == first
    other = _skip(copier, order)
    assert not other.accepted
    assert "SKIPPED already" in other.results[0].message
    skips = [fact for fact in copier.journal.facts if isinstance(fact, CopySettled)]
    assert [fact.state for fact in skips] == [CopyState.HELD, CopyState.SKIPPED]


def test_skipping_works_while_copying_is_stopped() -> None:
    copier, order = _held("S1")
    copier.command(StopCopying)
    assert _skip(copier, order).accepted
