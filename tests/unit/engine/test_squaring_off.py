"""Positions squared off: one order for what is held, after everything open is taken back."""

from decimal import Decimal

import pytest

from app.domain.copies import CopyState
from app.domain.orders import Side
from app.domain.reasons import ReasonCode
from app.engine import service as s
from app.engine.messages import SessionLost, SessionRenewed
from app.ports.broker import Rejected, Unknown
from tests.builders.copier import PRIMARY, Copier, an_order_for
from tests.builders.squaring import (
    INFY,
    NIFTY,
    S1,
    alerts,
    carry_out_amendments,
    entered,
    fill_all,
    rests,
    rests_at_the_edge,
    sent,
    square_off,
    square_offs,
)


class TestClosing:
    @pytest.mark.parametrize(("side", "closing"), [(Side.BUY, Side.SELL), (Side.SELL, Side.BUY)])
    def test_one_protected_market_order_closes_what_is_held(self, side: Side, closing: Side) -> None:
        copier = entered(side=side)
        answer = square_off(copier)
        assert answer.message == "1 of 1 are being closed."
        assert copier.sent == []
        copier.look_at()
        assert sent(copier) == [("S1", closing, "MARKET", 10)]
        assert copier.sent[0].order.market_protection == Decimal(-1)
        fill_all(copier)
        assert [copy.state for copy in square_offs(copier)] == [CopyState.FILLED]
        assert copier.engine.lanes[S1].held(INFY, "MIS") == 0

    def test_nothing_leaves_by_a_list_that_was_read_before_it_was_asked_for(self) -> None:
        copier = entered()
        before_s = copier.clock.monotonic()
        square_off(copier)
        copier.look_at(began_s=before_s)
        copier.pass_time(1)
        assert copier.sent == []
        copier.look_at()
        assert len(copier.sent) == 1

    def test_a_position_above_the_freeze_quantity_is_closed_in_slices(self) -> None:
        copier = entered(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65 * 40)
        square_off(copier)
        copier.look_at()
        assert [quantity for *_, quantity in sent(copier)] == [1755, 845]

    def test_what_takes_more_than_ten_orders_is_closed_in_part_and_told(self) -> None:
        copier = entered()
        desk = copier.desks[S1]
        by_hand = desk.take(an_order_for(exchange="NFO", tradingsymbol="NIFTYFUT", quantity=1755 * 11), None)
        desk.fill(by_hand.order_id)
        copier.look_at()
        square_off(copier, 1, NIFTY)
        copier.look_at()
        assert sum(leg.order.quantity for leg in square_offs(copier)[0].legs) == 17550
        assert "17550 of the 19305 units" in alerts(copier)

    def test_every_account_and_instrument_is_closed_by_itself(self) -> None:
        copier = entered(
            entered(Copier({"S1": "1", "S2": "2"})), exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65
        )
        assert square_off(copier, 4, accounts=("S1", "S2")).accepted
        copier.look_at_all()
        assert {(a, q) for a, *_, q in sent(copier)} == {("S1", 10), ("S1", 65), ("S2", 20), ("S2", 130)}
        assert len({send.tag for send in copier.sent}) == 4

    def test_what_an_entry_fills_while_it_is_being_cancelled_is_closed_as_well(self) -> None:
        copier = entered()
        entry = rests(copier)
        square_off(copier)
        order_id = copier.copy_of(entry).legs[0].order_id or ""
        copier.desks[S1].fill(order_id, 4)
        carry_out_amendments(copier)
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 14)]

    def test_a_second_position_in_other_products_is_not_touched(self) -> None:
        copier = entered()
        carried = copier.desks[S1].take(an_order_for(product="NRML", quantity=50), None)
        copier.desks[S1].fill(carried.order_id)
        copier.look_at()
        square_off(copier)
        copier.look_at()
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]


