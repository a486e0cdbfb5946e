"""I2: a copy whose orders have all filled gets what an enlarged primary order asks for beyond them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain import events as e
from app.domain.accounts import Rulebook
from app.domain.orders import Order
from tests.simulation.truth import Truth, whole_lots
from tests.simulation.world import Violation

_AT_MOST_S = 1.0
_FOLLOWED = {"OPEN", "TRIGGER PENDING", "COMPLETE"}
_MOST_ORDERS = 10
_NO_LIMIT = 1_000_000_000


@dataclass
class _Leg:
    planned: int
    is_retry: bool
    order_id: str = ""
    filled: int | None = None
    """What it filled, once it has filled whole."""
    is_never_sent: bool = False


@dataclass
class _Copy:
    fact: e.CopyPlanned
    legs: dict[str, _Leg] = field(default_factory=dict)
    is_withdrawn: bool = False
    due_since_s: float | None = None


@dataclass
class _Scene:
    """What the facts say of the copies that are due to grow."""

    rulebook: Rulebook
    primary: dict[str, Order] = field(default_factory=dict)
    copies: dict[str, _Copy] = field(default_factory=dict)
    of_order: dict[str, list[_Copy]] = field(default_factory=dict)
    of_tag: dict[str, _Copy] = field(default_factory=dict)

    def take(self, fact: e.Fact) -> list[_Copy]:
        """Take the next fact in; return the copies that it is about."""
        match fact:
            case e.PrimaryOrderSeen():
                self.primary[str(fact.order.order_id)] = fact.order
                return self.of_order.get(str(fact.order.order_id), [])
            case e.CopyPlanned() | e.LegsAdded():
                return [self._plan(fact)]
            case e.CopyWithdrawn():
                copy = self.copies[str(fact.copy_id)]
                copy.is_withdrawn = True
                return [copy]
            case e.OrderMatched():
                leg = self.of_tag[str(fact.tag)].legs[str(fact.tag)]
                leg.order_id = str(fact.order.order_id)
                leg.filled = fact.order.filled_quantity if fact.order.status == "COMPLETE" else None
            case e.LegMoved():
                leg = self.of_tag[str(fact.tag)].legs[str(fact.tag)]
                leg.is_never_sent = str(fact.state) in {"NOT_SENT", "EXPIRED"}
            case _:
                return []
        return [self.of_tag[str(fact.tag)]]

    def _plan(self, fact: e.CopyPlanned | e.LegsAdded) -> _Copy:
        copy = self.copies.get(str(fact.copy_id))
        if isinstance(fact, e.CopyPlanned):
            copy = self.copies[str(fact.copy_id)] = _Copy(fact, copy.legs if copy else {})
            siblings = self.of_order.setdefault(str(fact.primary_order_id), [])
            siblings[:] = [one for one in siblings if one.fact.copy_id != fact.copy_id] + [copy]
        assert copy is not None
        for leg in fact.legs:
            copy.legs[str(leg.tag)] = _Leg(leg.order.quantity, leg.generation > 0)
        self.of_tag |= dict.fromkeys(copy.legs, copy)
        return copy

    def lacks(self, truth: Truth, copy: _Copy) -> int:
        """Return how many units more a copy should be for; 0 too where that cannot be said."""
        fact, legs = copy.fact, copy.legs.values()
        if str(fact.primary_order_id) in truth.square_offs:
            return 0  # what is behind it never grows
        primary = self.primary[str(fact.primary_order_id)]
        account = self.rulebook.account(fact.account_id)
        is_done = any(leg.filled is not None for leg in legs) and all(
            leg.filled is not None or leg.is_never_sent for leg in legs
        )
        is_touched = any(leg.order_id in truth.world.hands.changed or leg.is_retry for leg in legs)
        if copy.is_withdrawn or account is None or not is_done or is_touched:
            return 0
        if primary.status not in _FOLLOWED or primary.quantity <= fact.basis_quantity:
            return 0
        units = whole_lots(primary.quantity, account.multiplier, truth.instrument(fact.instrument).lot_size)
        if fact.closing_units:
            return units - sum(max(leg.planned, leg.filled or 0) for leg in legs)
        if len(legs) >= _MOST_ORDERS or (primary.status == "COMPLETE" and self._has_left(primary)):
            return 0
        units = min(units, account.max_quantity or _NO_LIMIT)
        lot = truth.instrument(fact.instrument).lot_size
        return units // lot * lot - sum(leg.planned if leg.filled is None else leg.filled for leg in legs)

    def _has_left(self, primary: Order) -> bool:
        """Tell whether the primary holds nothing any more of what an order opened."""
        net = sum(
            order.side.sign * order.filled_quantity
            for order in self.primary.values()
            if (order.instrument, order.product) == (primary.instrument, primary.product)
        )
        return primary.side.sign * net <= 0


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    scene = _Scene(truth.world.setting.rulebook)
    due: list[_Copy] = []
    for at_s, _, fact in truth.world.record.facts[truth.last_loss[1] :]:
        if isinstance(fact, e.EngineStarted | e.RulesChanged):
            scene.rulebook = truth.world.editor.revisions[fact.revision]
            for copy in due:
                copy.due_since_s = at_s
        for copy in due:
            since_s = copy.due_since_s
            if since_s is not None and at_s - since_s > _AT_MOST_S:
                if (units := scene.lacks(truth, copy)) > 0:
                    text = f"{at_s:.3f} s: {copy.fact.copy_id} lacks {units} units since {since_s:.3f} s."
                    yield Violation("I2", text, (str(copy.fact.copy_id), str(copy.fact.account_id)))
                copy.due_since_s = None
        for copy in scene.take(fact):
            is_due = scene.lacks(truth, copy) > 0
            copy.due_since_s = (at_s if copy.due_since_s is None else copy.due_since_s) if is_due else None
        due = [copy for copy in scene.copies.values() if copy.due_since_s is not None]
