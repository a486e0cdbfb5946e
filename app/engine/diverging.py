"""Where a copy and its primary order have drifted apart and only a person can judge: told once, early."""

from app.domain import events as e
from app.domain.accounts import RestPolicy
from app.domain.copies import ALIVE, RESTING, CopyState, Leg
from app.domain.orders import Order, OrderType, Phase, Side
from app.domain.positions import units_closed_by
from app.domain.reasons import Reason, ReasonCode
from app.domain.sizing import sized_quantity
from app.engine.cancelling import tell_of_stubborn
from app.engine.lane import Lane
from app.engine.resting import is_covered, policy_for
from app.engine.turn import Turn

_WHY_LEFT = {
    RestPolicy.LEAVE: "",
    RestPolicy.MARKET: ": the account holds less than it would close",
    RestPolicy.CANCEL: ": an exit is never cancelled by itself",
}
TELL_AFTER_S = 5.0
"""Long enough for fills to show in every order list, short enough to act on."""


def tell_of_divergence(turn: Turn) -> None:
    """Tell of copies that rest while their primary order is filled, and of exits that cannot leave yet."""
    for account_id, lane in turn.lanes.items():
        for leg in turn.state.alive_legs(account_id):
            if leg.state in RESTING:
                _tell_of_rest(turn, lane, leg)
            elif leg.state is CopyState.PENDING:
                _tell_of_waiting_exit(turn, lane, leg)


def note_reduction(turn: Turn, leg: Leg) -> None:
    """Let a copy say why it was cancelled though its primary order lives: that was for less than a lot."""
    copy, primary = turn.state.copy_of(leg), turn.primary_order_of(leg.copy_id)
    if copy.withdrawn is None and leg.filled_quantity == 0 and not primary.is_terminal:
        text = (
            "The primary order was reduced to less than one lot of this copy, so it was cancelled. If the "
            "primary order grows again, another order is sent."
        )
        reason = Reason(ReasonCode.QUANTITY_SUB_LOT, text)
        turn.record(e.LegMoved(tag=leg.tag, state=leg.state, reason=reason))


def tell_of_shortfall(turn: Turn, lane: Lane, leg: Leg) -> None:
    """Tell how many units an account has less than its share, once we have cancelled what rested.

    Not where the primary has left the position: then nothing is missing.
    """
    copy, account = turn.state.copy_of(leg), turn.rulebook.account(lane.account_id)
    is_left = copy.withdrawn is not None and copy.withdrawn.code is ReasonCode.PRIMARY_LEFT
    if account is None or is_left:
        return
    primary = turn.primary_order_of(copy.copy_id)
    share = sized_quantity(primary.filled_quantity, account.multiplier, copy.lot_size)
    missing = share - sum(
        other.quantity if other.state in ALIVE else other.filled_quantity for other in copy.legs
    )
    if copy.closing_units > 0:
        missing = min(missing, units_closed_by(copy.side, lane.held(copy.instrument, primary.product)))
    if missing > 0 and lane.report_once(f"short {copy.copy_id} {missing}"):
        verb = "bought" if copy.side is Side.BUY else "sold"
        why = copy.withdrawn.text if copy.withdrawn else f"The primary order is {primary.status}."
        text = (
            f"{account.name} has {verb} {missing} units of {copy.instrument} less than the primary's order "
            f"{primary.order_id} × {account.multiplier} comes to: the rest of its copy was cancelled. {why}"
        )
        turn.alert(text, account_id=lane.account_id, order_id=leg.order_id)


def _tell_of_rest(turn: Turn, lane: Lane, leg: Leg) -> None:
    """An entry that only the primary got, or a protected MARKET order that did not fill whole.

    Kite turns a MARKET order into a limit at the edge of its protection band; what does not fill there
    rests, and an exit was seen that never filled (Kite forum 52991). What the account's policy sees to is
    not told.
    """
    copy, primary = turn.state.copy_of(leg), turn.primary_order_of(leg.copy_id)
    if copy.is_ended_by_operator:
        tell_of_stubborn(turn, lane, leg)
        return
    if primary.phase is not Phase.FILLED and leg.order.order_type != OrderType.MARKET:
        return
    looked_ago_s = _looked_ago_s(turn, lane, leg)
    if looked_ago_s is None:
        return
    left = leg.quantity - leg.filled_quantity
    policy = policy_for(turn, leg) if primary.phase is Phase.FILLED else RestPolicy.LEAVE
    is_seen_to = policy is RestPolicy.MARKET and is_covered(turn, lane, leg, left)
    if is_seen_to or (policy is RestPolicy.CANCEL and copy.closing_units == 0):
        return
    if leg.order.order_type == OrderType.MARKET:
        rested_s = (turn.now - leg.sent_at).total_seconds() if leg.sent_at else 0.0
        text = (
            f"{left} of {leg.quantity} {primary.instrument} did not fill within the market protection and "
            f"rest as a limit order ({leg.order_id}). Change or cancel it in Kite if you want it done."
        )
    else:
        rested_s = _age_s(turn, primary)
        text = (
            f"The primary order {primary.order_id} is filled, its copy {leg.order_id} for {left} "
            f"{primary.instrument} is not. It was left as it is{_WHY_LEFT[policy]}."
        )
    if rested_s - looked_ago_s >= TELL_AFTER_S and lane.report_once(f"rests {leg.tag}"):
        turn.alert(text, account_id=lane.account_id, order_id=leg.order_id)


def _looked_ago_s(turn: Turn, lane: Lane, leg: Leg) -> float | None:
    """Return how long ago an order was seen to rest; None where the newest list does not show it.

    One that nobody sees may have filled long since: that its list or row cannot be read is told elsewhere.
    """
    is_seen = leg.order_id in lane.listed and leg.tag not in lane.hidden and not lane.hides(leg.order_id)
    return turn.now_s - lane.looked_at_s if is_seen and lane.looked_at_s is not None else None


def _tell_of_waiting_exit(turn: Turn, lane: Lane, leg: Leg) -> None:
    copy = turn.state.copy_of(leg)
    waits_since = leg.planned_at
    if copy.closing_units == 0 or waits_since is None:
        return
    waited_s = (turn.now - waits_since).total_seconds()
    if waited_s >= TELL_AFTER_S + turn.rulebook.rules.exit_wait_s and lane.report_once(f"exit {leg.tag}"):
        text = (
            f"An exit of {leg.order.quantity} {copy.instrument} has been waiting for {waited_s:.0f} s: what "
            "it closes is not filled or known yet, or the account cannot send. It leaves as soon as it can."
        )
        if leg.reason is not None and leg.is_parked:
            text = f"An exit of {leg.order.quantity} {copy.instrument} has not left. {leg.reason.text}"
        turn.alert(text, account_id=lane.account_id, order_id=copy.primary_order_id)


def _age_s(turn: Turn, order: Order) -> float:
    """Return how long ago an order changed last, on the broker's clock; 0 where it does not say."""
    return (turn.broker_now - order.updated_at).total_seconds() if order.updated_at else 0.0