class TestTheWayIsCleared:
    def test_stop_and_entry_at_rest_are_cancelled_before_anything_is_closed(self) -> None:
        copier = entered()
        stop = rests(copier, side=Side.SELL, order_type="SL", trigger_price=1480)
        entry = rests(copier, price=1400)
        square_off(copier)
        copier.look_at()
        assert copier.sent == []
        assert len(copier.amended) == 2
        carry_out_amendments(copier)
        assert [copier.copy_of(order).state for order in (stop, entry)] == [CopyState.CANCELLED] * 2
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    def test_a_stop_loss_that_fills_first_leaves_nothing_to_close(self) -> None:
        copier = entered()
        stop = rests(copier, side=Side.SELL, order_type="SL", trigger_price=1480)
        square_off(copier)
        copier.amended.clear()
        copier.desks[S1].fill(copier.copy_of(stop).legs[0].order_id or "")
        copier.look_at()
        assert copier.sent == []
        assert "There is nothing left of NSE:INFY" in alerts(copier)
        assert copier.engine.state.square_offs == {}

    def test_an_order_in_doubt_is_waited_for(self) -> None:
        copier = entered()
        copier.primary_places(price=1400)
        [send] = copier.sent
        copier.sent.clear()
        copier.answer(send, Unknown("timeout"))
        square_off(copier)
        for _ in range(10):
            copier.pass_time(1)
            copier.look_at()
        assert copier.sent == []
        copier.accept(send, is_answered=False)
        copier.look_at()
        assert copier.sent == []
        carry_out_amendments(copier)
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    def test_what_has_not_left_does_not_leave_entries_and_exits_alike(self) -> None:
        copier = entered()
        copier.handle(SessionLost(S1, "dead"))
        waiting = [copier.primary_places(price=1400), copier.primary_places(side=Side.SELL)]
        square_off(copier)
        assert [copier.copy_of(order).state for order in waiting] == [CopyState.NOT_SENT] * 2
        copier.handle(SessionRenewed(S1))
        copier.look_at()
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    def test_copies_of_other_instruments_and_accounts_stay(self) -> None:
        copier = entered(Copier({"S1": "1", "S2": "1"}))
        rests(copier, price=1400)
        rests(copier, exchange="NFO", tradingsymbol="NIFTYFUT", quantity=65)
        square_off(copier)
        assert [amend.account_id for amend in copier.amended] == ["S1"]

    def test_orders_that_are_none_of_ours_are_named(self) -> None:
        copier = entered()
        by_hand = copier.desks[S1].take(an_order_for(side=Side.SELL, price=Decimal(1700)), None)
        copier.look_at()
        assert by_hand.order_id in square_off(copier).results[0].message
        copier.look_at()
        assert len(copier.sent) == 1

    def test_waiting_for_long_is_told_once(self) -> None:
        copier = entered()
        rests(copier, price=1400)
        square_off(copier)
        for _ in range(40):
            copier.pass_time(1)
        assert alerts(copier).count("has not been squared off for") == 1


class TestAfterwards:
    def test_the_primary_s_exit_finds_nothing_to_close(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        fill_all(copier)
        leaves = copier.primary_places(side=Side.SELL, order_type="MARKET")
        copier.look_at()
        assert copier.sent == []
        assert copier.copy_of(leaves).legs[0].reason is not None
        assert copier.copy_of(leaves).state is CopyState.DENIED

    def test_an_exit_beside_it_does_not_close_the_same_units(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        rests_at_the_edge(copier)
        copier.primary_places(side=Side.SELL, order_type="MARKET")
        copier.look_at()
        copier.pass_time(30)
        assert copier.sent == []

    def test_a_later_entry_of_the_primary_is_copied_as_ever(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        fill_all(copier)
        copier.primary_places()
        assert sent(copier) == [("S1", Side.BUY, "LIMIT", 10)]

    def test_a_refused_one_may_be_retried_as_any_copy(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        copier.answer(copier.sent.pop(), Rejected("circuit", "OrderException"))
        [copy] = square_offs(copier)
        tick = s.Ticked(copy_id=copy.copy_id, seen_state=CopyState.REJECTED)
        assert copier.command(s.RetryCopies, copies=(tick,)).accepted
        copier.look_at()
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    def test_it_is_not_copied_to_other_accounts(self) -> None:
        copier = entered(Copier({"S1": "1", "S2": "1"}))
        square_off(copier)
        copier.look_at()
        order_id = square_offs(copier)[0].primary_order_id
        answer = copier.command(s.CopyOrders, orders=(order_id,))
        assert not answer.accepted
        assert "It is a square-off" in answer.results[0].message


def test_the_row_of_a_square_off_says_what_it_is_and_that_its_copies_are_the_operator_s() -> None:
    copier = entered()
    square_off(copier)
    copier.look_at()
    snapshot = copier.engine.view.snapshot()
    [copy] = [row for row in snapshot["copies"].values() if row["requested_by"] == "operator"]
    order = snapshot["orders"][copy["primary_order_id"]]
    assert (order["variety"], order["order_type"], order["quantity"]) == ("square_off", "MARKET", 10)
    assert copier.copy_of(copier.desks[PRIMARY].orders.popitem()[1]).state is CopyState.FILLED


def test_a_cancelled_remainder_of_a_square_off_is_not_sent_again() -> None:
    copier = entered()
    square_off(copier)
    copier.look_at()
    rests_at_the_edge(copier)
    assert copier.command(s.CancelCopies, count=1).accepted
    carry_out_amendments(copier)
    copier.pass_time(30)
    assert copier.sent == []
    assert [copy.withdrawn.code for copy in square_offs(copier) if copy.withdrawn] == [
        ReasonCode.CANCELLED_BY_OPERATOR
    ]
