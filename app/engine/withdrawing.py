"""Which resting copies of filled primary orders are no longer wanted: decided once, durably."""

from collections.abc import Collection

from app.domain import events as e
from app.domain.accounts import RestPolicy
from app.domain.copies import RESTING, RETRYABLE, Copy, Leg
from app.domain.orders import Order, Phase
from app.domain.reasons import Reason, ReasonCode
from app.engine.exposure import could_close
from app.engine.lane import Lane
from app.engine.resting import is_overdue, policy_for
from app.engine.turn import Turn
from app.engine.wanting import wanted_quantity


def withdraw(turn: Turn, instruments: Collection[str] | None) -> None:
    """Withdraw what rests and is not wanted any more, of some instruments or (None) of all."""
    if instruments is not None and not instruments:
        return
    for account_id, lane in turn.lanes.items():
        for leg in turn.state.alive_legs(account_id):
            copy = turn.state.copy_of(leg)
            if leg.state in RESTING and (instruments is None or copy.instrument in instruments):
                _judge(turn, lane, copy, leg)
        for tag in list(turn.state.retryable.get(account_id, ())):
            copy = turn.state.copy_of(turn.state.leg_of(tag))
            if instruments is None or copy.instrument in instruments:
                _judge_what_came_to_nothing(turn, lane, copy)


def is_left_behind(turn: Turn, copy: Copy) -> bool:
    """Tell whether a copy could only open a position that the primary does not have any more."""
    if copy.closing_units:
        return False
    primary = turn.primary_order_of(copy.copy_id)
    return (
        primary.phase is Phase.FILLED
        and _has_left(turn, primary)
        and could_close(turn, turn.lanes[copy.account_id], copy) == 0
    )


def _has_left(turn: Turn, primary: Order) -> bool:
    """Tell whether the primary holds nothing on the side of one of its filled orders."""
    return primary.side.sign * turn.state.held_now(primary.instrument, primary.product) <= 0


def _judge_what_came_to_nothing(turn: Turn, lane: Lane, copy: Copy) -> None:
    """Withdraw an entry that could be retried, once the primary has left what it would open.

    What rests of it is judged as such. A retry for a position that was left is refused for good, and so that
    nobody is offered one, it is written down; should a lost attempt be found after all, it is cancelled.
    """
    if copy.withdrawn is not None or turn.primary_order_of(copy.copy_id).phase is not Phase.FILLED:
        return
    if copy.state in RETRYABLE and _is_known(turn, lane, copy) and is_left_behind(turn, copy):
        reason = _left(copy)
        turn.record(e.CopyWithdrawn(copy_id=copy.copy_id, account_id=copy.account_id, units=0, reason=reason))


def _is_known(turn: Turn, lane: Lane, copy: Copy) -> bool:
    """Tell whether it is known what either account holds of an instrument."""
    if not lane.has_looked_since(lane.touched_at_s.get(copy.instrument, float("-inf"))):
        return False
    primary_lane = turn.lanes[turn.rulebook.primary.account_id]
    return not (lane.may_hide(copy.instrument) or primary_lane.may_hide(copy.instrument))


def _judge(turn: Turn, lane: Lane, copy: Copy, leg: Leg) -> None:
    """Withdraw what a copy would open, never what it closes: an exit is not cancelled here.

    What was withdrawn stays so. What was kept because it could close something goes once it cannot.

    Decided by a look begun after the last answer and by lists without unreadable rows, so that it is known
    what either account holds.
    """
    primary = turn.primary_order_of(copy.copy_id)
    if primary.phase is not Phase.FILLED:
        return
    if not _is_known(turn, lane, copy):
        return
    reason = copy.withdrawn or _why(turn, copy, leg, primary)
    if reason is None:
        return
    kept = max(copy.closing_units, could_close(turn, lane, copy))
    if kept < sum(wanted_quantity(turn, copy, other) for other in copy.current_legs):
        turn.record(
            e.CopyWithdrawn(copy_id=copy.copy_id, account_id=copy.account_id, units=kept, reason=reason)
        )


def _why(turn: Turn, copy: Copy, leg: Leg, primary: Order) -> Reason | None:
    if _has_left(turn, primary):
        return _left(copy)
    if policy_for(turn, leg) is RestPolicy.CANCEL and is_overdue(turn, leg):
        account = turn.rulebook.account(copy.account_id)
        limit_s = account.rest_limit_s if account else 0.0
        text = (
            f"It still rested {limit_s:g} s after the primary order was filled; this account cancels such "
            "entries (when_primary_filled)."
        )
        return Reason(ReasonCode.RESTED_TOO_LONG, text)
    return None


def _left(copy: Copy) -> Reason:
    text = (
        f"The primary has left this position in {copy.instrument}, so what had not filled of this copy "
        "was withdrawn: nobody would have closed it."
    )
    return Reason(ReasonCode.PRIMARY_LEFT, text)
