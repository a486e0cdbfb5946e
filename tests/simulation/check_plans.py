"""I3 and ADR 0010: every plan is the exact rule, worked out anew from the facts before it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.domain import events as e
from app.domain.accounts import Account
from app.domain.orders import Order
from tests.simulation.truth import RECOGNISED, Age, Truth, whole_lots
from tests.simulation.world import Violation

_MAY_FILL = {"PENDING", "SENDING", "IN_DOUBT", "OPEN", "TRIGGER PENDING", "PARTIAL", "TRIGGER_PENDING"}
_NOT_FILLING = {"COMPLETE", "CANCELLED", "CANCELLED AMO", "REJECTED"}


@dataclass
class _Leg:
    primary_order_id: str
    account_id: str
    quantity: int
    state: str = "PENDING"
    filled: int = 0


@dataclass
class _Books:
    """What the facts so far say of the primary's orders, of square-offs and of our legs."""

    age: Callable[[str], Age]
    primary: dict[str, Order] = field(default_factory=dict)
    legs: dict[str, _Leg] = field(default_factory=dict)
    of_copy: dict[tuple[str, str], dict[str, _Leg]] = field(default_factory=dict)

    def take(self, fact: e.Fact) -> None:
        match fact:
            case e.PrimaryOrderSeen():
                self.primary[str(fact.order.order_id)] = fact.order
            case e.SquareOffDecided() if fact.order is not None:
                self.primary[str(fact.origin)] = fact.order
            case e.CopyPlanned() | e.LegsAdded():
                for one in fact.legs:
                    copy = (str(fact.primary_order_id), str(fact.account_id))
                    leg = self.legs[str(one.tag)] = _Leg(*copy, one.order.quantity)
                    self.of_copy.setdefault(copy, {})[str(one.tag)] = leg
            case e.AttemptStarted():
                self.legs[str(fact.tag)].quantity = fact.order.quantity
                self.legs[str(fact.tag)].state = "SENDING"
            case e.AttemptEnded() | e.LegMoved():
                self.legs[str(fact.tag)].state = str(fact.state)
            case e.OrderMatched():
                leg = self.legs[str(fact.tag)]
                leg.quantity, leg.filled = fact.order.quantity, fact.order.filled_quantity
                leg.state = fact.order.status if fact.order.status in _NOT_FILLING else "OPEN"
            case e.EngineStarted():
                for leg in self.legs.values():
                    leg.state = "IN_DOUBT" if leg.state == "SENDING" else leg.state
            case _:
                pass

    def held_before(self, order: Order) -> int:
        """Return what the primary held before an order, by the ids, which ascend; stamps are moved."""
        return sum(
            other.side.sign * other.filled_quantity
            for other in self.primary.values()
            if _is_beside(other, order) and self.age(other.order_id) < self.age(order.order_id)
        )

    def copied_against(self, account_id: str, order: Order, lot: int) -> int:
        """Return what our copies of older orders hold against an order, once as far as the primary is."""
        net = 0
        for order_id, older in self.primary.items():
            if _is_beside(older, order) and self.age(order_id) < self.age(order.order_id):
                net += older.side.sign * self._caught_up(account_id, order_id, lot)
        return max(-order.side.sign * net, 0)

    def _caught_up(self, account_id: str, order_id: str, lot: int) -> int:
        mine = self.of_copy.get((order_id, account_id), {}).values()
        filled, primary = sum(leg.filled for leg in mine), self.primary[order_id]
        total = filled + sum(leg.quantity - leg.filled for leg in mine if leg.state in _MAY_FILL)
        if primary.status != "COMPLETE":
            total = total * primary.filled_quantity // primary.quantity // lot * lot
        return max(total, filled)


def _is_beside(other: Order, order: Order) -> bool:
    """Tell whether two orders are of one instrument and product."""
    return (other.tradingsymbol, other.exchange, other.product) == (
        order.tradingsymbol,
        order.exchange,
        order.product,
    )


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    books = _Books(truth.age)
    rulebook = truth.world.setting.rulebook
    lost = {facts for _, facts in truth.world.record.losses}
    for number, (_, _, fact) in enumerate(truth.world.record.facts):
        if number in lost:
            books = _Books(truth.age)
        if isinstance(fact, e.EngineStarted | e.RulesChanged):
            rulebook = truth.world.editor.revisions[fact.revision]
        is_square_off = getattr(fact, "primary_order_id", None) in truth.square_offs
        if isinstance(fact, e.CopyPlanned) and not fact.legs[0].generation and not is_square_off:
            account = rulebook.account(fact.account_id)
            if account is not None and fact.requested_by != RECOGNISED:
                yield from _plan(truth, books, fact, account)
        books.take(fact)


def _plan(truth: Truth, books: _Books, fact: e.CopyPlanned, account: Account) -> Iterator[Violation]:
    order = books.primary[str(fact.primary_order_id)]
    lot = truth.instrument(order.instrument).lot_size
    copied = books.copied_against(str(fact.account_id), order, lot)
    before = books.held_before(order)
    units = order.filled_quantity if order.status in {"CANCELLED", "REJECTED"} else order.quantity
    closed = min(units, max(-order.side.sign * before, 0))
    wanted = {_sizes(truth, account, order, (units, closed, before), copied)}
    if 0 < closed < units:
        wanted.add(_sizes(truth, account, order, (closed, closed, before), copied))
    total = sum(leg.order.quantity for leg in fact.legs)
    if (fact.closing_units, total - fact.closing_units) not in wanted:
        text = (
            f"{fact.copy_id} closes {fact.closing_units} of {total} units; right would be one of "
            f"{sorted(wanted)} (closing, opening): the primary held {before}, the copies {copied}."
        )
        yield Violation("I3", text, (str(fact.copy_id), str(fact.account_id), str(fact.primary_order_id)))


def _sizes(
    truth: Truth, account: Account, order: Order, units: tuple[int, int, int], copied: int
) -> tuple[int, int]:
    """Return how many units close and how many open."""
    whole, closed, before = units
    lot = truth.instrument(order.instrument).lot_size
    closing = whole_lots(closed, account.multiplier, lot)
    opening = 0 if closed == whole else whole_lots(whole, account.multiplier, lot) - closing
    is_all = 0 < closed == abs(before)
    return (max(closing, copied) if is_all else closing), opening
