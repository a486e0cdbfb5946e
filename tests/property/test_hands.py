"""Whatever is lost or late, in whatever order it arrives: what Tandem asked for is never called a hand's."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.amending import Modification
from app.domain.hands import Asked, changes_by_hand
from app.domain.ids import AccountId
from app.domain.orders import Order
from app.engine.messages import Amend, AmendmentAnswered
from app.ports.broker import Accepted, Unknown
from tests.builders.copier import PRIMARY, Copier
from tests.builders.copies import a_leg_order
from tests.builders.orders import an_order

S1 = AccountId("S1")
KINDS = st.sampled_from(["MARKET", "LIMIT", "SL", "SL-M"])
PRICES = st.decimals(1, 3, places=1)
MODIFICATIONS = st.builds(
    Modification,
    quantity=st.none() | st.integers(1, 9),
    price=st.none() | PRICES,
    trigger_price=st.none() | PRICES,
    order_type=st.none() | KINDS,
)


def taken(order: Order, change: Modification, band: Decimal) -> Order:
    """Show the order as Kite does once it has taken a change: a market order becomes a limit at its band."""
    named: dict[str, Any] = {
        "quantity": change.quantity,
        "price": change.price,
        "trigger_price": change.trigger_price,
        "order_type": change.order_type,
    }
    order = replace(order, **{name: value for name, value in named.items() if value is not None})
    return as_shown(order, band)


def as_shown(order: Order, band: Decimal) -> Order:
    if order.order_type == "MARKET":
        return replace(order, order_type="LIMIT", price=band, tags=("mktp",))
    return order


def triggered(order: Order, band: Decimal, *, keeps_type: bool) -> Order:
    """Let a stop order trigger, shown under its own type or as what it has become."""
    if order.order_type not in {"SL", "SL-M"}:
        return order
    price = band if order.order_type == "SL-M" else order.price
    kind = order.order_type if keeps_type else "LIMIT"
    return replace(order, status="OPEN", price=price, order_type=kind, trigger_price=Decimal(0))


@settings(max_examples=300)
@given(KINDS, st.lists(MODIFICATIONS, max_size=6), st.data())
def test_no_order_of_arrivals_makes_a_hand(
    kind: str, asked_for: list[Modification], data: st.DataObject
) -> None:
    sent = a_leg_order(order_type=kind, quantity=5, price=Decimal(2), trigger_price=Decimal("1.5"))
    asked = Asked().plus(sent)
    status = "TRIGGER PENDING" if kind in {"SL", "SL-M"} else "OPEN"
    shown = an_order(
        order_type=kind, quantity=5, price=sent.price, trigger_price=sent.trigger_price, status=status
    )
    shown = as_shown(shown, data.draw(PRICES))
    known: list[Modification] = []
    for change in asked_for:
        asked = asked.plus(change)
        known.append(change)
        for arriving in data.draw(st.lists(st.sampled_from(known), max_size=3)):
            shown = taken(shown, arriving, data.draw(PRICES))
        if data.draw(st.booleans()):
            shown = triggered(shown, data.draw(PRICES), keeps_type=data.draw(st.booleans()))
        shown = replace(shown, filled_quantity=data.draw(st.integers(0, shown.quantity)))
        wanted = a_leg_order(order_type=data.draw(KINDS), quantity=data.draw(st.integers(1, 9)))
        assert changes_by_hand(shown, asked, wanted) == ()


@given(st.sets(PRICES, min_size=1), PRICES, PRICES, st.integers(0, 9))
def test_a_price_that_was_never_asked_for_is_always_seen(
    asked_for: set[Decimal], shown_price: Decimal, wanted_price: Decimal, filled: int
) -> None:
    asked = Asked()
    for price in sorted(asked_for):
        asked = asked.plus(a_leg_order(quantity=9, price=price))
    shown = an_order(quantity=9, price=shown_price, filled_quantity=filled, status="OPEN")
    found = changes_by_hand(shown, asked, a_leg_order(quantity=9, price=wanted_price))
    assert bool(found) is (shown_price not in asked_for and shown_price != wanted_price)


class LateAndLost(RuleBasedStateMachine):
    """A primary order that keeps changing; amendments lost, late, doubled, and restarts between them."""

    @initialize(kind=st.sampled_from(["LIMIT", "SL"]))
    def place(self, kind: str) -> None:
        self.copier = Copier()
        trigger = Decimal(1) if kind == "SL" else Decimal(0)
        self.primary = self.copier.primary_places(order_type=kind, price=Decimal(2), trigger_price=trigger)
        [self.copy] = self.copier.take_all()
        self.asked_for: list[Amend] = []
        self.unanswered: list[Amend] = []

    @rule(price=PRICES, quantity=st.integers(1, 30))
    def change_the_primary(self, price: Decimal, quantity: int) -> None:
        self.copier.primary_shows(self.primary, price=price, quantity=quantity)

    @precondition(lambda self: self.unanswered)
    @rule(is_lost=st.booleans())
    def answer(self, is_lost: bool) -> None:
        amend = self.unanswered.pop(0)
        outcome = Unknown("timeout") if is_lost else Accepted(amend.order_id)
        self.copier.handle(AmendmentAnswered(S1, amend.tag, outcome))

    @precondition(lambda self: self.asked_for)
    @rule(data=st.data())
    def arrive(self, data: st.DataObject) -> None:
        """Any amendment reaches the broker now, be it the first time or again."""
        amend = data.draw(st.sampled_from(self.asked_for))
        assert amend.modification is not None
        if not self.copier.desks[S1].orders[amend.order_id].is_terminal:
            self.copier.desks[S1].modify(amend.order_id, amend.modification)

    @rule()
    def trigger(self) -> None:
        if self.copier.desks[S1].orders[self.copy.order_id].status == "TRIGGER PENDING":
            self.copier.desks[S1].trigger(self.copy.order_id)

    @rule(seconds=st.floats(0.1, 10))
    def look(self, seconds: float) -> None:
        self.copier.pass_time(seconds)
        self.copier.look_at()

    @rule()
    def restart(self) -> None:
        self.collect()
        self.unanswered.clear()
        self.copier.restart(downtime_s=1)

    @invariant()
    def collect(self) -> None:
        for amend in self.copier.amended:
            self.unanswered.append(amend)
            if amend.modification is not None:
                self.asked_for.append(amend)
        self.copier.amended.clear()

    @invariant()
    def nobody_is_accused(self) -> None:
        said = [alert.fact.text for alert in self.copier.engine.state.alerts]
        assert not [text for text in said if "not by Tandem" in text]
        assert self.copier.desks[PRIMARY].orders


TestLateAndLost = LateAndLost.TestCase
TestLateAndLost.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
