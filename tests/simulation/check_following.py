"""I9: what its primary order has become is seen before a copy leaves, and no copy is changed too often."""

from collections import Counter
from collections.abc import Iterator

from app.domain import events as e
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_GONE = {"CANCELLED", "REJECTED"}
_MOST_AMENDMENTS = 20
"""Kite allows 25 modifications of an order; five stay for the operator."""


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _left_for_nothing(truth)
    changed = Counter(sent.order_id for sent in truth.world.record.sent if sent.action == "modify")
    for order_id, times in changed.items():
        if times > _MOST_AMENDMENTS and not truth.world.record.losses:
            yield Violation("I9", f"{order_id} was modified {times} times.", (str(order_id),))


def _left_for_nothing(truth: Truth) -> Iterator[Violation]:
    """Nothing leaves for a primary order that is known to have ended without a fill."""
    gone: set[str] = set()
    for at_s, _, fact in truth.world.record.facts:
        match fact:
            case e.PrimaryOrderSeen(order=order):
                if order.status in _GONE and order.filled_quantity == 0:
                    gone.add(order.order_id)
            case e.AttemptStarted() if fact.tag in truth.planned:
                order_id = truth.planned[fact.tag].fact.primary_order_id
                if order_id in gone:
                    text = f"{at_s:.3f} s: {fact.tag} left, and {order_id} had ended without a fill."
                    yield Violation("I9", text, (str(fact.tag), order_id))
            case _:
                pass
