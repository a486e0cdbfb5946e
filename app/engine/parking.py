"""Exits that wait for an entry at rest in their account: for how long, and what they say (docs/adr/0012)."""

from enum import Enum, auto

from app.domain import events as e
from app.domain.copies import Copy, CopyState, Leg
from app.domain.planning import leg_order
from app.domain.reasons import Reason, ReasonCode
from app.engine.lane import Lane
from app.engine.turn import Turn

LOOK_SOON_S = 0.15
"""How soon the account is looked at again for an exit that waits; the longer it waits, the less soon."""


class Waits(Enum):
    """What keeps a leg that may not leave yet. Only behind one that waits for its ENTRY may others leave."""

    LEAVE = auto()
    LOOK = auto()
    ENTRY = auto()


def wait_for_entry(
    turn: Turn, lane: Lane, leg: Leg, entry: Leg, *, allowed: int, wanted: int
) -> Waits | None:
    """Return how an exit goes on waiting for a resting entry, or None where it leaves with what is held.

    At first it waits as any other copy and looks often. After `exit_wait_s` it leaves with what there is to
    close, the rest of it being planned as another leg, which is parked; if there is nothing, it is parked
    itself. What fills while it is parked is collected as long again. While a row of the list cannot be read,
    nothing is parked: that may be the entry, filled.
    """
    waiting, limit_s = lane.waits(leg.tag), turn.rulebook.rules.exit_wait_s
    note_closable(turn, lane, leg, allowed)
    since_s = waiting.since_s
    is_unsure = lane.may_hide(turn.state.copy_of(leg).instrument)
    if allowed == 0 and not is_unsure and (leg.is_parked or _age_s(turn, leg) >= limit_s):
        _park(turn, leg, entry)
        return Waits.ENTRY
    waited_s = max(turn.now_s - since_s, min(_age_s(turn, leg), _rested_s(turn, entry)))
    if leg.is_parked and waiting.partly_since_s is not None:
        since_s = waiting.partly_since_s
        waited_s = turn.now_s - since_s
    if waited_s < limit_s or (allowed == 0 and is_unsure):
        look_again(turn, lane, since_s, is_bounded=True)
        return Waits.LOOK
    if allowed:
        _leave_the_rest(turn, leg, entry, wanted - allowed)
        return None
    _park(turn, leg, entry)
    return Waits.ENTRY


def note_closable(turn: Turn, lane: Lane, leg: Leg, allowed: int) -> None:
    """Note since when there has been something for an exit to close; in its turn it has waited as long."""
    waiting = lane.waits(leg.tag)
    if allowed == 0:
        waiting.partly_since_s = None
    elif waiting.partly_since_s is None:
        waiting.partly_since_s = turn.now_s


def units_refused_before(copy: Copy, leg: Leg) -> int:
    """Return how many units the broker has refused to let the earlier parts of a divided exit close.

    Those are held still, but trying them again part by part would only be refused as often: they are the
    operator's to retry. A retry itself is held up by none.
    """
    if not leg.is_remainder or leg.generation:
        return 0
    refused = (
        other for other in copy.current_legs if other.state is CopyState.REJECTED and other.tag != leg.tag
    )
    return sum(other.quantity - other.filled_quantity for other in refused)


def _age_s(turn: Turn, leg: Leg) -> float:
    """Return how long ago the copy of a leg was planned: a leg that it got later is as old as the copy."""
    planned = [other.planned_at for other in turn.state.copy_of(leg).legs if other.planned_at]
    return (turn.now - min(planned)).total_seconds() if planned else 0.0


def _rested_s(turn: Turn, entry: Leg) -> float:
    """Return how long an entry has had to fill since it was sent."""
    return (turn.now - entry.sent_at).total_seconds() if entry.sent_at else float("inf")


def look_again(turn: Turn, lane: Lane, since_s: float, *, is_bounded: bool) -> None:
    """Ask for another look, and for another turn when a bounded wait is over."""
    lane.want_look(turn.now_s + max(LOOK_SOON_S, (turn.now_s - since_s) / 10))
    over_at_s = since_s + turn.rulebook.rules.exit_wait_s
    if is_bounded and over_at_s > turn.now_s:
        lane.come_again(over_at_s)


def _park(turn: Turn, leg: Leg, entry: Leg) -> None:
    if leg.is_parked:
        return
    text = (
        f"It waits for its entry to fill: order {entry.order_id or entry.tag} ({entry.order.side} "
        f"{entry.quantity - entry.filled_quantity} {entry.order.tradingsymbol}) still rests in this account. "
        "It leaves as soon as there is something to close."
    )
    reason = Reason(ReasonCode.WAITS_FOR_ENTRY, text)
    turn.record(e.LegMoved(tag=leg.tag, state=CopyState.PENDING, reason=reason))


def _leave_the_rest(turn: Turn, leg: Leg, entry: Leg, units: int) -> None:
    """Plan another leg, parked, for what an exit cannot close yet."""
    copy = turn.state.copy_of(leg)
    number = max(other.number for other in copy.legs) + 1
    primary = turn.primary_order_of(copy.copy_id)
    rest = e.LegPlanned(
        tag=turn.tag(primary, copy.account_id, leg=number, generation=0),
        number=number,
        generation=0,
        order=leg_order(primary, turn.rulebook.rules, units),
    )
    turn.record(
        e.LegsAdded(
            copy_id=copy.copy_id,
            primary_order_id=copy.primary_order_id,
            account_id=copy.account_id,
            legs=(rest,),
            split=leg.tag,
        )
    )
    _park(turn, turn.state.leg_of(rest.tag), entry)
