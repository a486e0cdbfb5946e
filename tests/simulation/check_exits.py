"""Exits: what is meant for entries stops none when it is planned, and none is given up for an old look."""

from collections.abc import Iterator

from app.domain import events as e
from app.domain.copies import CopyState
from app.domain.orders import Order
from app.domain.reasons import ReasonCode
from tests.simulation.parking import spoken_for
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_FOR_ENTRIES = {
    ReasonCode.ACCOUNT_CLOSE_ONLY,
    ReasonCode.SYMBOL_NOT_ALLOWED,
    ReasonCode.QUANTITY_ABOVE_LIMIT,
}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _stopped_by_a_guard(truth)
    if not truth.world.drawn.may_be_stale and "hand places" not in truth.happened:
        yield from _given_up(truth)


def _stopped_by_a_guard(truth: Truth) -> Iterator[Violation]:
    """Of what the primary order was to the primary's position at that moment, by what was known of it."""
    known: dict[str, Order] = {}
    for at_s, _, fact in truth.world.record.facts:
        if isinstance(fact, e.PrimaryOrderSeen):
            known[fact.order.order_id] = fact.order
        if not isinstance(fact, e.CopySettled) or fact.reason is None or fact.reason.code not in _FOR_ENTRIES:
            continue
        order = known[fact.primary_order_id]
        if _is_exit(order, list(known.values())):
            text = f"{at_s:.3f} s: the exit {fact.copy_id} is {fact.state}: {fact.reason.text}"
            yield Violation("exit", text, (fact.copy_id, fact.account_id))


def _is_exit(order: Order, known: list[Order]) -> bool:
    before = sum(
        other.side.sign * other.filled_quantity
        for other in known
        if (other.instrument, other.product) == (order.instrument, order.product)
        and other.seniority < order.seniority
    )
    return 0 < order.quantity <= -order.side.sign * before


def _given_up(truth: Truth) -> Iterator[Violation]:
    """An exit ends for want of a holding only by a list that shows all that was answered before."""
    answered_s: dict[tuple[str, str], float] = {}
    for at_s, _, fact in truth.world.record.facts:
        planned = truth.planned.get(getattr(fact, "tag", ""))
        if planned is None or planned.leg.number or len(planned.fact.legs) > 1:
            continue  # of several slices the older may take all there is
        account_id, key = planned.fact.account_id, planned.fact.instrument
        if isinstance(fact, e.AttemptEnded):
            answered_s[account_id, key] = at_s
        is_given_up = isinstance(fact, e.LegMoved) and fact.state is CopyState.DENIED
        if is_given_up and fact.reason and fact.reason.code is ReasonCode.NOTHING_HELD:  # type: ignore[union-attr]  # narrowed on the left
            looked_s = truth.world.record.looked_before(account_id, at_s)
            nets = truth.held(account_id, key, max(looked_s, answered_s.get((account_id, key), 0.0)), at_s)
            least = min(-planned.fact.side.sign * net for net in nets) - spoken_for(truth, planned, at_s)
            if least > 0:
                text = f"{at_s:.3f} s: {planned.fact.copy_id} was given up, though {least} units were held."
                yield Violation("exit", text, (planned.fact.copy_id, account_id))
