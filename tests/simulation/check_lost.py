"""I2, I8: each primary order has a copy in each account, final or saying what it waits for."""

from collections.abc import Iterator
from typing import Any

from app.domain import events as e
from app.domain.ids import AccountId, is_our_tag
from tests.builders.rulebook import PRIMARY
from tests.simulation.parking import is_rightly_parked
from tests.simulation.truth import Truth
from tests.simulation.world import Violation

_UNSETTLED = {"PENDING", "SENDING", "IN_DOUBT"}
_AT_BROKER = {"OPEN", "TRIGGER_PENDING", "PARTIAL", "FILLED", "CANCELLED"}
_HOLDING = {"SEEN_LATE", "MANUAL_MODE", "COPYING_STOPPED", "ORDER_LIST_UNREADABLE"}
_MAY_STOP_AN_EXIT = {"NOTHING_HELD", "PRIMARY_CANCELLED", "QUANTITY_SUB_LOT", "ABSENT_FROM_ORDER_LIST"}


def check(truth: Truth) -> Iterator[Violation]:
    """Yield what is wrong."""
    snapshot = truth.world.snapshot
    if snapshot is None:
        yield Violation("I8", "No engine was running at the end.")
        return
    yield from _square_offs(truth, snapshot)
    for order_id, row in truth.primary.items():
        shown = snapshot["orders"].get(order_id)
        if shown is None:
            yield Violation("I2", f"Primary order {order_id} is not shown.", (order_id,))
            continue
        if shown["skipped"] is not None:
            yield from _skipped(truth, row, shown["skipped"]["code"])
            continue
        if row["placed_by"] != PRIMARY:
            yield Violation("rule 16", f"{order_id} of the risk desk was not skipped.", (order_id,))
        for account_id in truth.secondary:
            copy = snapshot["copies"].get(f"{order_id}:{account_id}")
            if copy is None and truth.decided[order_id].account(AccountId(account_id)) is None:
                continue
            if copy is None:
                text = f"Primary order {order_id} ({row['status']}) has no copy in {account_id}."
                yield Violation("I2", text, (order_id, account_id))
            else:
                yield from _copy(truth, copy)


def _square_offs(truth: Truth, snapshot: Any) -> Iterator[Violation]:
    """Each square-off was decided, and what became of its copy is settled."""
    pending: dict[str, str] = {}
    for at_s, _, fact in truth.world.record.facts[truth.last_loss[1] :]:
        match fact:
            case e.SquareOffAsked():
                said = f"{fact.instrument} was to be squared off in {fact.account_id} at {at_s:.3f} s"
                pending[fact.origin] = said
            case e.SquareOffDecided():
                pending.pop(fact.origin, None)
            case _:
                pass
    for origin, said in pending.items():
        yield Violation("I8", f"{said}, and that is undecided at the end.", (origin,))
    for copy in snapshot["copies"].values():
        if copy["primary_order_id"] in truth.square_offs:
            yield from _copy(truth, copy)


def _skipped(truth: Truth, row: dict[str, Any], code: str) -> Iterator[Violation]:
    if row["placed_by"] != PRIMARY and code == "RMS_SQUARE_OFF":
        return
    if code == "OWN_ORDER" and is_our_tag(str(row["tag"])):
        return
    allowed = {str(kind) for kind in truth.decided[row["order_id"]].rules.order_types}
    kinds = {past["order_type"] for past in truth.past(row["order_id"])}
    is_protected = "MARKET" not in allowed and any("mktp" in str(tag) for tag in row.get("tags") or ())
    is_copied = row["product"] == "MIS" and kinds <= allowed and not is_protected
    came_to_nothing = row["status"] in {"CANCELLED", "REJECTED"} and row["filled_quantity"] == 0
    if is_copied and not came_to_nothing:
        yield Violation("I2", f"{row['order_id']} was copied to nobody ({code}).", (row["order_id"],))


def _copy(truth: Truth, copy: Any) -> Iterator[Violation]:
    keys = (
        copy["copy_id"],
        copy["account_id"],
        copy["primary_order_id"],
        *(leg["tag"] for leg in copy["legs"]),
    )
    state, reason = copy["state"], copy["reason"]
    if state == "PENDING" and is_rightly_parked(truth, copy):
        return
    if state in _UNSETTLED:
        yield Violation("I8", f"{copy['copy_id']} is still {state} at the end ({reason}).", keys)
    elif state == "HELD" and (reason is None or reason["code"] not in _HOLDING):
        yield Violation("I2", f"{copy['copy_id']} is held for no reason: {reason}", keys)
    elif state not in _AT_BROKER and reason is None:
        yield Violation("I2", f"{copy['copy_id']} is {state} without a reason.", keys)
    if _is_exit(truth, copy) and state in {"DENIED", "EXPIRED", "SKIPPED"}:
        code = reason["code"] if reason else None
        tags = (leg["tag"] for leg in copy["legs"])
        planned_s = min(truth.planned[tag].at_s for tag in tags if tag in truth.planned)
        is_off = code == "ACCOUNT_OFF" and truth.was_switched_off(copy["account_id"], planned_s)
        if code not in _MAY_STOP_AN_EXIT and not is_off:
            yield Violation(
                "exit", f"The exit {copy['copy_id']} was stopped by an entry's guard: {code}", keys
            )


def _is_exit(truth: Truth, copy: Any) -> bool:
    planned = [truth.planned[leg["tag"]].fact for leg in copy["legs"] if leg["tag"] in truth.planned]
    return bool(planned) and planned[0].closing_units > 0 and planned[0].opening_units == 0
