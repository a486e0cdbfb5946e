"""What a secondary's order list says about our copies: adoption by tag, absence, and what nobody expected."""

from app.domain import events as e
from app.domain.copies import AT_BROKER, RESTING, CopyState, IllegalMoveError, Leg, check_move
from app.domain.ids import ClientOrderId
from app.domain.orders import Order
from app.domain.reasons import Reason, ReasonCode
from app.domain.reconciliation import SETTLE_S, find_by_tag, is_absent, is_undecidable
from app.engine.answering import block
from app.engine.diverging import note_reduction, tell_of_shortfall
from app.engine.lane import Doubt, Lane, Stranger
from app.engine.messages import SecondaryListRead
from app.engine.recognising import recognise
from app.engine.reported import matched_fields
from app.engine.turn import Turn
from app.engine.unreadable import tell_of_foreign, tell_of_status, tell_of_unreadable

ENDED = AT_BROKER - RESTING
STRANGER_AFTER_S = 10.0
"""By then the primary's list was read as well, which is what tags are compared with."""


def take_secondary_list(turn: Turn, message: SecondaryListRead) -> None:
    """Take an account's order list: adopt our orders, and count the looks that miss one in doubt."""
    lane = turn.lanes[message.account_id]
    is_first = lane.looked_at_s is None
    lane.take_list(message.order_list, message.began_at_s)
    if is_first or turn.state.unexpected.get(lane.account_id):
        turn.state.changed.accounts[lane.account_id] = None
    if is_first or not message.order_list.is_unchanged:
        _match(turn, lane)
    if lane.strangers:
        recognise(turn, lane)
        _match(turn, lane)
        _report_strangers(turn, lane)
    _count_absences(turn, lane, message.began_at_s)
    _report_lost(turn, lane)
    tell_of_unreadable(turn, lane)


def _match(turn: Turn, lane: Lane) -> None:
    found = find_by_tag(lane.orders.values())
    for tag, orders in found.items():
        leg = turn.state.leg(tag)
        is_alone = len(orders) == 1 and tag not in lane.hidden
        if leg is not None and is_alone and lane.matched.get(tag) == (leg, orders[0]):
            continue
        chosen = _choose(leg, orders)
        if leg is not None:
            lane.strangers.pop(tag, None)
            if adopt_if_fits(turn, lane, leg, chosen):
                lane.matched[tag] = (leg, chosen)
        else:
            lane.strangers.setdefault(tag, Stranger(chosen, turn.now_s))
        if len(orders) > 1:
            _report_duplicates(turn, lane, tag, chosen, orders)
    for leg in turn.state.alive_legs(lane.account_id):
        if leg.tag not in found and leg.order_id in lane.orders:
            adopt_if_fits(turn, lane, leg, lane.orders[leg.order_id])


def _choose(leg: Leg | None, orders: list[Order]) -> Order:
    orders = [order for order in orders if leg is None or _fits(leg, order)] or orders
    known = (order for order in orders if leg is not None and order.order_id == leg.order_id)
    return next(known, min(orders, key=lambda order: order.seniority))


def _fits(leg: Leg, order: Order) -> bool:
    """Tell whether an order can be a leg's: an answer, and so its number, may be another request's."""
    is_its_own = leg.tag in order.our_tags or not order.our_tags
    sent = (f"{leg.order.exchange}:{leg.order.tradingsymbol}", leg.order.side)
    return is_its_own and (order.instrument, order.side) == sent


def adopt_if_fits(turn: Turn, lane: Lane, leg: Leg, order: Order) -> bool:
    """Adopt an order that has a leg's tag or number, unless it is an order for something else.

    Return whether the leg had nothing to learn from it, nor will have while both are the same.
    """
    if not _fits(leg, order):
        tell_of_foreign(turn, lane, leg, order)
        return False
    lane.unhide(leg.tag)
    tell_of_status(turn, lane, order)
    return adopt(turn, lane, leg, order)


def adopt(turn: Turn, lane: Lane, leg: Leg, order: Order) -> bool:
    """Let the broker's word be the leg's state; a move the table forbids stops the account.

    Return whether it was so already.
    """
    if _is_older_than_known(leg, order):
        return True
    fields = matched_fields(leg, order)
    if all(getattr(leg, name) == value for name, value in fields.items()):
        return True
    try:
        check_move(leg.tag, leg.state, CopyState(str(fields["state"])))
    except IllegalMoveError:
        text = (
            f"Order {order.order_id} is {order.status} at the broker, but was {leg.state} for Tandem before. "
            "This should not happen: check the account in Kite, then resume."
        )
        block(turn, lane.account_id, ReasonCode.ILLEGAL_MOVE, text)
        return False
    _report_second_trade(turn, lane, leg, order)
    was_in_doubt = leg.state in {CopyState.IN_DOUBT, CopyState.NEEDS_OPERATOR, CopyState.SENDING}
    turn.record(e.OrderMatched(account_id=lane.account_id, tag=leg.tag, order=order))
    lane.doubts.pop(leg.tag, None)
    now = turn.state.leg_of(leg.tag)
    if now.state is CopyState.CANCELLED and now.is_cancel_asked:
        note_reduction(turn, now)
        tell_of_shortfall(turn, lane, now)
    if was_in_doubt:
        lane.touched_at_s[order.instrument] = min(turn.now_s, lane.looked_at_s or turn.now_s)
    return False


