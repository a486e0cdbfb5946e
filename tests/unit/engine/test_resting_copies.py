"""What becomes of a copy that rests behind a filled primary order: left, made MARKET, or withdrawn."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.accounts import AccountMode, RestPolicy
from app.domain.amending import MAX_AMENDMENTS, Modification
from app.domain.copies import CopyState
from app.domain.events import CopyWithdrawn
from app.domain.ids import AccountId
from app.domain.orders import Order, Side
from app.domain.reasons import ReasonCode
from app.engine.messages import Amend, AmendmentAnswered
from app.engine.service import RetryCopies, Ticked
from app.ports.broker import Accepted, Outcome, Rejected
from tests.builders.copier import PRIMARY, Copier, an_order_for

S1 = AccountId("S1")
TO_MARKET = Modification(order_type="MARKET", market_protection=Decimal(-1))


def _copier(policy: RestPolicy, **account: Any) -> Copier:
    return Copier(accounts={"S1": {"when_primary_filled": policy, **account}})


def _rests(copier: Copier, **changes: Any) -> tuple[Order, Order]:
    """Let the primary's order fill while its copy rests; return both."""
    order = copier.primary_places(**changes)
    [placed] = copier.take_all()
    copier.desks[PRIMARY].fill(order.order_id)
    copier.look()
    return order, placed


def _wait(copier: Copier, *periods_s: float) -> None:
    for seconds in periods_s:
        copier.pass_time(seconds)
        copier.look_at()


def _apply(copier: Copier, amend: Amend) -> None:
    """Let the broker take an amendment; a MARKET modification rests at the edge of its band."""
    desk = copier.desks[amend.account_id]
    if amend.modification is None:
        desk.cancel(amend.order_id)
    else:
        tags = (*desk.orders[amend.order_id].tags, "mktp")
        desk.update(amend.order_id, order_type="LIMIT", price=Decimal(1530), tags=tags)
    copier.amended.remove(amend)
    copier.handle(_answered(amend))
    copier.look_at()


def _answered(amend: Amend, outcome: Outcome | None = None) -> AmendmentAnswered:
    return AmendmentAnswered(amend.account_id, amend.tag, outcome or Accepted(amend.order_id))


def _alerts(copier: Copier) -> list[str]:
    return [alert.fact.text for alert in copier.engine.state.alerts]


