"""Square-offs among lost answers, crashes, stops and fills: each leaves once and turns nothing round."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import events as e
from app.domain.copies import ALIVE
from app.domain.ids import AccountId
from app.domain.orders import Phase, Side
from app.domain.positions import held
from app.domain.squaring import is_square_off
from app.engine import service as s
from app.engine.messages import AmendmentAnswered, Send
from app.ports.broker import Accepted, NeverSent, Unknown
from tests.builders.copier import PRIMARY, Copier
from tests.builders.squaring import INFY, S1

ACTIONS = (
    "enter",
    "enter with a limit",
    "leave",
    "protect",
    "square off",
    "square off",
    "accept",
    "accept",
    "lose answer",
    "lose request",
    "refuse connection",
    "amend",
    "lose amendment",
    "fill",
    "look",
    "look",
    "wait",
    "wait long",
    "crash",
    "stop",
    "resume",
)


class Scene:
    """One account, its broker, and an operator; every order that the broker takes is judged."""

    def __init__(self) -> None:
        self.copier = Copier()
        self.desk = self.copier.desks[S1]

    def act(self, action: str) -> None:
        """Let one thing happen."""
        getattr(self, f"_{action.replace(' ', '_')}")()

    def settle(self) -> None:
        """Let nothing go wrong any more, until nothing more happens."""
        self._resume()
        for _ in range(60):
            while self.copier.sent:
                self._accept()
            while self.copier.amended:
                self._amend()
            self._wait()
            self._look()

    def net(self) -> int:
        """Return what the account holds at the broker."""
        return held(self.desk.orders.values(), INFY, "MIS")

    def _enter(self) -> None:
        order = self.copier.primary_places(order_type="MARKET")
        assert order.order_id

    def _enter_with_a_limit(self) -> None:
        order = self.copier.primary_places(price=1400)
        self.copier.desks[PRIMARY].fill(order.order_id)
        self.copier.look()

    def _leave(self) -> None:
        self.copier.primary_places(order_type="MARKET", side=Side.SELL)

    def _protect(self) -> None:
        self.copier.primary_places(order_type="SL", side=Side.SELL, trigger_price=1390, price=1380)

    def _square_off(self) -> None:
        before = self.copier.engine.lanes[S1].held(INFY, "MIS")
        self.copier.command(s.SquareOff, accounts=(S1,), count=int(before != 0))

    def _accept(self) -> None:
        self._take(is_answered=True)

    def _lose_answer(self) -> None:
        self._take(is_answered=False)

    def _lose_request(self) -> None:
        if self.copier.sent:
            self.copier.answer(self.copier.sent.pop(0), Unknown("timeout"))

    def _refuse_connection(self) -> None:
        if self.copier.sent:
            self.copier.answer(self.copier.sent.pop(0), NeverSent("refused"))

    def _amend(self) -> None:
        if self.copier.amended:
            amend = self.copier.amended.pop(0)
            may = self.copier.engine.may_send(amend)
            if may and amend.modification is None and not self.desk.orders[amend.order_id].is_terminal:
                self.desk.cancel(amend.order_id)
            outcome = Accepted(amend.order_id) if may else NeverSent("stopped", is_stopped=True)
            self.copier.handle(AmendmentAnswered(S1, amend.tag, outcome))

    def _lose_amendment(self) -> None:
        if self.copier.amended:
            amend = self.copier.amended.pop(0)
            self.copier.handle(AmendmentAnswered(S1, amend.tag, Unknown("timeout")))

    def _fill(self) -> None:
        resting = [order for order in self.desk.orders.values() if order.phase is Phase.OPEN]
        if resting:
            left = resting[0].quantity - resting[0].filled_quantity
            self.desk.fill(resting[0].order_id, min(4, left))

    def _look(self) -> None:
        self.copier.look()
        self.copier.look_at()

    def _wait(self) -> None:
        self.copier.pass_time(1.0)

    def _wait_long(self) -> None:
        for _ in range(12):
            self.copier.pass_time(3.0)
            self.copier.look_at()

    def _crash(self) -> None:
        self.copier.restart()

    def _stop(self) -> None:
        self.copier.command(s.StopCopying)

    def _resume(self) -> None:
        self.copier.command(s.ResumeCopying)

    def _take(self, *, is_answered: bool) -> None:
        if not self.copier.sent:
            return
        send = self.copier.sent.pop(0)
        if not self.copier.engine.may_send(send):
            self.copier.answer(send, NeverSent("stopped", is_stopped=True))
            return
        if self._closes(send):
            self._judge(send)
        order = self.copier.accept(send, is_answered=False)
        outcome = Accepted(order.order_id) if is_answered else Unknown("timeout")
        self.copier.answer(send, outcome)

    def _closes(self, send: Send) -> bool:
        state = self.copier.engine.state
        copy = state.copy_of(state.leg_of(send.tag))
        return is_square_off(state.primary_orders[copy.primary_order_id].order)

    def _judge(self, send: Send) -> None:
        """It closes no more than is held, beside nothing at rest, and against no stop that came later."""
        net = self.net()
        assert send.order.side.sign * net < 0
        assert send.order.quantity <= abs(net)
        assert not [order.order_id for order in self.desk.orders.values() if not order.is_terminal]
        state, facts = self.copier.engine.state, self.copier.journal.facts
        if state.is_stopped:
            last_stop = max(n for n, fact in enumerate(facts) if isinstance(fact, e.CopyingStopped))
            origin = state.copy_of(state.leg_of(send.tag)).primary_order_id
            since = [fact for fact in facts[last_stop:] if isinstance(fact, e.SquareOffAsked)]
            assert origin in {fact.origin for fact in since}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(ACTIONS), min_size=5, max_size=60))
def test_whatever_happens_a_square_off_leaves_once_and_turns_nothing_round(actions: list[str]) -> None:
    scene = Scene()
    scene.act("enter")
    scene.act("accept")
    scene.act("look")
    for action in actions:
        scene.act(action)
    scene.settle()

    tags = Counter(tag for order in scene.desk.orders.values() for tag in order.our_tags)
    assert set(tags.values()) <= {1}
    state = scene.copier.engine.state
    assert state.square_offs == {}
    closing = [copy for copy in state.copies.values() if copy.primary_order_id.startswith("SQ")]
    assert not [copy for copy in closing if any(leg.state in ALIVE for leg in copy.legs)]
    assert AccountId(S1) not in state.blocked


def test_a_square_off_with_nothing_in_its_way_leaves_the_account_flat() -> None:
    scene = Scene()
    for action in ("enter", "accept", "look", "protect", "accept", "look", "square off"):
        scene.act(action)
    scene.settle()
    assert scene.net() == 0
