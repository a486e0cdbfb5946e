"""I1, I5, I13: nothing is doubled, nothing is unaccounted for, and what was refused has no order."""

from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from hashlib import blake2b

from app.domain import events as e
from tests.builders.rulebook import PRIMARY
from tests.simulation.setting import INSTALL_KEY
from tests.simulation.truth import Accepted, Truth
from tests.simulation.world import Violation


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    for tag, orders in truth.of_tag.items():
        ids = [order.order_id for order in orders]
        if len(orders) > 1:
            yield Violation("I1", f"Two orders under one tag: {ids}", (tag, *ids))
        if tag not in truth.planned:
            yield Violation("I5", f"Order {ids[0]} has the tag {tag}, which no plan names.", (tag, ids[0]))
    for order in truth.accepted:
        if order.entry.tag is None:
            yield Violation("I5", f"Order {order.order_id} has no tag.", (order.order_id,))
    yield from _tags(truth)
    yield from _legs(truth)
    yield from _refused(truth)


def _tags(truth: Truth) -> Iterator[Violation]:
    """A tag follows from what it stands for, and nothing is planned twice."""
    seen: dict[tuple[str, int, int], str] = {}
    yield from _planned_twice(truth)
    for tag, planned in truth.planned.items():
        fact, leg = planned.fact, planned.leg
        number, generation = leg.number, leg.generation
        wanted = _tag_of(truth.world.day, fact.primary_order_id, fact.account_id, number, generation)
        if tag != wanted:
            yield Violation("I1", f"The tag {tag} of {fact.copy_id} should be {wanted}.", (tag, fact.copy_id))
        name = (str(fact.copy_id), leg.number, leg.generation)
        if name in seen:
            yield Violation("I1", f"Planned twice: {name}", (tag, seen[name], fact.copy_id))
        seen[name] = tag


def _planned_twice(truth: Truth) -> Iterator[Violation]:
    """One journal plans a tag once."""
    known: set[str] = set()
    for _, _, fact in truth.world.record.facts[truth.last_loss[1] :]:
        if isinstance(fact, e.CopyPlanned | e.LegsAdded):
            again = [str(leg.tag) for leg in fact.legs if leg.tag in known]
            if again:
                yield Violation("I1", f"{fact.copy_id} was planned twice: {again}", (fact.copy_id, *again))
            known.update(str(leg.tag) for leg in fact.legs)


def _tag_of(day: date, order_id: str, account_id: str, leg: int, generation: int) -> str:
    origin = account_id if order_id.startswith("SQ") else PRIMARY
    parts = (day.isoformat(), origin, order_id, account_id, str(leg), str(generation))
    spelt = "".join(f"{len(part)}:{part}" for part in parts)
    digest = blake2b(spelt.encode(), key=INSTALL_KEY, digest_size=12).digest()
    return "TC" + b32encode(digest).decode()[:18]


def _legs(truth: Truth) -> Iterator[Violation]:
    """One order for each leg, one more for each retry of the operator, and at most one that can trade."""
    legs: dict[tuple[str, int], list[Accepted]] = defaultdict(list)
    newest: dict[str, int] = {}
    for tag, planned in truth.planned.items():
        copy_id = str(planned.fact.copy_id)
        legs[copy_id, planned.leg.number] += truth.of_tag.get(tag, [])
        newest[copy_id] = max(newest.get(copy_id, 0), planned.leg.generation)
    for copy_id, generation in newest.items():
        asked = len(truth.world.operators.retries.get(copy_id, ()))
        if generation > asked:
            text = f"{copy_id} is in generation {generation}, but was retried {asked} times."
            yield Violation("I1", text, (copy_id,))
    for (copy_id, number), orders in legs.items():
        trading = [
            order
            for order in orders
            if truth.secondary[order.account_id][order.order_id]["status"] != "REJECTED"
        ]
        if len(trading) > 1:
            ids = [order.order_id for order in trading]
            yield Violation("I1", f"Leg {number} of {copy_id} trades more than once: {ids}", (copy_id, *ids))


def _refused(truth: Truth) -> Iterator[Violation]:
    for at_s, _, fact in truth.world.record.facts:
        is_refusal = isinstance(fact, e.AttemptEnded) and fact.result is e.AttemptResult.REJECTED
        is_forgotten = any(at_s < lost_s for lost_s, _ in truth.world.record.losses)
        if is_refusal and not is_forgotten and fact.tag in truth.of_tag:  # type: ignore[union-attr]  # narrowed by the line above
            tag = str(fact.tag)  # type: ignore[union-attr]  # as above
            text = f"{tag} was taken for refused, and has order {truth.of_tag[tag][0].order_id}."
            yield Violation("I13", text, (tag,))
