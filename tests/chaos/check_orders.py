"""Doubled and lost: each tag has one order, each eligible primary order one copy in each account."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.evidence import MULTIPLIERS, Evidence, Row, Violation
from tests.chaos.house import SECONDARIES

_UNSETTLED = {"PENDING", "SENDING", "IN_DOUBT"}
_AT_BROKER = {"OPEN", "TRIGGER_PENDING", "PARTIAL", "FILLED", "CANCELLED"}
_RESTING = {"OPEN", "TRIGGER PENDING"}
_COPIED_TYPES = {"MARKET", "LIMIT", "SL"}


def check(seen: Evidence) -> Iterator[Violation]:
    """Yield what is wrong."""
    yield from _one_order_for_each_tag(seen)
    yield from _nothing_without_an_attempt(seen)
    yield from _one_that_trades_for_each_leg(seen)
    for order_id, row in seen.primary.items():
        yield from _copied(seen, order_id, row)
    for tag, rows in seen.tagged().items():
        if tag in seen.planned:
            yield from _quantity(seen, tag, rows[0])


def _one_order_for_each_tag(seen: Evidence) -> Iterator[Violation]:
    tagged = seen.tagged()
    for tag, rows in tagged.items():
        ids = [row["order_id"] for row in rows]
        if len(rows) > 1:
            yield Violation("doubled", f"Two orders under the tag {tag}: {ids}", (tag,))
        if tag not in seen.planned:
            yield Violation("wrong", f"Order {ids[0]} has the tag {tag}, which no plan names.", (tag, ids[0]))
    accepted = [row for row in _placings(seen) if row["outcome"] == "accepted"]
    for tag, count in Counter(row["tag"] for row in accepted).items():
        if count > 1 and len(tagged.get(tag, ())) < 2:
            yield Violation(
                "doubled", f"The exchange accepted {count} orders under the tag {tag}.", (str(tag),)
            )
    for row in accepted:
        if missing := [one for one in row["order_ids"] if one not in seen.lists[row["account"]]]:
            yield Violation("wrong", f"Accepted and not in the order list: {missing}", (str(row["tag"]),))


def _nothing_without_an_attempt(seen: Evidence) -> Iterator[Violation]:
    for tag, count in Counter(str(row["tag"]) for row in _placings(seen)).items():
        if count > seen.attempts[tag]:
            text = f"{count} requests under the tag {tag}, but {seen.attempts[tag]} attempts in the journal."
            yield Violation("wrong", text, (tag,))


def _one_that_trades_for_each_leg(seen: Evidence) -> Iterator[Violation]:
    trading: dict[tuple[str, int], list[str]] = defaultdict(list)
    for tag, rows in seen.tagged().items():
        if tag in seen.planned:
            fact, leg = seen.planned[tag]
            asked = seen.retried[fact.copy_id]
            if leg.generation > asked:
                text = f"{fact.copy_id} is in generation {leg.generation}, and was retried {asked} time(s)."
                yield Violation("doubled", text, (tag, fact.copy_id))
            ids = [row["order_id"] for row in rows if row["filled_quantity"] or row["status"] in _RESTING]
            trading[fact.copy_id, leg.number] += ids
    for (copy_id, number), ids in trading.items():
        if len(ids) > 1:
            yield Violation(
                "doubled", f"Leg {number} of {copy_id} trades more than once: {ids}", (copy_id, *ids)
            )


def _copied(seen: Evidence, order_id: str, row: Row) -> Iterator[Violation]:
    shown = seen.shown["orders"].get(order_id)
    if shown is None:
        yield Violation("lost", f"Primary order {order_id} is not shown.", (order_id,))
        return
    if shown["skipped"] is not None:
        is_copied = row["product"] == "MIS" and row["order_type"] in _COPIED_TYPES
        came_to_nothing = row["status"] in {"CANCELLED", "REJECTED"} and not row["filled_quantity"]
        if is_copied and not came_to_nothing:
            yield Violation("lost", f"{order_id} went to nobody: {shown['skipped']['code']}", (order_id,))
        return
    for account_id in SECONDARIES:
        copy = seen.shown["copies"].get(f"{order_id}:{account_id}")
        if copy is None:
            yield Violation("lost", f"{order_id} has no copy in {account_id}.", (order_id,))
        elif copy["state"] == "PENDING" and _waits_for_an_entry(seen, copy):
            continue
        elif copy["state"] in _UNSETTLED or (copy["state"] not in _AT_BROKER and not copy["reason"]):
            text = f"{copy['copy_id']} ended as {copy['state']} ({copy['reason']})."
            yield Violation("lost", text, (copy["copy_id"], *(leg["tag"] for leg in copy["legs"])))


def _waits_for_an_entry(seen: Evidence, copy: Row) -> bool:
    """Tell an exit that waits for an entry which rests, and what queues behind it."""
    return any(
        other["account_id"] == copy["account_id"]
        and other["instrument"] == copy["instrument"]
        and leg["state"] in {"OPEN", "TRIGGER_PENDING", "PARTIAL"}
        for other in seen.copies
        for leg in other["legs"]
    )


def _quantity(seen: Evidence, tag: str, row: Row) -> Iterator[Violation]:
    """An entry is exactly the multiple of what its primary order was for; every order is whole lots."""
    fact, leg = seen.planned[tag]
    lot = seen.lots[fact.instrument]
    sized = {quantity_of(q, fact.account_id, lot) for q in _quantities(seen, fact.primary_order_id)}
    if leg not in fact.legs:  # added when the primary order was enlarged, for what the others cannot carry
        sized |= {most - carried for most in sized for carried in sized if most > carried}
    keys = (tag, fact.copy_id, fact.primary_order_id)
    if row["quantity"] % lot or not row["quantity"]:
        yield Violation("wrong", f"{row['quantity']} units are no whole lots of {lot}.", keys)
    elif fact.closing_units == 0 and leg.generation == 0 and row["quantity"] not in sized:
        yield Violation("wrong", f"{fact.copy_id} has {row['quantity']} units, not {sorted(sized)}.", keys)


def quantity_of(quantity: int, account_id: str, lot: int) -> int:
    """Return what an account's copy of so many units has to have."""
    return int(MULTIPLIERS[account_id] * quantity / lot) * lot


def _quantities(seen: Evidence, order_id: str) -> set[int]:
    """Return every quantity that a primary order was seen to be for, and what it had filled by then."""
    found: set[int] = set()
    for recorded in seen.facts:
        order = getattr(recorded.fact, "order", None)
        if getattr(order, "order_id", None) == order_id:
            found |= {order.quantity, order.filled_quantity}  # type: ignore[union-attr]  # checked the line above
    return found - {0}


def _placings(seen: Evidence) -> list[Row]:
    return [row for row in seen.ledger if row["action"] == "place" and row["account"] in SECONDARIES]
