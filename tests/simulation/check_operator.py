"""What the operator cancelled rests nowhere at the end, and what they skipped is shown so."""

from collections.abc import Iterator

from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_RESTING = {"OPEN", "TRIGGER PENDING"}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong; what left against the operator's word was judged when it did."""
    world, snapshot = truth.world, truth.world.snapshot
    if snapshot is None:
        return
    for tag, orders in truth.of_tag.items():
        planned = truth.planned.get(tag)
        if planned is None or planned.fact.copy_id not in world.record.given_up.cancelled:
            continue
        rows = (truth.secondary[order.account_id][order.order_id] for order in orders)
        resting = [row["order_id"] for row in rows if row["status"] in _RESTING]
        # Of a doubled pair one is told of and left alone; which, depends on which a list showed first.
        if len(resting) > (tag in world.doubler.of_tag):
            text = f"{resting} still rest; the operator cancelled {planned.fact.copy_id}."
            yield Violation("operator", text, (tag, *resting, str(planned.fact.copy_id)))
    for copy_id in world.record.given_up.skipped:
        copy = snapshot["copies"].get(copy_id)
        if copy is None or (copy["state"] != "SKIPPED" and not copy["legs"]):
            yield Violation("operator", f"{copy_id} was skipped by the operator and is shown as {copy}.")
