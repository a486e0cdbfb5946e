"""What holds of every square-off: it leaves once, not against a stop, and not on doubtful holdings."""

import pytest

from app.domain.accounts import AccountMode
from app.domain.copies import CopyState
from app.domain.orders import Side
from app.engine import service as s
from app.engine.messages import SessionLost, SessionRenewed
from app.ports.broker import NeverSent, Unknown, UnreadableRow
from tests.builders.copier import Copier, an_order_for
from tests.builders.squaring import (
    INFY,
    NIFTY,
    S1,
    alerts,
    ask,
    carry_out_amendments,
    entered,
    rests,
    seen,
    sent,
    square_off,
    square_offs,
)


class TestOnce:
    def test_a_double_click_and_a_second_screen_close_it_once(self) -> None:
        copier = entered()
        first = square_off(copier, command_id="the same id")
        assert square_off(copier, command_id="the same id") == first
        assert "already" in square_off(copier).results[0].message
        copier.look_at()
        assert len(copier.sent) == 1
        assert "already" in square_off(copier).results[0].message
        copier.look_at()
        assert len(copier.sent) == 1

    @pytest.mark.parametrize("downtime_s", [0.0, 60.0])
    def test_a_crash_before_it_was_planned_does_not_lose_it(self, downtime_s: float) -> None:
        copier = entered()
        square_off(copier)
        copier.restart(downtime_s=downtime_s)
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    def test_a_crash_while_it_is_on_its_way_sends_no_second_one(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        [send] = copier.sent
        copier.restart()
        for _ in range(10):
            copier.pass_time(1)
            copier.look_at()
        assert copier.sent == []
        assert "already" in square_off(copier).results[0].message
        copier.accept(send, is_answered=False)
        copier.look_at()
        assert [copy.state for copy in square_offs(copier)] == [CopyState.FILLED]

    def test_a_lost_answer_asks_the_operator_and_resends_nothing(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        copier.answer(copier.sent.pop(), Unknown("timeout"))
        for _ in range(60):
            copier.pass_time(1)
            copier.look_at()
        assert [copy.state for copy in square_offs(copier)] == [CopyState.NEEDS_OPERATOR]
        assert copier.sent == []


class TestWhileStopped:
    def test_one_that_was_asked_for_after_the_stop_leaves_with_its_cancellations(self) -> None:
        copier = entered()
        rests(copier, price=1400)
        copier.command(s.StopCopying)
        square_off(copier)
        assert all(copier.engine.may_send(amend) for amend in copier.amended)
        carry_out_amendments(copier)
        [send] = copier.sent
        assert copier.engine.may_send(send)
        copier.restart()
        assert copier.engine.state.is_stopped

    def test_one_before_the_stop_ends_with_it(self) -> None:
        copier = entered()
        square_off(copier)
        copier.command(s.StopCopying)
        copier.look_at()
        copier.command(s.ResumeCopying)
        copier.look_at()
        assert copier.sent == []
        assert "Copying was stopped before this square-off" in alerts(copier)

    def test_one_that_waits_for_a_connection_does_not_leave_after_the_stop_nor_after_the_resume(self) -> None:
        copier = entered()
        square_off(copier)
        copier.look_at()
        [send] = copier.sent
        copier.sent.clear()
        copier.command(s.StopCopying)
        assert not copier.engine.may_send(send)
        copier.answer(send, NeverSent("stopped", is_stopped=True))
        copier.command(s.ResumeCopying)
        copier.look_at()
        copier.pass_time(10)
        assert copier.sent == []
        assert [copy.state for copy in square_offs(copier)] == [CopyState.NOT_SENT]

    def test_stopping_once_more_ends_what_was_asked_for_since(self) -> None:
        copier = entered()
        copier.command(s.StopCopying)
        square_off(copier)
        copier.look_at()
        [send] = copier.sent
        copier.command(s.StopCopying)
        assert not copier.engine.may_send(send)

    def test_one_that_is_planned_and_waits_ends_with_the_next_stop(self) -> None:
        copier = entered()
        copier.command(s.StopCopying)
        square_off(copier)
        copier.look_at()
        copier.answer(copier.sent.pop(), NeverSent("refused"))
        copier.command(s.StopCopying)
        assert [copy.state for copy in square_offs(copier)] == [CopyState.NOT_SENT]


class TestRefusals:
    @pytest.mark.parametrize("count", [0, 2])
    def test_another_count_closes_nothing(self, count: int) -> None:
        copier = entered()
        facts = len(copier.journal.facts)
        answer = square_off(copier, count)
        assert answer.message.startswith("There are 1 such positions now")
        assert len(copier.journal.facts) == facts

    @pytest.mark.parametrize("account_id", ["PRI001", "NOBODY"])
    def test_only_secondaries_are_closed(self, account_id: str) -> None:
        answer = square_off(entered(), 0, accounts=(account_id,))
        assert "not a secondary account" in answer.results[0].message

    def test_an_account_that_is_off_or_not_read_yet(self) -> None:
        off = entered(Copier(accounts={"S1": {"mode": AccountMode.OFF}}))
        assert "switched off" in square_off(off, 0).results[0].message
        copier = entered()
        copier.engine.lanes[S1].looked_at_s = None
        assert "not been read yet" in square_off(copier, 0).results[0].message

    def test_a_named_instrument_that_is_not_held(self) -> None:
        answer = square_off(entered(), 1, INFY, NIFTY)
        assert [result.accepted for result in answer.results] == [False, True]
        assert answer.results[0].key == f"S1 {NIFTY}"

    def test_an_instrument_that_the_list_does_not_have(self) -> None:
        copier = entered()
        other = copier.desks[S1].take(an_order_for(tradingsymbol="OTHER"), None)
        copier.desks[S1].fill(other.order_id)
        copier.look_at()
        assert "instrument list" in square_off(copier, 1, "NSE:OTHER").results[0].message

    def test_a_row_that_cannot_be_read_may_be_of_it(self) -> None:
        copier = entered()
        copier.engine.lanes[S1].take_unreadable((UnreadableRow(text="?"),))
        assert "cannot be read" in square_off(copier).results[0].message


class TestTwoWitnesses:
    def test_both_agree(self) -> None:
        copier = entered()
        assert ask(copier, seen(10)).accepted
        copier.look_at()
        assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]

    @pytest.mark.parametrize("quantity", [4, -10, 25])
    def test_a_position_that_the_orders_do_not_add_up_to_is_left(self, quantity: int) -> None:
        copier = entered()
        answer = ask(copier, seen(quantity))
        assert f"position of {quantity}, its orders of today add up to 10" in answer.results[0].message

    def test_what_was_converted_to_delivery_is_not_sold(self) -> None:
        copier = entered()
        assert not ask(copier, seen(10, product="CNC")).accepted
        copier.look_at()
        assert copier.sent == []

    def test_positions_that_cannot_be_read_close_nothing(self) -> None:
        copier = entered()
        answer = ask(copier, {S1: "no answer within 3 s."}, 0)
        assert "could not be read" in answer.results[0].message
        assert copier.engine.state.square_offs == {}


def test_a_blocked_account_waits_says_so_and_goes_on_once_it_may() -> None:
    copier = entered()
    square_off(copier)
    copier.handle(SessionLost(S1, "The token is dead."))
    for _ in range(15):
        copier.pass_time(1)
        copier.look_at()
    assert copier.sent == []
    assert "The token is dead." in alerts(copier)
    copier.handle(SessionRenewed(S1))
    copier.look_at()
    assert sent(copier) == [("S1", Side.SELL, "MARKET", 10)]
