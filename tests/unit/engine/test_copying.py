"""From a primary order to copies: who gets how many, when it is held, and why it is skipped."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.accounts import AccountMode, CopyMode
from app.domain.copies import CopyState
from app.domain.events import AttemptStarted, CopyPlanned
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.domain.reasons import ReasonCode
from app.engine import copy_engine
from app.engine.rows import Delta
from app.engine.service import CopyOrders, SetMode, StopCopying
from app.ports.journal import JournalError
from tests.builders.copier import PRIMARY, Copier, an_order_for


def test_each_secondary_gets_its_own_quantity() -> None:
    copier = Copier({"S1": "1", "S2": "2.5", "S3": "0.5"})
    copier.primary_places(quantity=11)
    assert {send.account_id: send.order.quantity for send in copier.sent} == {"S1": 11, "S2": 27, "S3": 5}


def test_all_copies_of_an_order_are_one_transaction_and_durable_before_they_are_sent() -> None:
    copier = Copier({"S1": "1", "S2": "2"})
    appends = copier.journal.appends
    copier.primary_places()
    assert copier.journal.appends == appends + 1
    kinds = [type(fact) for fact in copier.journal.facts]
    assert kinds.count(CopyPlanned) == kinds.count(AttemptStarted) == len(copier.sent) == 2


def test_nothing_is_sent_when_the_journal_cannot_be_written() -> None:
    copier = Copier()
    copier.journal.failure = "disk full"
    with pytest.raises(JournalError):
        copier.primary_places()
    assert copier.sent == []


def test_what_could_not_be_recorded_is_neither_shown_nor_built_upon() -> None:
    copier = Copier(mode=CopyMode.MANUAL)
    order = copier.primary_places()
    deltas: list[Delta] = []
    copier.engine.view.subscribe(deltas.append)
    copier.journal.failure = "disk full"
    with pytest.raises(JournalError, match="disk full"):
        copier.command(CopyOrders, orders=(order.order_id,))
    copier.journal.failure = None
    before = len(copier.journal.facts)

    with pytest.raises(JournalError, match="until the engine starts anew"):
        copier.look_at()
    with pytest.raises(JournalError, match="until the engine starts anew"):
        copier.command(StopCopying)
    copier.engine.show_looking(PRIMARY, fails="the line is dead")

    assert (len(copier.journal.facts), copier.sent, deltas) == (before, [], [])
    copier.restart()
    assert copier.copy_of(order).state is CopyState.HELD


def test_a_turn_that_breaks_is_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    copier = Copier()
    monkeypatch.setattr(copy_engine, "release", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        copier.primary_places()
    monkeypatch.undo()

    with pytest.raises(JournalError, match="until the engine starts anew"):
        copier.look()
    assert copier.sent == []


def test_a_copy_fills_when_the_order_list_says_so() -> None:
    copier = Copier()
    order = copier.primary_places()
    [placed] = copier.take_all()
    assert copier.copy_of(order).state is CopyState.OPEN
    copier.desks[AccountId("S1")].fill(placed.order_id, 4)
    copier.look_at()
    assert copier.copy_of(order).state is CopyState.PARTIAL
    copier.desks[AccountId("S1")].fill(placed.order_id)
    copier.look_at()
    assert (copier.copy_of(order).state, copier.copy_of(order).filled_quantity) == (CopyState.FILLED, 10)


def test_an_order_above_the_freeze_quantity_is_sliced_and_each_slice_has_its_own_tag() -> None:
    copier = Copier({"S1": "30"})
    order = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65 * 2)
    assert [send.order.quantity for send in copier.sent] == [1755, 1755, 390]
    assert len({send.tag for send in copier.sent}) == 3
    copier.take_all()
    for shown in list(copier.desks[AccountId("S1")].orders.values()):
        copier.desks[AccountId("S1")].fill(shown.order_id)
    copier.look_at()
    assert copier.copy_of(order).state is CopyState.FILLED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"product": "CNC"}, ReasonCode.PRODUCT_NOT_COPIED),
        ({"order_type": "SL-M", "trigger_price": Decimal(1490)}, ReasonCode.ORDER_TYPE_NOT_ALLOWED),
    ],
)
def test_orders_outside_the_rules_are_copied_to_nobody(changes: dict[str, Any], code: ReasonCode) -> None:
    copier = Copier()
    order = copier.primary_places(**changes)
    skipped = copier.engine.state.primary_orders[order.order_id].skipped
    assert skipped is not None
    assert skipped.code is code
    assert copier.sent == []


@pytest.mark.parametrize("placed_by", ["ADMINSQF", "rms3"])
def test_square_offs_by_the_risk_desk_are_not_copied(placed_by: str) -> None:
    copier = Copier()
    order = copier.primary_places(looks=False)
    copier.primary_shows(order, placed_by=placed_by)
    skipped = copier.engine.state.primary_orders[order.order_id].skipped
    assert skipped is not None
    assert skipped.code is ReasonCode.RMS_SQUARE_OFF


def test_our_own_tag_on_the_primary_is_never_copied() -> None:
    copier = Copier()
    order = copier.primary_places(looks=False)
    copier.primary_shows(order, tags=("TCAAAABBBBCCCCDDDDEE",))
    assert copier.sent == []


def test_less_than_one_lot_is_skipped_with_the_sum_in_words() -> None:
    copier = Copier({"S1": "0.5"})
    order = copier.primary_places(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
    copy = copier.copy_of(order)
    assert copy.state is CopyState.SKIPPED
    assert copy.reason is not None
    assert copy.reason.text == "65 × 0.5 = 32.5, less than one lot of 65."


def test_an_order_still_being_validated_waits_for_the_brokers_word() -> None:
    copier = Copier()
    order = copier.primary_places(looks=False)
    copier.primary_shows(order, status="VALIDATION PENDING")
    assert copier.sent == []
    copier.primary_shows(order, status="REJECTED", status_message="no margin")
    assert copier.sent == []
    skipped = copier.engine.state.primary_orders[order.order_id].skipped
    assert skipped is not None
    assert skipped.code is ReasonCode.PRIMARY_ENDED


def test_an_instrument_that_is_not_in_the_list_is_denied_not_guessed() -> None:
    copier = Copier()
    order = copier.primary_places(tradingsymbol="NEWLISTING")
    assert copier.copy_of(order).state is CopyState.DENIED
    assert copier.sent == []


def test_a_market_order_that_kite_shows_as_a_protected_limit_is_copied_as_market() -> None:
    copier = Copier()
    copier.primary_places(order_type="MARKET", price=Decimal(0), market_protection=Decimal(-1))
    [send] = copier.sent
    assert (send.order.order_type, send.order.price) == ("MARKET", Decimal(0))
    assert send.order.market_protection == -1


class TestAccountGuards:
    def test_an_account_switched_off_takes_nothing(self) -> None:
        copier = Copier(accounts={"S1": {"mode": AccountMode.OFF}})
        assert copier.copy_of(copier.primary_places()).state is CopyState.SKIPPED

    def test_close_only_takes_exits_and_no_entries(self) -> None:
        copier = Copier(accounts={"S1": {"mode": AccountMode.CLOSE_ONLY}})
        entry = copier.primary_places(order_type="MARKET", quantity=10)
        assert copier.copy_of(entry).state is CopyState.SKIPPED
        held = copier.desks[AccountId("S1")].take(an_order_for(order_type="MARKET"), None)
        assert held.filled_quantity == 10
        copier.look_at()
        copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=10)
        copier.look_at()
        [send] = copier.sent
        assert (send.order.side, send.order.quantity) == (Side.SELL, 10)

    def test_a_denied_symbol_and_one_outside_the_allowed_are_skipped(self) -> None:
        accounts = {"S1": {"deny": frozenset({"INFY"})}, "S2": {"allow": frozenset({"TCS"})}}
        copier = Copier({"S1": "1", "S2": "1"}, accounts=accounts)
        order = copier.primary_places()
        for account in ("S1", "S2"):
            reason = copier.copy_of(order, account).reason
            assert reason is not None
            assert reason.code is ReasonCode.SYMBOL_NOT_ALLOWED

    def test_more_than_the_account_may_take_is_denied(self) -> None:
        copier = Copier(accounts={"S1": {"max_quantity": 9}})
        assert copier.copy_of(copier.primary_places()).state is CopyState.DENIED


class TestHolding:
    def test_manual_mode_holds_until_the_operator_ticks(self) -> None:
        copier = Copier({"S1": "1", "S2": "1"}, mode=CopyMode.MANUAL)
        order = copier.primary_places()
        assert copier.copy_of(order).state is CopyState.HELD
        answer = copier.command(CopyOrders, orders=(order.order_id,), accounts=("S1",))
        assert answer.accepted
        assert [send.account_id for send in copier.sent] == ["S1"]
        assert copier.copy_of(order, "S2").state is CopyState.HELD

    def test_the_mode_survives_a_restart(self) -> None:
        copier = Copier(mode=CopyMode.MANUAL)
        copier.command(SetMode, mode=CopyMode.AUTO)
        copier.restart()
        copier.primary_places()
        assert len(copier.sent) == 1

    def test_the_first_look_is_a_snapshot_that_copies_nothing(self) -> None:
        copier = Copier()
        order = copier.primary_places(looks=False)
        copier.look(gap_s=None)
        reason = copier.copy_of(order).reason
        assert copier.copy_of(order).state is CopyState.HELD
        assert reason is not None
        assert reason.code is ReasonCode.SEEN_LATE

    def test_orders_placed_during_a_short_restart_are_copied_during_a_long_one_held(self) -> None:
        copier = Copier()
        first = copier.primary_places(looks=False)
        copier.restart(gap_s=5.0, downtime_s=5.0)
        assert [send.tag for send in copier.sent] == [copier.copy_of(first).legs[0].tag]
        second = copier.primary_places(looks=False)
        copier.restart(gap_s=31.0, downtime_s=31.0)
        assert copier.copy_of(second).state is CopyState.HELD

    def test_an_order_too_old_at_first_sight_is_held(self) -> None:
        copier = Copier()
        order = copier.primary_places(looks=False, order_type="MARKET")
        copier.clock.advance(11)
        copier.look()
        assert copier.copy_of(order).state is CopyState.HELD

    def test_a_held_copy_ends_when_its_order_is_cancelled(self) -> None:
        copier = Copier(mode=CopyMode.MANUAL)
        order = copier.primary_places()
        copier.primary_shows(order, status="CANCELLED")
        assert copier.copy_of(order).state is CopyState.NOT_SENT

    def test_ticking_twice_sends_once(self) -> None:
        copier = Copier(mode=CopyMode.MANUAL)
        order = copier.primary_places()
        for command_id in ("a", "a", "b"):
            copier.command(CopyOrders, orders=(order.order_id,), command_id=command_id)
        assert len(copier.sent) == 1


def test_without_the_instrument_list_nothing_is_decided_and_what_waited_too_long_is_held() -> None:
    copier = Copier()
    copier.instruments.is_ready = False
    old = copier.primary_places(order_type="MARKET")
    copier.clock.advance(11)
    young = copier.primary_places(tradingsymbol="INFY")
    assert copier.engine.state.copies == {}
    copier.instruments.is_ready = True
    copier.look()
    assert copier.copy_of(old).state is CopyState.HELD
    assert copier.copy_of(young).state is CopyState.SENDING
