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
    doubled = set(world.doubler.of_tag.values())
    for tag, orders in truth.of_tag.items():
        planned = truth.planned.get(tag)
        if planned is None or planned.fact.copy_id not in world.record.given_up.cancelled:
            continue
        for order in orders:
            row = truth.secondary[order.account_id][order.order_id]
            if row["status"] in _RESTING and order.order_id not in doubled:
                text = f"{order.order_id} still rests; the operator cancelled {planned.fact.copy_id}."
                yield Violation("operator", text, (tag, order.order_id, str(planned.fact.copy_id)))
    for copy_id in world.record.given_up.skipped:
        copy = snapshot["copies"].get(copy_id)
        if copy is None or (copy["state"] != "SKIPPED" and not copy["legs"]):
            yield Violation("operator", f"{copy_id} was skipped by the operator and is shown as {copy}.")
