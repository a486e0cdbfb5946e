"""Rule 10: what nobody watched being placed waits for a tick; what was watched does not."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from app.domain import events as e
from tests.builders.rulebook import PRIMARY
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_SLACK_S = 3.0
"""Both ends of a gap are known by the broker's clock, in whole seconds, and looks take their time."""
_OPENING_S = 5.0
"""A look begins before its request leaves: opening a connection may take that long, which is no gap."""
_YOUNG_S = 6.0
_MAY_BE_FORGOTTEN = 6
"""Looks that the journal may lack: a crash loses the newest ones. A start's own does not count either, which
is one more for each life, and all that there is where the disk is full."""
_IST = timezone(timedelta(hours=5, minutes=30))


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    limit_s = truth.world.setting.rulebook.rules.restart_gap_s
    seen: dict[str, float] = {}
    downs = [event.at_s for event in truth.world.history.events if event.what == "down"]
    lost = {facts for _, facts in truth.world.record.losses}
    for number, (at_s, _, fact) in enumerate(truth.world.record.facts):
        if number in lost:
            seen.clear()
        if isinstance(fact, e.PrimaryOrderSeen) and fact.order.order_id not in seen:
            order_id = str(fact.order.order_id)
            seen[order_id] = _gap_s(truth, at_s)
            deaths = sum(1 for died_s in downs if at_s - limit_s - _SLACK_S < died_s <= at_s)
            gap_s = _gap_s(truth, at_s, looks=_MAY_BE_FORGOTTEN + deaths)
            age_s = at_s - _placed_s(truth, order_id)
            if fact.late is not None and gap_s < limit_s - _SLACK_S and 0 <= age_s < _YOUNG_S:
                text = (
                    f"{order_id} was {age_s:.1f} s old, after {gap_s:.1f} s without a look: {fact.late.text}"
                )
                yield Violation("rule 10", text, (order_id,))
        if isinstance(fact, e.CopyPlanned) and fact.requested_by == "engine":
            gap_s = seen.get(str(fact.primary_order_id), 0.0)
            if gap_s > limit_s + _SLACK_S + _OPENING_S and not fact.legs[0].generation:
                text = f"{fact.copy_id} was copied silently after {gap_s:.1f} s in which nobody looked."
                yield Violation("rule 10", text, (str(fact.copy_id), str(fact.primary_order_id)))


def _gap_s(truth: Truth, at_s: float, *, looks: int = 1) -> float:
    """Return how long before a look, the one taken in at a moment, an earlier one had begun."""
    answered = truth.world.record.answered.get(PRIMARY, [])
    asked = truth.world.record.asked.get(PRIMARY, [])
    last = bisect_right(answered, at_s + 1e-9) - 1
    lost_s = max((lost_s for lost_s, _ in truth.world.record.losses if lost_s <= at_s), default=-1.0)
    if last < looks or answered[last - looks] < lost_s:
        return float("inf")
    return asked[last] - asked[last - looks]


def _placed_s(truth: Truth, order_id: str) -> float:
    """Return when a primary order was placed, in seconds of the run; long ago where nobody knows."""
    row = truth.primary.get(order_id)
    if row is None:
        return float("inf")
    stamp = datetime.fromisoformat(str(truth.past(order_id)[0]["order_timestamp"])).replace(tzinfo=_IST)
    return truth.world.run_s(stamp)
