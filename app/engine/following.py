"""How resting copies follow their primary order: modifications and cancellations, compared on each look."""

from app.domain import events as e
from app.domain.accounts import RestPolicy
from app.domain.amending import MAX_AMENDMENTS, Cancellation, amendment
from app.domain.cancelling import is_over_for_operator
from app.domain.copies import RESTING, Leg, LegOrder
from app.domain.ids import AccountId, OrderId, copy_id
from app.domain.orders import Order, OrderType, Phase
from app.domain.planning import as_it_rests, leg_order
from app.domain.reasons import Reason, ReasonCode
from app.engine.exposure import free_units
from app.engine.hands import hand_wins
from app.engine.lane import Lane
from app.engine.messages import Amend, budget_key
from app.engine.refused_changes import forget_failure, may_ask
from app.engine.resting import behind_filled_primary, policy_for
from app.engine.turn import Turn
from app.engine.wanting import wanted_quantity


def follow_order(turn: Turn, order_id: OrderId) -> None:
    """Send what makes the resting copies of one primary order, which has changed, like it."""
    for account_id, lane in turn.lanes.items():
        copy = turn.state.copies.get(copy_id(order_id, account_id))
        for leg in copy.legs if copy is not None else ():
            _follow(turn, lane, leg)


def follow_account(turn: Turn, account_id: AccountId) -> None:
    """Send what makes the resting copies of one account, which was looked at, like their primary orders."""
    lane = turn.lanes[account_id]
    for leg in turn.state.alive_legs(account_id):
        if leg.state in RESTING:
            _follow(turn, lane, leg)


def _follow(turn: Turn, lane: Lane, leg: Leg) -> None:
    if leg.state not in RESTING or lane.account_id in turn.state.blocked:
        return
    shown = lane.orders.get(leg.order_id) if leg.order_id else None
    if shown is None:
        return
    if turn.state.is_stopped and not is_over_for_operator(turn.state.copy_of(leg)):
        return
    seen = _followed(turn, lane, leg, shown)
    if lane.agreed.get(leg.tag) != seen and _may_amend(turn, lane, leg, shown):
        _amend(turn, lane, leg, shown, seen)


def _followed(turn: Turn, lane: Lane, leg: Leg, shown: Order) -> tuple[object, ...]:
    """Return all that decides what a copy should be, and what it is; an exit follows what is held, too."""
    copy = turn.state.copy_of(leg)
    order, instrument = turn.primary_order_of(copy.copy_id), turn.instruments.find(copy.instrument)
    as_of = (turn.state.edition, lane.edition) if copy.closing_units else None
    return copy, order, shown, turn.rulebook, instrument, as_of


def _may_amend(turn: Turn, lane: Lane, leg: Leg, shown: Order) -> bool:
    """Wait for the answer to the last amendment, for a look after it, and for the broker to be at rest."""
    return (
        leg.tag not in lane.amending
        and leg.tag not in lane.hidden
        and not lane.hides(leg.order_id)
        and shown.phase is not Phase.WORKING
        and lane.has_looked_since(lane.amended_at_s.get(leg.tag, float("-inf")))
        and turn.now_s >= lane.waits(leg.tag).not_before_s
    )


def _amend(turn: Turn, lane: Lane, leg: Leg, shown: Order, seen: tuple[object, ...]) -> None:
    wanted = _wanted(turn, lane, leg, shown)
    change = amendment(wanted, leg.order, shown)
    primary, copy = turn.primary_order_of(leg.copy_id), turn.state.copy_of(leg)
    if primary.phase is Phase.FILLED and not isinstance(change, Cancellation):
        change = behind_filled_primary(turn, lane, leg, shown, change)
    if change is None:
        forget_failure(turn, lane, leg)
        if primary.phase is not Phase.FILLED or policy_for(turn, leg) is not RestPolicy.MARKET:
            lane.agreed[leg.tag] = seen  # else it may have rested for long enough by the next look
        return
    if wanted is not None and copy.withdrawn is None and hand_wins(turn, leg):
        return
    modification = None if isinstance(change, Cancellation) else change
    if modification is not None and leg.amendments >= MAX_AMENDMENTS:
        _end_following(turn, lane, leg, shown)
        return
    if not may_ask(turn, lane, leg, change):
        return
    if lane.budget.wait_s(turn.now_s, is_urgent=modification is None) > 0:
        return
    effect = Amend(lane.account_id, leg.tag, shown.order_id, modification)
    lane.budget.let_go(budget_key(effect))
    lane.asked_last[leg.tag] = change
    lane.amending.add(leg.tag)
    turn.record(
        e.AmendmentStarted(
            account_id=lane.account_id, tag=leg.tag, order_id=shown.order_id, modification=modification
        )
    )
    turn.effects.append(effect)


def _end_following(turn: Turn, lane: Lane, leg: Leg, shown: Order) -> None:
    """Say, on the copy and once aloud, that nothing but a cancellation can follow any more."""
    if leg.reason is None or leg.reason.code is not ReasonCode.AMENDMENT_LIMIT:
        text = (
            f"It was modified {leg.amendments} times; Kite allows 25, and the rest is yours. It no longer "
            "follows the primary order, only a cancellation of it."
        )
        reason = Reason(ReasonCode.AMENDMENT_LIMIT, text)
        turn.record(e.LegMoved(tag=leg.tag, state=leg.state, reason=reason))
    if lane.report_once(f"limit {leg.tag}"):
        text = (
            f"Order {shown.order_id} for {shown.instrument} was modified {leg.amendments} times; Kite allows "
            "25, so the rest is yours. It no longer follows the primary order, only a cancellation of it."
        )
        turn.alert(text, account_id=lane.account_id, order_id=shown.order_id)


def _wanted(turn: Turn, lane: Lane, leg: Leg, shown: Order) -> LegOrder | None:
    """Return what the leg should be now; None once the primary order was cancelled or rejected.

    Of a copy that exits, no more than the account holds for it beside what it has closed already.
    """
    copy = turn.state.copy_of(leg)
    order = turn.primary_order_of(copy.copy_id)
    if order.phase in {Phase.CANCELLED, Phase.REJECTED}:
        return None
    quantity = wanted_quantity(turn, copy, leg)
    if copy.closing_units > 0:
        free = free_units(turn, lane, copy, leg) // copy.lot_size * copy.lot_size
        most = shown.filled_quantity + free + copy.opening_units
        quantity = min(quantity, max(most, shown.quantity))
    is_plain = leg.order.order_type in {OrderType.LIMIT, OrderType.MARKET}
    return leg_order(as_it_rests(order) if is_plain else order, turn.rulebook.rules, quantity)
