"""Copies changed or cancelled by hand at the broker: told once, shown, left alone, followed again."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import events as e
from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.engine.messages import Amend, AmendmentAnswered, SecondaryListRead
from app.engine.rows import CopyRow
from app.engine.service import ResumeCopying, StopCopying
from app.ports.broker import Accepted, OrderList, Unknown
from tests.builders.copier import PRIMARY, Copier

S1 = AccountId("S1")


def _resting(copier: Copier, **changes: Any) -> tuple[Order, Order]:
    """Return a primary order and its copy, both resting."""
    order = copier.primary_places(**changes)
    [copy] = copier.take_all()
    return order, copy


def _by_hand(copier: Copier, copy: Order, **changes: Any) -> None:
    """Let a person change a copy in Kite, and the engine look at it."""
    copier.desks[S1].update(copy.order_id, **changes)
    copier.look_at()


def _row(copier: Copier, order: Order) -> CopyRow:
    return copier.engine.view.snapshot()["copies"][copier.copy_of(order).copy_id]


def _alerts(copier: Copier) -> list[str]:
    return [alert.fact.text for alert in copier.engine.state.alerts]


def _carry_out(copier: Copier, amend: Amend) -> None:
    assert amend.modification is not None
    copier.desks[S1].modify(amend.order_id, amend.modification)


def _answer(copier: Copier, amend: Amend, outcome: Accepted | Unknown | None = None) -> None:
    copier.handle(AmendmentAnswered(S1, amend.tag, outcome or Accepted(amend.order_id)))


@pytest.mark.parametrize(
    ("order_type", "changes", "said"),
    [
        ("LIMIT", {"price": Decimal(1490)}, "price from 1500 to 1490"),
        ("LIMIT", {"quantity": 7}, "quantity from 10 to 7"),
        (
            "LIMIT",
            {"quantity": 12, "price": Decimal("1501.5")},
            "quantity from 10 to 12, price from 1500 to 1501.5",
        ),
        ("SL", {"trigger_price": Decimal(1480)}, "trigger price from 1495 to 1480"),
        ("LIMIT", {"order_type": "LIMIT", "tags": ("mktp",)}, "order type from LIMIT to MARKET"),
        (
            "LIMIT",
            {"order_type": "SL", "trigger_price": Decimal(1510), "status": "TRIGGER PENDING"},
            "order type from LIMIT to SL, trigger price from 0 to 1510",
        ),
    ],
)
def test_a_change_by_hand_is_told_once_shown_and_left_alone(
    order_type: str, changes: dict[str, Any], said: str
) -> None:
    copier = Copier()
    trigger = Decimal(1495) if order_type == "SL" else Decimal(0)
    order, copy = _resting(copier, order_type=order_type, trigger_price=trigger)
    if "tags" in changes:
        changes = {**changes, "tags": (*copier.desks[S1].orders[copy.order_id].tags, "mktp")}
    _by_hand(copier, copy, **changes)
    for _ in range(5):
        copier.pass_time(1)
        copier.look_at()
    assert copier.amended == []
    [text] = _alerts(copier)
    assert f"Order {copy.order_id} for NSE:INFY was changed at the broker, not by Tandem: {said}." in text
    assert copier.engine.state.alerts[0].fact.account_id == S1
    row = _row(copier, order)
    assert row["is_changed_by_hand"]
    assert row["reason"] is not None
    assert row["reason"]["code"] == "CHANGED_BY_HAND"
    assert said in row["reason"]["text"]
    assert row["legs"][0]["is_changed_by_hand"]


def test_it_is_a_fact_that_a_restart_keeps_and_does_not_tell_again() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    _by_hand(copier, copy, price=Decimal(1490))
    copier.restart()
    copier.pass_time(5)
    copier.look_at()
    assert [type(fact) for fact in copier.journal.facts].count(e.ChangedByHand) == 1
    assert copier.amended == []
    assert _row(copier, order)["is_changed_by_hand"]
    assert len(_alerts(copier)) == 1


def test_the_copy_follows_again_once_the_primary_order_itself_changes() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    _by_hand(copier, copy, price=Decimal(1490), quantity=7)
    copier.primary_shows(order, price=Decimal(1480))
    [amend] = copier.amended
    assert amend.modification is not None
    assert (amend.modification.price, amend.modification.quantity) == (Decimal(1480), 10)
    _carry_out(copier, amend)
    _answer(copier, amend)
    copier.look_at()
    assert not _row(copier, order)["is_changed_by_hand"]
    assert len(_alerts(copier)) == 1


def test_a_fill_of_the_primary_is_no_change_of_it() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    _by_hand(copier, copy, price=Decimal(1490))
    copier.desks[PRIMARY].fill(order.order_id, 4)
    copier.look()
    copier.desks[PRIMARY].fill(order.order_id)
    copier.look()
    copier.pass_time(1)
    copier.look_at()
    assert copier.amended == []


def test_a_trigger_of_the_primary_is_no_change_of_it() -> None:
    copier = Copier()
    order, copy = _resting(copier, order_type="SL", trigger_price=Decimal(1495))
    _by_hand(copier, copy, price=Decimal(1490))
    copier.primary_shows(order, status="OPEN", order_type="LIMIT", trigger_price=Decimal(0))
    copier.pass_time(1)
    copier.look_at()
    assert _row(copier, order)["is_changed_by_hand"]


def test_a_cancellation_of_the_primary_still_cancels_it() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    _by_hand(copier, copy, price=Decimal(1490))
    copier.primary_shows(order, status="CANCELLED")
    [amend] = copier.amended
    assert amend.modification is None


def test_units_added_by_hand_are_not_cancelled_once_the_wanted_ones_are_filled() -> None:
    copier = Copier()
    _, copy = _resting(copier)
    copier.desks[S1].update(copy.order_id, quantity=20)
    copier.desks[S1].fill(copy.order_id, 12)
    copier.look_at()
    copier.pass_time(1)
    assert copier.amended == []
    assert "quantity from 10 to 20" in _alerts(copier)[0]


def test_a_second_change_by_hand_is_told_as_well() -> None:
    copier = Copier()
    _, copy = _resting(copier)
    _by_hand(copier, copy, price=Decimal(1490))
    _by_hand(copier, copy, price=Decimal(1485))
    assert [("from 1490 to 1485" in text) for text in _alerts(copier)] == [False, True]
    assert copier.amended == []


def test_a_copy_that_loses_what_the_hand_gave_it_follows_again() -> None:
    """The person set it back, or an amendment that was given up for lost has arrived after all."""
    copier = Copier()
    order, copy = _resting(copier)
    copier.primary_shows(order, price=Decimal(1480))
    _answer(copier, copier.amended[0], Unknown("timeout"))
    _by_hand(copier, copy, price=Decimal(1470))
    assert len(copier.amended) == 1
    _by_hand(copier, copy, price=Decimal(1500))
    assert not _row(copier, order)["is_changed_by_hand"]
    copier.pass_time(1)
    assert copier.amended[-1].modification == copier.amended[0].modification
    assert len(copier.amended) == 2


def test_what_the_hand_made_like_the_primary_is_nothing_to_tell() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    copier.desks[S1].update(copy.order_id, price=Decimal(1480))
    copier.desks[PRIMARY].update(order.order_id, price=Decimal(1480))
    copier.look()
    _answer(copier, copier.amended[0])
    copier.look_at()
    assert _alerts(copier) == []


def test_nothing_is_judged_while_an_amendment_is_under_way_or_the_broker_works() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    copier.primary_shows(order, price=Decimal(1480))
    _by_hand(copier, copy, price=Decimal(1470))
    assert _alerts(copier) == []
    _answer(copier, copier.amended[0])
    _by_hand(copier, copy, status="MODIFY VALIDATION PENDING")
    assert _alerts(copier) == []
    _by_hand(copier, copy, status="OPEN")
    assert len(_alerts(copier)) == 1


def test_what_is_changed_while_copying_is_stopped_is_told_then_and_left_alone_after() -> None:
    copier = Copier()
    _, copy = _resting(copier)
    copier.command(StopCopying)
    _by_hand(copier, copy, price=Decimal(1490))
    assert len(_alerts(copier)) == 1
    copier.command(ResumeCopying)
    copier.pass_time(1)
    assert copier.amended == []


def test_a_protected_market_order_that_rests_as_a_limit_was_not_changed_by_anybody() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET")
    [send] = copier.sent
    placed = copier.accept(replace(send, order=replace(send.order, order_type="LIMIT", price=Decimal(102))))
    copier.desks[S1].fill(placed.order_id, 6)
    copier.look_at()
    assert not any("changed at the broker" in text for text in _alerts(copier))


@pytest.mark.parametrize("shown_type", ["SL", "LIMIT"])
def test_a_stop_order_that_triggered_was_not_changed_by_anybody(shown_type: str) -> None:
    copier = Copier()
    _, copy = _resting(copier, order_type="SL", trigger_price=Decimal(1495))
    _by_hand(copier, copy, status="OPEN", order_type=shown_type, trigger_price=Decimal(0))
    assert _alerts(copier) == []


def test_amendments_that_arrive_late_and_in_the_wrong_order_are_ours() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    for price in (1480, 1470, 1460):
        copier.primary_shows(order, price=Decimal(price))
        _answer(copier, copier.amended[-1], Unknown("timeout"))
        copier.pass_time(1)
        copier.look_at()
    for amend in (copier.amended[1], copier.amended[0]):
        _carry_out(copier, amend)
        copier.look_at()
        copier.pass_time(1)
    assert _alerts(copier) == []
    assert _row(copier, order)["legs"][0]["order_id"] == copy.order_id


def test_after_a_lost_journal_what_shows_first_counts_as_asked_for() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    copier.desks[S1].update(copy.order_id, price=Decimal(1490))
    copier.lose_the_journal()
    copier.look(gap_s=None)
    copier.look_at()
    copier.look_at()
    assert copier.copy_of(order).state is CopyState.OPEN
    for amend in copier.amended:
        _answer(copier, amend)
    copier.desks[S1].update(copy.order_id, price=Decimal(1485))
    copier.look_at()
    assert _alerts(copier) == []
    for amend in copier.amended:
        _answer(copier, amend)
    copier.pass_time(100)
    copier.desks[S1].update(copy.order_id, price=Decimal(1500))
    copier.look_at()
    _by_hand(copier, copy, price=Decimal(1333))
    assert "to 1333" in _alerts(copier)[0]


class TestCancelledAtTheBroker:
    def _cancelled(self, copier: Copier, copy: Order, **changes: Any) -> None:
        copier.desks[S1].update(copy.order_id, status="CANCELLED", **changes)
        copier.look_at()
        copier.pass_time(6)
        copier.look_at()

    def test_it_is_told_once_with_its_reason_and_never_sent_again(self) -> None:
        copier = Copier()
        order, copy = _resting(copier)
        self._cancelled(copier, copy)
        copier.pass_time(60)
        copier.look_at()
        row = _row(copier, order)
        assert (row["state"], row["may_retry"]) == ("CANCELLED", False)
        assert row["reason"] is not None
        assert row["reason"]["code"] == "CANCELLED_AT_BROKER"
        assert len(_alerts(copier)) == 1
        assert "Cancelled at the broker, not by Tandem; the primary order was not." in _alerts(copier)[0]
        assert copier.sent == []

    def test_the_brokers_own_words_are_shown(self) -> None:
        copier = Copier()
        _, copy = _resting(copier, validity="IOC")
        copier.desks[S1].fill(copy.order_id, 4)
        self._cancelled(copier, copy, status_message="17070 : IOC order cancelled")
        assert "with 4 of 10 filled" in _alerts(copier)[0]
        assert "The broker says: 17070 : IOC order cancelled" in _alerts(copier)[0]

    def test_a_restart_tells_what_was_not_told_yet_and_nothing_twice(self) -> None:
        copier = Copier()
        order, copy = _resting(copier)
        copier.desks[S1].update(copy.order_id, status="CANCELLED")
        copier.look_at()
        for _ in range(3):
            copier.restart()
            copier.pass_time(6)
            copier.look_at()
        assert len(_alerts(copier)) == 1
        assert _row(copier, order)["reason"] is not None

    def test_what_the_broker_cancels_on_both_sides_is_no_news(self) -> None:
        copier = Copier()
        order, copy = _resting(copier)
        copier.desks[S1].update(copy.order_id, status="CANCELLED")
        copier.look_at()
        copier.pass_time(1)
        copier.primary_shows(order, status="CANCELLED")
        copier.pass_time(6)
        copier.look_at()
        assert _alerts(copier) == []

    def test_what_tandem_cancelled_is_no_news_though_the_answer_was_lost(self) -> None:
        copier = Copier()
        order, copy = _resting(copier)
        copier.primary_shows(order, status="CANCELLED")
        _answer(copier, copier.amended[0], Unknown("timeout"))
        copier.restart()
        self._cancelled(copier, copy)
        assert _alerts(copier) == []
        assert copier.copy_of(order).state is CopyState.CANCELLED

    def test_a_copy_found_cancelled_after_a_lost_journal_accuses_nobody(self) -> None:
        copier = Copier()
        _, copy = _resting(copier)
        copier.desks[S1].update(copy.order_id, status="CANCELLED")
        copier.lose_the_journal()
        copier.look(gap_s=None)
        copier.look_at()
        copier.pass_time(6)
        copier.look_at()
        assert _alerts(copier) == []


def test_an_exit_changed_by_hand_is_left_alone_too() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET")
    copier.take_all()
    copier.clock.advance(1)
    _, copy = _resting(copier, side=Side.SELL, price=Decimal(1600))
    _by_hand(copier, copy, quantity=5)
    copier.pass_time(1)
    assert copier.amended == []
    assert "quantity from 10 to 5" in _alerts(copier)[0]


def test_an_order_list_that_does_not_change_is_judged_once_the_amendment_is_over() -> None:
    copier = Copier()
    order, copy = _resting(copier)
    copier.primary_shows(order, price=Decimal(1480))
    _by_hand(copier, copy, price=Decimal(1470))
    _answer(copier, copier.amended[0])
    copier.clock.advance(1)
    orders = tuple(copier.desks[S1].orders.values())
    unchanged = OrderList(orders=orders, broker_time=copier.clock.now(), is_unchanged=True)
    copier.handle(SecondaryListRead(S1, unchanged, copier.clock.monotonic()))
    assert len(_alerts(copier)) == 1
    assert len(copier.amended) == 1
