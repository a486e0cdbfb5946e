"""Whatever happened before: a command does what its preview said, and asking leaves no trace."""

from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accounts import CopyMode
from app.domain.copies import CopyState
from app.domain.ids import CopyId
from app.domain.orders import Side
from app.engine.service import AnyQuery, CopyOrders, PreviewCopies, PreviewRetries, RetryCopies, Ticked
from app.ports.broker import NeverSent, Outcome, Rejected, SessionExpired, Unknown
from tests.builders.copier import Copier
from tests.builders.drawn import drawn

STEPS = 25
ON_THEIR_WAY = {CopyState.PENDING, CopyState.SENDING}
ANSWERS: tuple[Outcome, ...] = (
    Rejected("No funds.", "MarginException"),
    Unknown("timeout"),
    NeverSent("refused"),
)


class _Day:
    """A copier to which chance does things."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)  # noqa: S311 - repeatable on purpose
        mode = self.chance.choice([CopyMode.MANUAL, CopyMode.AUTO])
        self.copier = Copier({"S1": "1", "S2": "2.5"}, mode=mode)

    def step(self) -> None:
        step = self.chance.choice(
            [self.place, self.place, self.move, self.answer, self.answer, self.look, self.copy, self.retry]
        )
        step()

    def place(self) -> None:
        future = self.chance.random() < 0.3
        where: dict[str, Any] = {"exchange": "NFO", "tradingsymbol": "NIFTYFUT"} if future else {}
        quantity = 65 * self.chance.choice([1, 30]) if future else self.chance.randint(1, 30)
        self.copier.primary_places(side=self.chance.choice(list(Side)), quantity=quantity, **where)

    def move(self) -> None:
        orders = [known.order for known in self.copier.engine.state.primary_orders.values()]
        orders = [order for order in orders if not order.is_terminal]
        if not orders:
            return
        order = self.chance.choice(orders)
        if self.chance.random() < 0.7:
            self.copier.primary_shows(
                order, status="COMPLETE", filled_quantity=order.quantity, average_price=Decimal(1500)
            )
        else:
            self.copier.primary_shows(order, status="CANCELLED")

    def answer(self) -> None:
        if not self.copier.sent:
            return
        send = self.copier.sent.pop(0)
        if self.chance.random() < 0.6:
            order = self.copier.accept(send)
            filled = self.chance.randint(0, order.quantity)
            status = "COMPLETE" if filled == order.quantity else "OPEN"
            desk = self.copier.desks[send.account_id]
            desk.update(order.order_id, status=status, filled_quantity=filled, average_price=Decimal(1500))
        else:
            dead = SessionExpired("Token is invalid.")
            self.copier.answer(send, dead if self.chance.random() < 0.1 else self.chance.choice(ANSWERS))

    def look(self) -> None:
        self.copier.clock.advance(self.chance.choice([0.1, 1.0, 5.0]))
        self.copier.look()
        self.copier.look_at_all()

    def copy(self) -> None:
        orders = list(self.copier.engine.state.primary_orders)
        if orders:
            named = tuple(self.chance.sample(orders, min(len(orders), self.chance.randint(1, 3))))
            self.compare(PreviewCopies(orders=named), lambda: self.copier.command(CopyOrders, orders=named))

    def retry(self) -> None:
        copies = self.copier.engine.state.copies
        named = tuple(self.chance.sample(list(copies), min(len(copies), self.chance.randint(1, 3))))
        if named:
            ticked = tuple(Ticked(copy_id=id_, seen_state=copies[id_].state) for id_ in named)
            self.compare(
                PreviewRetries(copies=named), lambda: self.copier.command(RetryCopies, copies=ticked)
            )

    def compare(self, query: AnyQuery, act: object) -> None:
        """Preview, act, and see the same; legs of before do not count."""
        assert callable(act)
        engine = self.copier.engine
        before = drawn(engine.state), drawn(engine.lanes), len(self.copier.journal.rows)
        draft = engine.preview(query)
        assert (drawn(engine.state), drawn(engine.lanes), len(self.copier.journal.rows)) == before
        known = {leg.tag for copy in engine.state.copies.values() for leg in copy.legs}
        blocked = set(engine.state.blocked)
        act()
        count = 0
        for row in draft.copies:
            copy = engine.state.copies.get(CopyId(row["copy_id"]))
            new = [leg for leg in copy.legs if leg.tag not in known] if copy else []
            leaving = [leg.order.quantity for leg in new if leg.state in ON_THEIR_WAY]
            if row["account_id"] in blocked:
                continue  # what leaves after a login is clamped then
            assert row["slices"] == leaving
            assert (row["refusal"] is None) == bool(leaving)
            count += len(leaving)
        assert draft.order_count == count


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32))
def test_a_command_does_what_its_preview_said(seed: int) -> None:
    day = _Day(seed)
    for _ in range(STEPS):
        day.step()
    day.copy()
    day.retry()
