"""Copies that a person changed or cancelled at the broker: told once, shown, and left alone."""

from app.domain import events as e
from app.domain.copies import RESTING, CopyState, Leg
from app.domain.hands import HandChange, changes_by_hand, terms_of
from app.domain.ids import AccountId, ClientOrderId
from app.domain.orders import Order, Phase
from app.domain.planning import leg_order
from app.domain.reasons import Reason, ReasonCode
from app.engine.lane import Lane
from app.engine.turn import Turn
from app.engine.wanting import wanted_quantity

ENDED_PRIMARY = frozenset({Phase.CANCELLED, Phase.REJECTED})
TELL_AFTER_S = 5.0
"""By then the primary's list was read as well: brokers cancel on both sides at the end of a day."""
LATE_ARRIVALS_S = 90.0
"""So long after a lost journal an amendment of before it may still arrive (Kite forum 41029)."""


def watch_hands(turn: Turn, account_id: AccountId) -> None:
    """Compare what a look shows of an account's copies with all that was ever asked for."""
    lane = turn.lanes[account_id]
    for leg in turn.state.alive_legs(account_id):
        shown = lane.orders.get(leg.order_id) if leg.order_id else None
        if leg.state in RESTING and shown is not None and _is_at_rest(lane, leg, shown):
            seen = _seen(turn, leg, shown)
            if lane.untouched.get(leg.tag) != seen and _compare(turn, leg, shown):
                lane.untouched[leg.tag] = seen
    _watch_cancelled(turn, lane)


def hand_wins(turn: Turn, leg: Leg) -> bool:
    """Tell whether a copy is left as a person made it: until the primary order itself changes."""
    return leg.by_hand is not None and leg.by_hand.holds(turn.primary_order_of(leg.copy_id))


def _is_at_rest(lane: Lane, leg: Leg, shown: Order) -> bool:
    return (
        leg.tag not in lane.amending
        and shown.phase is not Phase.WORKING
        and lane.has_looked_since(lane.amended_at_s.get(leg.tag, float("-inf")))
    )


def _seen(turn: Turn, leg: Leg, shown: Order) -> tuple[object, ...]:
    """Return all by which a hand shows: while it is the same, nothing more is to be said of it."""
    copy = turn.state.copy_of(leg)
    order, instrument = turn.primary_order_of(copy.copy_id), turn.instruments.find(copy.instrument)
    return copy, order, shown, turn.rulebook, instrument


def _compare(turn: Turn, leg: Leg, shown: Order) -> bool:
    """Note what a person changed; tell whether there was nothing to note."""
    copy, primary = turn.state.copy_of(leg), turn.primary_order_of(leg.copy_id)
    if leg.by_hand is not None and not (leg.by_hand.holds(primary) and leg.by_hand.is_seen_in(shown)):
        turn.record(e.FollowedAgain(tag=leg.tag))
    if primary.phase in ENDED_PRIMARY or _may_still_hear_of_the_past(turn, leg):
        return False
    wanted = leg_order(primary, turn.rulebook.rules, wanted_quantity(turn, copy, leg))
    fields = changes_by_hand(shown, leg.asked, wanted)
    if not fields:
        return turn.state.copy_of(leg) is copy
    change = HandChange(fields=fields, shown=terms_of(shown), primary=terms_of(primary))
    turn.record(
        e.ChangedByHand(account_id=copy.account_id, tag=leg.tag, order_id=shown.order_id, change=change)
    )
    text = (
        f"Order {shown.order_id} for {copy.instrument} was changed at the broker, not by Tandem: "
        f"{change.text}. It is left so until the primary order changes; if that is cancelled, so is this."
    )
    turn.alert(text, account_id=copy.account_id, order_id=shown.order_id)
    return False


def _may_still_hear_of_the_past(turn: Turn, leg: Leg) -> bool:
    """Tell whether a leg that was recognised after a lost journal may still get an amendment of before."""
    if leg.attempts or leg.planned_at is None:
        return False
    return (turn.now - leg.planned_at).total_seconds() < LATE_ARRIVALS_S


def _watch_cancelled(turn: Turn, lane: Lane) -> None:
    """Tell of each copy that ended without our asking while its primary order did not."""
    if lane.cancelled_since_s is None:
        legs = (
            leg
            for copy in turn.state.copies.values()
            if copy.account_id == lane.account_id
            for leg in copy.legs
        )
        lane.cancelled_since_s = {leg.tag: turn.now_s for leg in legs if _is_cancelled_by_others(leg)}
    for fact in list(turn.facts):
        if isinstance(fact, e.OrderMatched) and _is_cancelled_by_others(turn.state.leg_of(fact.tag)):
            lane.cancelled_since_s.setdefault(fact.tag, turn.now_s)
            lane.want_look(turn.now_s + TELL_AFTER_S)
    for tag, since_s in list(lane.cancelled_since_s.items()):
        if turn.now_s - since_s >= TELL_AFTER_S:
            del lane.cancelled_since_s[tag]
            _tell_of_cancelled(turn, lane, tag)


def _is_cancelled_by_others(leg: Leg) -> bool:
    is_told = leg.reason is not None and leg.reason.code is ReasonCode.CANCELLED_AT_BROKER
    return leg.state is CopyState.CANCELLED and not leg.is_cancel_asked and not is_told


def _tell_of_cancelled(turn: Turn, lane: Lane, tag: ClientOrderId) -> None:
    """Say that it was not us. The broker itself also cancels: an IOC rest, what market protection left."""
    leg = turn.state.leg_of(tag)
    if turn.primary_order_of(leg.copy_id).phase in ENDED_PRIMARY:
        return
    order = lane.orders.get(leg.order_id) if leg.order_id else None
    words = order.status_message if order is not None else None
    filled = f" with {leg.filled_quantity} of {leg.quantity} filled" if leg.filled_quantity else ""
    said = f" The broker says: {words}" if words else ""
    text = (
        f"Cancelled at the broker, not by Tandem{filled}; the primary order was not. It is not sent again "
        f"by itself: place it in Kite if you want it.{said}"
    )
    reason = Reason(ReasonCode.CANCELLED_AT_BROKER, text, words)
    turn.record(e.LegMoved(tag=tag, state=CopyState.CANCELLED, reason=reason))
    turn.alert(
        f"Order {leg.order_id} for {turn.state.copy_of(leg).instrument}: {text}",
        account_id=lane.account_id,
        order_id=leg.order_id,
    )
