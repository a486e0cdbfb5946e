"""Previews: what a command then does, to the unit; and without a trace in what the engine knows."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.accounts import AccountMode, CopyMode
from app.domain.copies import CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.orders import Order, Side
from app.domain.pacing import Limits
from app.domain.reasons import Reason, ReasonCode
from app.engine import messages as m
from app.engine.lane import Stranger
from app.engine.previewing import Draft
from app.engine.service import (
    AnyQuery,
    CopyOrders,
    PreviewCopies,
    PreviewRetries,
    RetryCopies,
    StopCopying,
    Ticked,
)
from app.ports.broker import NeverSent, Rejected, SessionExpired, Unknown
from tests.builders.copier import Copier, an_order_for
from tests.builders.drawn import drawn

ON_THEIR_WAY = {CopyState.PENDING, CopyState.SENDING}


def preview(copier: Copier, query: AnyQuery) -> Draft:
    """Ask, and see to it that asking left no trace."""
    engine = copier.engine
    before = drawn(engine.state), drawn(engine.lanes), len(copier.journal.rows), engine.view.seq
    draft = engine.preview(query)
    assert (drawn(engine.state), drawn(engine.lanes), len(copier.journal.rows), engine.view.seq) == before
    return draft


def legs_on_their_way(copier: Copier) -> dict[str, list[int]]:
    """Return what is leaving, by copy."""
    return {
        copy.copy_id: [leg.order.quantity for leg in copy.legs if leg.state in ON_THEIR_WAY]
        for copy in copier.engine.state.copies.values()
    }


def copied_as_previewed(copier: Copier, *orders: Order, accounts: tuple[str, ...] = ()) -> Draft:
    """Preview copying these orders, copy them, and compare; return the preview."""
    ids = tuple(order.order_id for order in orders)
    named = tuple(AccountId(account) for account in accounts)
    draft = preview(copier, PreviewCopies(orders=ids, accounts=named))
    copier.command(CopyOrders, orders=ids, accounts=named)
    leaving = legs_on_their_way(copier)
    assert {row["copy_id"]: row["slices"] for row in draft.copies} == {
        row["copy_id"]: leaving.get(row["copy_id"], []) for row in draft.copies
    }
    assert draft.order_count == sum(map(len, leaving.values()))
    return draft


def row(draft: Draft, account: str = "S1") -> Any:
    return next(row for row in draft.copies if row["account_id"] == account)


def warnings(draft: Draft, account: str = "S1") -> tuple[str, ...]:
    return next(one.warnings for one in draft.accounts if one.account_id == account)


def behind(order: Order, state: str) -> list[str]:
    return [f"It waits behind order {order.order_id}, whose copy is {state} still."]


def manual(multipliers: dict[str, str] | None = None, **fields: Any) -> Copier:
    return Copier(multipliers or {"S1": "1", "S2": "2.5"}, mode=CopyMode.MANUAL, **fields)


def test_quantities_slices_and_skips_are_those_of_the_copies() -> None:
    copier = manual({"S1": "1", "S2": "30", "S3": "0.01"}, accounts={"S1": {"mode": AccountMode.OFF}})
    order = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=130, price=Decimal(100))
    draft = copied_as_previewed(copier, order)
    assert row(draft, "S1")["refusal"]["code"] is ReasonCode.ACCOUNT_OFF
    assert warnings(draft, "S1") == ("switched off",)
    assert (row(draft, "S2")["quantity"], row(draft, "S2")["slices"]) == (3900, [1755, 1755, 390])
    assert row(draft, "S3")["refusal"]["code"] is ReasonCode.QUANTITY_SUB_LOT
    assert draft.order_count == 3
    assert not draft.orders[0].is_exit


def test_only_the_accounts_named_are_asked_about_each_once() -> None:
    copier = manual()
    order = copier.primary_places()
    draft = copied_as_previewed(copier, order, order, accounts=("S2", "S2"))
    assert [row["copy_id"] for row in draft.copies] == [f"{order.order_id}:S2"]


def test_an_order_s_age_and_reference_price_are_told() -> None:
    copier = manual()
    order = copier.primary_places(price=Decimal(1500))
    copier.clock.advance(42)
    copier.look()
    (told,) = preview(copier, PreviewCopies(orders=(order.order_id,))).orders
    assert told.age_s == pytest.approx(42, abs=0.1)
    assert told.reference_price == 1500
    copier.primary_shows(order, filled_quantity=5, average_price=Decimal("1499.5"))
    bare = copier.primary_places(price=Decimal(0))
    first, second = preview(copier, PreviewCopies(orders=(order.order_id, bare.order_id))).orders
    assert (first.reference_price, second.reference_price) == (Decimal("1499.5"), None)


def test_an_entry_and_its_exit_ticked_together_are_told_as_they_leave() -> None:
    copier = manual({"S1": "2"})
    entry = copier.primary_places()
    copier.primary_shows(entry, status="COMPLETE", filled_quantity=10, average_price=Decimal(1500))
    leave = copier.primary_places(side=Side.SELL)
    draft = copied_as_previewed(copier, entry, leave)
    assert [row["slices"] for row in draft.copies] == [[20], [20]]
    assert [order.is_exit for order in draft.orders] == [False, True]
    assert draft.copies[1]["warnings"] == [
        f"It waits behind order {entry.order_id}, whose copy is SENDING still."
    ]


def test_an_exit_of_what_is_not_held_is_refused_by_the_last_gate() -> None:
    copier = manual({"S1": "1"})
    entry = copier.primary_places()
    copier.primary_shows(entry, status="COMPLETE", filled_quantity=10, average_price=Decimal(1500))
    leave = copier.primary_places(side=Side.SELL)
    draft = copied_as_previewed(copier, leave)
    assert row(draft)["refusal"]["code"] is ReasonCode.NOTHING_HELD
    assert draft.order_count == 0


def test_an_exit_is_clamped_to_what_is_held() -> None:
    copier = manual({"S1": "1"})
    entry = copier.primary_places()
    copier.command(CopyOrders, orders=(entry.order_id,))
    (taken,) = copier.take_all()
    copier.primary_shows(entry, status="COMPLETE", filled_quantity=10, average_price=Decimal(1500))
    copier.desks[AccountId("S1")].update(taken.order_id, status="CANCELLED", filled_quantity=4)
    copier.look_at("S1")
    leave = copier.primary_places(side=Side.SELL)
    copier.look_at("S1")
    draft = copied_as_previewed(copier, leave)
    assert row(draft)["slices"] == [4]


def test_a_stop_holds_everything_back_and_is_seen_through() -> None:
    copier = manual()
    order = copier.primary_places()
    copier.command(StopCopying)
    draft = preview(copier, PreviewCopies(orders=(order.order_id,)))
    assert draft.order_count == 0
    assert [row["quantity"] for row in draft.copies] == [10, 25]
    assert {row["refusal"]["code"] for row in draft.copies if row["refusal"]} == {ReasonCode.COPYING_STOPPED}
    assert all(account.orders == () for account in draft.accounts)


def test_a_blocked_account_is_warned_of_and_not_counted() -> None:
    copier = manual()
    first = copier.primary_places()
    copier.command(CopyOrders, orders=(first.order_id,), accounts=(AccountId("S1"),))
    copier.answer(copier.sent.pop(), SessionExpired("Token is invalid."))
    second = copier.primary_places(tradingsymbol="INFY")
    draft = preview(copier, PreviewCopies(orders=(second.order_id,)))
    assert warnings(draft, "S1") == ("its session has expired: log in first",)
    assert row(draft, "S1")["slices"] == [10]
    assert [len(account.orders) for account in draft.accounts] == [0, 1]
    assert draft.order_count == 1


def test_what_a_blocked_account_could_not_close_is_seen_through_the_block() -> None:
    copier = manual({"S1": "1"})
    entry = copier.primary_places()
    copier.primary_shows(entry, status="COMPLETE", filled_quantity=10, average_price=Decimal(1500))
    other = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
    copier.command(CopyOrders, orders=(other.order_id,))
    copier.answer(copier.sent.pop(), SessionExpired("Token is invalid."))
    leave = copier.primary_places(side=Side.SELL)
    draft = preview(copier, PreviewCopies(orders=(leave.order_id,)))
    assert row(draft)["refusal"]["code"] is ReasonCode.NOTHING_HELD


def test_what_the_command_refuses_is_said_in_its_words() -> None:
    copier = manual({"S1": "1"})
    order, skipped = copier.primary_places(), copier.primary_places(product="CNC")
    copier.command(CopyOrders, orders=(order.order_id,))
    query = PreviewCopies(orders=(order.order_id, skipped.order_id, OrderId("none")), accounts=())
    texts = [row["refusal"]["text"] for row in preview(copier, query).copies if row["refusal"]]
    assert texts[0] == "This copy is SENDING already."
    assert texts[1].startswith("Product CNC is not copied")
    assert texts[2] == "This order is not in the primary's order list of today."
    for account in ("PRI001", "XX"):
        draft = preview(copier, PreviewCopies(orders=(order.order_id,), accounts=(AccountId(account),)))
        assert row(draft, account)["refusal"]["text"] == f"{account} is not a secondary account."
        assert draft.accounts == ()


def test_a_retry_is_previewed_as_it_leaves() -> None:
    copier = Copier({"S1": "1", "S2": "2"})
    order = copier.primary_places()
    for send in copier.sent:
        copier.answer(send, Rejected("No funds.", "MarginException"))
    copier.sent.clear()
    ids = tuple(CopyId(f"{order.order_id}:{account}") for account in ("S1", "S2"))
    draft = preview(copier, PreviewRetries(copies=(*ids, CopyId("9:S1"))))
    assert [row["slices"] for row in draft.copies] == [[10], [20], []]
    assert draft.order_count == 2
    assert draft.copies[2]["refusal"] == {
        "code": None,
        "text": "There is no such copy today.",
        "raw": None,
    }
    copier.command(
        RetryCopies, copies=tuple(Ticked(copy_id=id_, seen_state=CopyState.REJECTED) for id_ in ids)
    )
    assert list(legs_on_their_way(copier).values()) == [[10], [20]]


def test_a_retry_of_an_open_question_is_refused_as_the_command_does() -> None:
    copier = Copier({"S1": "1"})
    order = copier.primary_places()
    copier.answer(copier.sent[0], Unknown("timeout"))
    draft = preview(copier, PreviewRetries(copies=(CopyId(f"{order.order_id}:S1"),)))
    assert "may still trade" in (row(draft)["refusal"] or {})["text"]


def test_what_is_at_the_broker_already_does_not_leave_again() -> None:
    copier = manual({"S1": "1"})
    order = copier.primary_places()
    tag = copier.engine._turn().tag(order, AccountId("S1"), leg=0, generation=0)
    shown = copier.desks[AccountId("S1")].take(an_order_for(quantity=10), tag)
    copier.engine.lanes[AccountId("S1")].strangers[tag] = Stranger(shown, copier.clock.monotonic())
    draft = copied_as_previewed(copier, order)
    assert "at the broker already" in row(draft)["refusal"]["text"]
    assert draft.order_count == 0


def test_what_waits_behind_an_older_copy_counts_and_says_so() -> None:
    copier = manual({"S1": "1"})
    first, second = copier.primary_places(), copier.primary_places()
    copier.command(CopyOrders, orders=(first.order_id,))
    copier.answer(copier.sent[0], Unknown("timeout"))
    draft = copied_as_previewed_of(copier, second)
    assert row(draft)["warnings"] == [
        f"It waits behind order {first.order_id}, whose copy is IN_DOUBT still."
    ]


def copied_as_previewed_of(copier: Copier, order: Order) -> Draft:
    """Preview one order while others are on their way, copy it, and compare its own legs."""
    draft = preview(copier, PreviewCopies(orders=(order.order_id,)))
    copier.command(CopyOrders, orders=(order.order_id,))
    assert row(draft)["slices"] == legs_on_their_way(copier)[f"{order.order_id}:S1"]
    return draft


def test_a_spent_day_is_told() -> None:
    copier = manual({"S1": "1"}, limits=Limits(per_day=1, reserve=0))
    first, second = copier.primary_places(), copier.primary_places(tradingsymbol="INFY")
    copier.command(CopyOrders, orders=(first.order_id,))
    copier.take_all()
    draft = preview(copier, PreviewCopies(orders=(second.order_id,)))
    assert warnings(draft) == ("its orders of today are spent: Kite takes no more",)


def test_an_account_that_was_not_read_yet_and_one_that_only_leaves_are_told() -> None:
    copier = manual(accounts={"S2": {"mode": AccountMode.CLOSE_ONLY}})
    order = copier.primary_places()
    copier.journal = copier.journal.reopened()
    copier.engine = copier._boot()
    copier.handle(m.TimePassed())
    draft = preview(copier, PreviewCopies(orders=(order.order_id,)))
    assert warnings(draft, "S1") == (
        "its order list has not been read since the start: nothing is sent before that",
    )
    assert warnings(draft, "S2")[0] == "takes exits only"
    assert row(draft, "S2")["refusal"]["code"] is ReasonCode.ACCOUNT_CLOSE_ONLY


def test_a_refused_address_is_told_in_its_own_words() -> None:
    copier = Copier({"S1": "1"})
    copier.primary_places()
    copier.answer(copier.sent[0], NeverSent("refused"))
    copier.engine.state.blocked[AccountId("S1")] = Reason(
        ReasonCode.ACCOUNT_NOT_PERMITTED, "The address is not registered."
    )
    order = copier.primary_places(tradingsymbol="INFY")
    draft = preview(copier, PreviewCopies(orders=(order.order_id,)))
    assert warnings(draft) == ("nothing is sent to it now: The address is not registered.",)