def _is_older_than_known(leg: Leg, order: Order) -> bool:
    """Tell a list that is older than what the journal knows of the same order (rule 9).

    Within a life of the process the lane's merge sees to that; the first list after a start has nothing
    else to be merged with, and Kite may serve one some seconds old.
    """
    if leg.order_id != order.order_id or order.is_terminal:
        return False
    return leg.state in ENDED or order.filled_quantity < leg.filled_quantity


def _report_second_trade(turn: Turn, lane: Lane, leg: Leg, order: Order) -> None:
    """Tell when an attempt that had been given up turns up beside the retry that took its place."""
    given_up = leg.state in {CopyState.NEEDS_OPERATOR, CopyState.FAILED, CopyState.EXPIRED}
    others = (
        other
        for other in turn.state.copy_of(leg).legs
        if other.number == leg.number and other.tag != leg.tag and (other.filled_quantity or other.order_id)
    )
    other = next(others, None)
    if given_up and other is not None and lane.report_once(f"second {leg.tag}"):
        text = (
            f"Order {order.order_id} was found after its copy had been retried as {other.order_id}. One copy "
            "may trade twice: check the account in Kite now."
        )
        turn.alert(text, account_id=lane.account_id, order_id=order.order_id)


def _count_absences(turn: Turn, lane: Lane, began_at_s: float) -> None:
    for leg in turn.state.alive_legs(lane.account_id):
        if leg.state is not CopyState.IN_DOUBT:
            continue
        doubt = lane.doubts.setdefault(leg.tag, Doubt(began_at_s))
        if began_at_s < doubt.since_s:
            continue
        doubt.looks += 1
        doubt.clean_looks += not lane.unreadable
        reason = _why_ask(lane, leg, doubt, turn.now_s - doubt.since_s)
        if reason is not None:
            turn.record(e.LegMoved(tag=leg.tag, state=CopyState.NEEDS_OPERATOR, reason=reason))
            lane.doubts.pop(leg.tag)


def _why_ask(lane: Lane, leg: Leg, doubt: Doubt, age_s: float) -> Reason | None:
    """Return why the operator is asked about a leg in doubt now; None while looking goes on.

    Only lists of which every row was read prove that it is absent.
    """
    if leg.tag in lane.hidden:
        text = "It is in the order list, but cannot be read. Look at it in Kite; do not place it again."
    elif is_absent(age_s, doubt.clean_looks):
        text = (
            f"Not in the order list {SETTLE_S:.0f} s after its answer was lost. It was most likely never "
            "placed. Check Kite, then retry it if you want it."
        )
        return Reason(ReasonCode.ABSENT_FROM_ORDER_LIST, text)
    else:
        text = (
            "Not among the orders that can be read, but its order list has rows that cannot: one of them may "
            "be it. Look in Kite, and retry it only if it is not there."
        )
    return Reason(ReasonCode.ORDER_LIST_UNREADABLE, text) if is_undecidable(age_s, doubt.looks) else None


def _report_strangers(turn: Turn, lane: Lane) -> None:
    """Tell once of an order under a tag of ours that no primary order of today accounts for."""
    for tag, stranger in lane.strangers.items():
        order = stranger.order
        if turn.now_s - stranger.since_s >= STRANGER_AFTER_S and _is_unreported(turn, lane, order):
            turn.record(e.UnexpectedOrderSeen(account_id=lane.account_id, tag=tag, order=order))
            text = (
                f"Order {order.order_id} for {order.instrument} carries a tag of Tandem that its journal "
                "does not know. It was left alone; check it in Kite."
            )
            turn.alert(text, account_id=lane.account_id, order_id=order.order_id)


def _report_lost(turn: Turn, lane: Lane) -> None:
    """Tell once when an order that the broker had accepted is not in its list."""
    for leg in turn.state.alive_legs(lane.account_id):
        if leg.state not in RESTING or leg.order_id is None or leg.order_id in lane.orders:
            continue
        if leg.tag in lane.hidden or lane.hides(leg.order_id):
            continue
        waited_s = (turn.now - leg.answered_at).total_seconds() if leg.answered_at else 0.0
        if waited_s > SETTLE_S and lane.report_once(f"lost {leg.tag}"):
            text = (
                f"Order {leg.order_id} was accepted but is not in the account's order list. Check it in Kite."
            )
            turn.alert(text, account_id=lane.account_id, order_id=leg.order_id)


def _report_duplicates(
    turn: Turn, lane: Lane, tag: ClientOrderId, chosen: Order, orders: list[Order]
) -> None:
    """Tell once of each order beside the one that a tag is taken to be."""
    for order in orders:
        if order is chosen or not _is_unreported(turn, lane, order):
            continue
        fact = e.UnexpectedOrderSeen(account_id=lane.account_id, tag=tag, order=order, beside=chosen.order_id)
        turn.record(fact)
        ids = f"{chosen.order_id}, {order.order_id}"
        text = f"Two orders carry one tag ({ids}). One copy was placed twice: check the account in Kite now."
        turn.alert(text, account_id=lane.account_id, order_id=order.order_id)


def _is_unreported(turn: Turn, lane: Lane, order: Order) -> bool:
    return order.order_id not in turn.state.unexpected.get(lane.account_id, {})