class TestLeave:
    def test_nothing_is_done_to_it_and_the_operator_is_told(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        _rests(copier)
        _wait(copier, 60, 1)
        assert copier.amended == []
        assert ["It was left as it is." in text for text in _alerts(copier)] == [True]


class TestMarket:
    def test_it_becomes_a_protected_market_order_once_it_has_rested_its_time(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _, placed = _rests(copier)
        _wait(copier, 4)
        assert copier.amended == []
        _wait(copier, 1.1)
        [amend] = copier.amended
        assert (amend.order_id, amend.modification) == (placed.order_id, TO_MARKET)
        assert _alerts(copier) == []

    def test_a_lost_modification_is_repeated_and_an_applied_one_is_not_fought(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        _wait(copier, 6)
        [lost] = copier.amended
        copier.amended.clear()
        copier.handle(_answered(lost))
        _wait(copier, 4)
        assert copier.amended == []
        _wait(copier, 2)
        [again] = copier.amended
        _apply(copier, again)
        _wait(copier, 4)
        assert copier.amended == []

    def test_what_the_protection_leaves_is_chased_anew_until_the_amendments_are_spent(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        chased = 0
        for _ in range(40):
            _wait(copier, 6)
            for amend in list(copier.amended):
                chased += 1
                _apply(copier, amend)
        assert chased == MAX_AMENDMENTS
        assert sum("the rest is yours" in text for text in _alerts(copier)) == 1

    def test_a_protected_market_copy_is_chased_as_well(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        order = copier.primary_places(order_type="MARKET")
        [send] = copier.sent
        placed = copier.accept(
            replace(send, order=replace(send.order, order_type="LIMIT", price=Decimal(100)))
        )
        copier.desks[S1].update(placed.order_id, tags=(*placed.tags, "mktp"))
        copier.look_at()
        assert copier.engine.state.primary_orders[order.order_id].order.phase == "FILLED"
        _wait(copier, 6)
        assert [amend.modification for amend in copier.amended] == [TO_MARKET]

    def test_a_refused_modification_is_not_hammered(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        _wait(copier, 6)
        [amend] = copier.amended
        copier.handle(_answered(amend, Rejected("not now", "OrderException")))
        for _ in range(4):
            _wait(copier, 1)
        assert len(copier.amended) == 1

    def test_the_clock_goes_on_over_a_restart_and_nothing_is_done_twice(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        _wait(copier, 4)
        copier.restart(downtime_s=2)
        copier.pass_time(0.6)
        [amend] = copier.amended
        _apply(copier, amend)
        copier.restart()
        copier.pass_time(0.6)
        assert copier.amended == []

    def test_an_exit_is_made_market_as_far_as_it_closes_what_is_held(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.clock.advance(1)
        _, placed = _rests(copier, side=Side.SELL, price=Decimal(1600))
        copier.desks[S1].take(an_order_for(side=Side.SELL, order_type="MARKET", quantity=3), None)
        copier.look_at()
        _wait(copier, 6, 1)
        assert copier.amended == []
        assert any("holds less than it would close" in text for text in _alerts(copier))
        copier.desks[S1].take(an_order_for(order_type="MARKET", quantity=3), None)
        _wait(copier, 6)
        assert [amend.order_id for amend in copier.amended] == [placed.order_id]

    def test_two_exits_are_not_made_market_for_the_same_units(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.clock.advance(1)
        stops = [copier.primary_places(side=Side.SELL, price=Decimal(1600 + n)) for n in range(2)]
        copier.look_at()
        copier.take_all()
        copier.take_all()
        for stop in stops:
            copier.desks[PRIMARY].fill(stop.order_id)
        copier.look()
        _wait(copier, 6)
        [first] = copier.amended
        _apply(copier, first)
        _wait(copier, 6)
        assert [amend.order_id for amend in copier.amended] == [first.order_id]

    def test_it_is_not_given_its_old_price_back_when_the_policy_changes(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        _wait(copier, 6)
        _apply(copier, copier.amended[0])
        account = replace(copier.rulebook.secondaries[0], when_primary_filled=RestPolicy.LEAVE)
        copier.engine.rulebook = replace(copier.rulebook, secondaries=(account,))
        _wait(copier, 60)
        assert copier.amended == []

    def test_what_a_person_changed_is_left_to_them(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _, placed = _rests(copier)
        copier.desks[S1].update(placed.order_id, price=Decimal(1501))
        copier.look_at()
        _wait(copier, 60)
        assert copier.amended == []

    def test_an_entry_is_left_where_the_account_takes_exits_only(self) -> None:
        copier = _copier(RestPolicy.MARKET)
        _rests(copier)
        account = replace(copier.rulebook.secondaries[0], mode=AccountMode.CLOSE_ONLY)
        copier.engine.rulebook = replace(copier.rulebook, secondaries=(account,))
        _wait(copier, 60)
        assert copier.amended == []


class TestCancel:
    def test_it_is_cancelled_and_the_operator_told_how_many_units_are_missing(self) -> None:
        copier = _copier(RestPolicy.CANCEL, rest_limit_s=20.0)
        order, placed = _rests(copier)
        copier.desks[S1].fill(placed.order_id, 4)
        _wait(copier, 19)
        assert copier.amended == []
        _wait(copier, 2)
        [amend] = copier.amended
        assert amend.modification is None
        _apply(copier, amend)
        copy = copier.copy_of(order)
        assert copy.state is CopyState.CANCELLED
        assert copy.withdrawn is not None
        assert copy.withdrawn.code is ReasonCode.RESTED_TOO_LONG
        assert len(_alerts(copier)) == 1
        said = f"has bought 6 units of NSE:INFY less than the primary's order {order.order_id} × 1"
        assert said in _alerts(copier)[0]

    def test_an_exit_is_never_cancelled_by_it(self) -> None:
        copier = _copier(RestPolicy.CANCEL)
        copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.clock.advance(1)
        _rests(copier, side=Side.SELL, price=Decimal(1600))
        _wait(copier, 60, 1)
        assert copier.amended == []
        assert any("an exit is never cancelled" in text for text in _alerts(copier))

    def test_of_an_order_that_turns_the_position_only_the_opening_part_is_withdrawn(self) -> None:
        copier = _copier(RestPolicy.CANCEL)
        copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.clock.advance(1)
        _rests(copier, side=Side.SELL, price=Decimal(1600), quantity=15)
        _wait(copier, 6)
        assert [amend.modification for amend in copier.amended] == [Modification(quantity=10)]

    def test_the_decision_survives_a_restart_and_is_made_once(self) -> None:
        copier = _copier(RestPolicy.CANCEL)
        _rests(copier)
        _wait(copier, 6)
        for _ in range(3):
            copier.restart(downtime_s=1)
            copier.pass_time(0.6)
            assert [amend.modification for amend in copier.amended] == [None]
        assert sum(isinstance(fact, CopyWithdrawn) for fact in copier.journal.facts) == 1


def _left(copier: Copier, **entry: Any) -> tuple[Order, Order, Order]:
    """Let the primary enter and leave a position while its entry's copy rests."""
    order, placed = _rests(copier, **entry)
    copier.clock.advance(1)
    exit_ = copier.primary_places(order_type="MARKET", side=Side.SELL)
    return order, placed, exit_


class TestPrimaryLeft:
    def test_the_entry_is_cancelled_and_its_exit_ends_with_nothing_sent(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        order, placed, exit_ = _left(copier)
        [amend] = copier.amended
        assert (amend.order_id, amend.modification) == (placed.order_id, None)
        _apply(copier, amend)
        withdrawn = copier.copy_of(order).withdrawn
        assert withdrawn is not None
        assert withdrawn.code is ReasonCode.PRIMARY_LEFT
        assert copier.sent == []
        leg = copier.copy_of(exit_).legs[0]
        assert leg.state in {CopyState.NOT_SENT, CopyState.DENIED}
        assert leg.reason is not None
        assert leg.reason.code is ReasonCode.NOTHING_HELD
        assert _alerts(copier) == []

    def test_what_fills_before_the_cancellation_is_exited(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        _, placed, _ = _left(copier)
        copier.desks[S1].fill(placed.order_id, 7)
        copier.look_at()
        [amend] = copier.amended
        _apply(copier, amend)
        assert [(send.order.side, send.order.quantity) for send in copier.sent] == [(Side.SELL, 7)]

    def test_a_lost_cancellation_is_repeated_until_it_shows(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        _left(copier)
        copier.handle(_answered(copier.amended[0]))
        copier.look_at()
        assert len(copier.amended) == 2

    def test_a_new_entry_of_the_primary_does_not_bring_it_back(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        order, placed, _ = _left(copier)
        copier.clock.advance(1)
        copier.primary_places(order_type="MARKET")
        copier.restart()
        assert copier.copy_of(order).most_units == 0
        assert [amend.order_id for amend in copier.amended if amend.modification is None] == [placed.order_id]

    def test_while_the_primary_holds_some_of_it_the_entry_stays(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        _rests(copier)
        copier.clock.advance(1)
        copier.primary_places(order_type="MARKET", side=Side.SELL, quantity=9)
        _wait(copier, 60)
        assert copier.amended == []

    def test_an_entry_that_the_primary_has_not_filled_stays(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        copier.primary_places()
        copier.take_all()
        _wait(copier, 60)
        assert copier.amended == []

    def test_an_order_that_closed_the_position_without_being_known_as_an_exit_stays(self) -> None:
        """A target placed before its entry was planned as an entry, but here it closes what is held."""
        copier = _copier(RestPolicy.LEAVE)
        target = copier.primary_places(side=Side.SELL, price=Decimal(1600))
        copier.take_all()
        copier.clock.advance(1)
        copier.primary_places(order_type="MARKET")
        copier.take_all()
        copier.clock.advance(1)
        copier.desks[PRIMARY].fill(target.order_id)
        copier.look()
        _wait(copier, 60)
        assert copier.amended == []
        assert copier.copy_of(target).withdrawn is None

    def test_entry_and_target_that_both_rest_are_withdrawn_one_after_the_other(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        target = copier.primary_places(side=Side.SELL, price=Decimal(1600))
        copier.take_all()
        copier.clock.advance(1)
        entry = copier.primary_places()
        copier.take_all()
        for order in (entry, target):
            copier.clock.advance(1)
            copier.desks[PRIMARY].fill(order.order_id)
        copier.look()
        [first] = copier.amended
        assert first.order_id == copier.copy_of(entry).legs[0].order_id
        _apply(copier, first)
        _wait(copier, 1)
        assert [amend.order_id for amend in copier.amended] == [copier.copy_of(target).legs[0].order_id]

    def test_what_was_kept_to_close_something_goes_once_there_is_nothing_to_close(self) -> None:
        copier = _copier(RestPolicy.CANCEL)
        order, _ = _rests(copier)
        copier.desks[S1].take(an_order_for(side=Side.SELL, order_type="MARKET", quantity=4), None)
        copier.look_at()
        _wait(copier, 6)
        [amend] = copier.amended
        assert amend.modification == Modification(quantity=4)
        copier.desks[S1].modify(amend.order_id, amend.modification)
        copier.amended.clear()
        copier.handle(_answered(amend))
        copier.engine.rulebook = replace(
            copier.rulebook,
            secondaries=(replace(copier.rulebook.secondaries[0], when_primary_filled=RestPolicy.LEAVE),),
        )
        copier.desks[S1].take(an_order_for(order_type="MARKET", quantity=4), None)
        copier.look_at()
        _wait(copier, 1)
        assert copier.copy_of(order).most_units == 0
        assert [amend.modification for amend in copier.amended] == [None]

    def test_a_retry_of_what_the_primary_has_left_is_refused(self) -> None:
        copier = _copier(RestPolicy.LEAVE)
        order = copier.primary_places(order_type="MARKET")
        copier.answer(copier.sent.pop(), Rejected("margin", "MarginException"))
        copier.clock.advance(1)
        copier.primary_places(order_type="MARKET", side=Side.SELL)
        copy = copier.copy_of(order)
        ticked = Ticked(copy_id=copy.copy_id, seen_state=copy.state)
        answer = copier.command(RetryCopies, copies=(ticked,))
        assert "has left this position" in answer.results[0].message
        assert copier.sent == []


@pytest.mark.parametrize("policy", list(RestPolicy))
def test_a_cut_short_primary_cancels_whatever_the_policy_and_tells_what_is_missing(
    policy: RestPolicy,
) -> None:
    copier = _copier(policy)
    order = copier.primary_places()
    copier.take_all()
    copier.desks[PRIMARY].fill(order.order_id, 6)
    copier.desks[PRIMARY].cancel(order.order_id)
    copier.look()
    [amend] = copier.amended
    _apply(copier, amend)
    assert any("6 units of NSE:INFY less" in text for text in _alerts(copier))
