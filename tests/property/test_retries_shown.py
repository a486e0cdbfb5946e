"""Whatever happened before: a row offers a retry where the command would take it, and nowhere else."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.copies import CopyState
from app.domain.ids import AccountId
from app.domain.orders import Side
from app.engine import exposure
from app.engine import messages as m
from app.engine.commanding import carry_out
from app.engine.scratch import scratch_turn
from app.engine.service import RetryCopies, Ticked
from app.ports.broker import NeverSent, OrderList, Outcome, Rejected, Unknown, UnreadableRow
from tests.builders.copier import PRIMARY, Copier

STEPS = 30
SWEEP_S = 0.6
ANSWERS: tuple[Outcome, ...] = (
    Rejected("No funds.", "MarginException"),
    Unknown("timeout"),
    NeverSent("refused"),
)


def refused_otherwise(copier: Copier) -> dict[str, tuple[bool, bool]]:
    """Return the copies whose row offers what a command would not do, or the other way about."""
    engine = copier.engine
    rows = engine.view.snapshot()["copies"]
    found = {}
    for copy_id, copy in engine.state.copies.items():
        tried = scratch_turn(engine._turn(), engine.lanes)
        tick = Ticked(copy_id=copy_id, seen_state=CopyState(rows[copy_id]["state"]))
        answer = carry_out(tried, RetryCopies(command_id="try", by="test", copies=(tick,)))
        both = (rows[copy_id]["may_retry"], answer.results[0].accepted)
        if both[0] != both[1]:
            found[str(copy.copy_id)] = both
    return found


def remembered_otherwise(copier: Copier) -> list[str]:
    """Return the copies of which more or less could close something than is remembered."""
    turn = copier.engine._turn()
    return [
        copy.copy_id
        for copy in turn.state.copies.values()
        if (lane := turn.lanes.get(copy.account_id)) is not None
        and exposure.could_close(turn, lane, copy) != exposure._could_close(turn, lane, copy)
    ]


class _Day:
    """A copier to which chance does things."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - repeatable on purpose
        self.copier = Copier({"S1": "1", "S2": "1"})
        self.all = self.copier.rulebook

    def step(self) -> None:
        steps = [self.place, self.place, self.answer, self.answer, self.answer, self.end, self.configure]
        self.chance.choice([*steps, self.look, self.look, self.hide, self.wait, self.leave, self.restart])()

    def place(self) -> None:
        self.copier.primary_places(side=self.chance.choice(list(Side)), quantity=self.chance.randint(1, 9))

    def leave(self) -> None:
        self.copier.primary_places(
            order_type="MARKET", side=self.chance.choice(list(Side)), quantity=self.chance.randint(1, 9)
        )

    def answer(self) -> None:
        for send in [self.copier.sent.pop(0)] if self.copier.sent else []:
            if self.chance.random() < 0.2:
                placed = self.copier.accept(send)
                if not placed.is_terminal:
                    self.copier.desks[send.account_id].fill(placed.order_id)
            else:
                self.copier.answer(send, self.chance.choice(ANSWERS))

    def end(self) -> None:
        desk = self.copier.desks[PRIMARY]
        resting = [order for order in desk.orders.values() if not order.is_terminal]
        if resting:
            order = self.chance.choice(resting)
            if self.chance.random() < 0.5:
                desk.fill(order.order_id, price=Decimal(1500))
            else:
                desk.cancel(order.order_id)
            self.copier.look()

    def configure(self) -> None:
        kept = tuple(one for one in self.all.secondaries if self.chance.random() < 0.7)
        self.copier.rulebook = replace(self.all, secondaries=kept)
        self.copier.handle(m.RulesReplaced(self.copier.rulebook, self.copier.limits, "Edited."))

    def look(self) -> None:
        self.copier.look()
        self.copier.look_at_all()

    def hide(self) -> None:
        """Let a row of an account be unreadable, and be the order of one of our tags."""
        engine = self.copier.engine
        copies = [copy for copy in engine.state.copies.values() if copy.account_id in engine.lanes]
        legs = [leg for copy in copies for leg in copy.legs]
        if legs:
            leg = self.chance.choice(legs)
            account_id = engine.state.copy_of(leg).account_id
            row = UnreadableRow(text="A row makes no sense.", order_id=None, our_tags=(leg.tag,))
            orders = tuple(self.copier.desks[account_id].orders.values())
            listed = OrderList(orders=orders, broker_time=self.copier.clock.now(), unreadable=(row,))
            self.copier.clock.advance(0.001)
            self.copier.handle(m.SecondaryListRead(account_id, listed, self.copier.clock.monotonic()))

    def wait(self) -> None:
        for _ in range(8):
            self.copier.pass_time(6)
            self.copier.look_at_all()

    def restart(self) -> None:
        self.copier.restart()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_a_row_offers_what_the_command_would_do(seed: int) -> None:
    day = _Day(seed)
    for _ in range(STEPS):
        day.step()
        day.copier.pass_time(SWEEP_S)
        assert refused_otherwise(day.copier) == {}
        assert remembered_otherwise(day.copier) == []


@pytest.mark.parametrize("case", ["account removed", "primary cancelled", "row unreadable"])
def test_what_ends_a_retry_ends_its_offer_in_that_moment(case: str) -> None:
    copier = Copier()
    order = copier.primary_places()
    copier.answer(copier.sent.pop(), Rejected("No funds.", "MarginException"))
    copier.look_at()
    copy = copier.copy_of(order)
    assert copier.engine.view.copy(copy)["may_retry"]
    told: list[bool] = []
    copier.engine.view.subscribe(
        lambda delta: told.extend(row["may_retry"] for row in delta["copies"].values())
    )
    if case == "account removed":
        gone = replace(copier.rulebook, secondaries=())
        copier.handle(m.RulesReplaced(gone, copier.limits, "Edited."))
    elif case == "primary cancelled":
        copier.primary_shows(order, status="CANCELLED")
    else:
        row = UnreadableRow(text="A row makes no sense.", order_id=None, our_tags=(copy.legs[0].tag,))
        listed = OrderList(orders=(), broker_time=copier.clock.now(), unreadable=(row,))
        copier.clock.advance(0.001)
        copier.handle(m.SecondaryListRead(AccountId("S1"), listed, copier.clock.monotonic()))
    assert told
    assert not told[-1]
    assert refused_otherwise(copier) == {}


def test_what_a_hand_trades_in_the_account_is_not_remembered_otherwise() -> None:
    copier = Copier()
    order = copier.primary_places()
    copy, lane = copier.copy_of(order), copier.engine.lanes[AccountId("S1")]
    turn = copier.engine._turn()
    assert exposure.could_close(turn, lane, copy) == 0
    sold = replace(order, account_id=AccountId("S1"), side=Side.SELL, status="COMPLETE", filled_quantity=4)
    lane.note(sold)
    assert exposure.could_close(turn, lane, copy) == 4
