"""What the broker's answers make of the orders that were sent."""

from app.domain import events as e
from app.domain.cancelling import is_over_for_operator
from app.domain.copies import CopyState, Leg
from app.domain.events import AttemptResult
from app.domain.ids import AccountId
from app.domain.reasons import Reason, ReasonCode
from app.domain.retrying import back_off_s, may_try_again_by_itself
from app.domain.squaring import is_square_off
from app.engine.lane import Doubt, Lane
from app.engine.messages import AmendmentAnswered, AttemptAnswered, budget_key
from app.engine.refused_changes import note_refusal
from app.engine.turn import Turn
from app.ports.broker import Accepted, NeverSent, NotPermitted, Outcome, Rejected, SessionExpired, Unknown

LOOK_AFTER_ANSWER_S = 0.2
AMEND_AGAIN_S = 0.5


def take_answer(turn: Turn, message: AttemptAnswered) -> None:
    """Settle a send by its answer, unless an order list has settled it already."""
    lane = turn.lanes[message.account_id]
    _settle_budget(turn, lane, message)
    leg = turn.state.leg(message.tag)
    if leg is None or leg.state is not CopyState.SENDING:
        return
    ended = _ended(leg, message)
    turn.record(ended)
    lane.touched_at_s[turn.state.copy_of(leg).instrument] = turn.now_s
    lane.want_look(turn.now_s + LOOK_AFTER_ANSWER_S)
    _remember(turn, lane, leg, ended)
    _end_if_over(turn, leg, ended)
    _block_if_refused(turn, message.account_id, message.outcome)


def take_amendment_answer(turn: Turn, message: AmendmentAnswered) -> None:
    """Note how an amendment ended; what it did to the order, the next look tells."""
    lane = turn.lanes[message.account_id]
    lane.amending.discard(message.tag)
    _settle_budget(turn, lane, message)
    lane.amended_at_s[message.tag] = turn.now_s
    lane.want_look(turn.now_s + LOOK_AFTER_ANSWER_S)
    result, reason = _result_of(message.outcome)
    if isinstance(message.outcome, Rejected):
        reason = note_refusal(turn, lane, turn.state.leg_of(message.tag), message.outcome.message)
    elif isinstance(message.outcome, Unknown):
        said = f"The answer to a change of it was lost ({message.outcome.message}). The next look shows it."
        reason = Reason(ReasonCode.ANSWER_LOST, said, message.outcome.message)
        lane.waits(message.tag).not_before_s = turn.now_s + AMEND_AGAIN_S
    elif reason is not None:
        lane.waits(message.tag).not_before_s = turn.now_s + AMEND_AGAIN_S
    else:
        lane.refused.pop(message.tag, None)
    turn.record(
        e.AmendmentEnded(account_id=message.account_id, tag=message.tag, result=result, reason=reason)
    )
    _block_if_refused(turn, message.account_id, message.outcome)


def _settle_budget(turn: Turn, lane: Lane, message: AttemptAnswered | AmendmentAnswered) -> None:
    """Count what was let go as sent, unless it provably never left."""
    if isinstance(message.outcome, NeverSent):
        lane.budget.came_back(budget_key(message))
    else:
        lane.budget.left(budget_key(message), turn.now_s)


def block(turn: Turn, account_id: AccountId, code: ReasonCode, text: str) -> None:
    """Let an account send nothing until the cause is gone; once per cause."""
    known = turn.state.blocked.get(account_id)
    if known is None or known.code is not code:
        turn.record(e.AccountBlocked(account_id=account_id, reason=Reason(code, text)))


def unblock(turn: Turn, account_id: AccountId) -> None:
    """Let a blocked account send again."""
    if account_id in turn.state.blocked:
        turn.record(e.AccountUnblocked(account_id=account_id))


def session_lost_text(message: str) -> str:
    """Say what a dead token means; `message` has what the broker said, and that it takes a new login."""
    return f"{message} Nothing is sent to it until then."


def _ended(leg: Leg, message: AttemptAnswered) -> e.AttemptEnded:
    result, reason = _result_of(message.outcome)
    state = {
        AttemptResult.ACCEPTED: CopyState.OPEN,
        AttemptResult.REJECTED: CopyState.REJECTED,
        AttemptResult.NEVER_SENT: CopyState.PENDING,
        AttemptResult.UNKNOWN: CopyState.IN_DOUBT,
    }[result]
    is_failure = reason is not None and reason.code is ReasonCode.BROKER_NEVER_TOOK_IT
    if is_failure and not may_try_again_by_itself(leg.failures + 1):
        state = CopyState.FAILED
    return e.AttemptEnded(
        account_id=message.account_id,
        tag=message.tag,
        attempt=message.attempt,
        result=result,
        state=state,
        order_id=message.outcome.order_id if isinstance(message.outcome, Accepted) else None,
        reason=reason,
    )


def _result_of(outcome: Outcome) -> tuple[AttemptResult, Reason | None]:
    match outcome:
        case Accepted():
            return AttemptResult.ACCEPTED, None
        case Rejected(message=text):
            return AttemptResult.REJECTED, Reason(ReasonCode.BROKER_REJECTED, text, text)
        case NeverSent(message=text, is_stopped=True):
            return AttemptResult.NEVER_SENT, Reason(ReasonCode.COPYING_STOPPED, text)
        case NeverSent(message=text):
            return AttemptResult.NEVER_SENT, Reason(ReasonCode.BROKER_NEVER_TOOK_IT, text)
        case SessionExpired(message=text):
            return AttemptResult.NEVER_SENT, Reason(ReasonCode.SESSION_EXPIRED, session_lost_text(text), text)
        case NotPermitted(message=text):
            return AttemptResult.NEVER_SENT, Reason(ReasonCode.ACCOUNT_NOT_PERMITTED, text)
        case Unknown(message=text):
            said = f"The answer was lost ({text}). The order may exist; Tandem is looking for it."
            return AttemptResult.UNKNOWN, Reason(ReasonCode.ANSWER_LOST, said, text)


def _remember(turn: Turn, lane: Lane, leg: Leg, ended: e.AttemptEnded) -> None:
    """Note what the leg has to wait for: a resend under the same tag needs a look begun after this."""
    if ended.state is CopyState.IN_DOUBT:
        lane.doubts[leg.tag] = Doubt(turn.now_s)
    if ended.state is CopyState.PENDING:
        waiting = lane.waits(leg.tag)
        waiting.needs_look_after_s = turn.now_s
        waiting.not_before_s = turn.now_s + back_off_s(leg.failures + 1, turn.jitter)


def _end_if_over(turn: Turn, leg: Leg, ended: e.AttemptEnded) -> None:
    """End what never left and was cancelled meanwhile; a square-off also by a stop that came before."""
    copy = turn.state.copy_of(leg)
    is_halted = turn.state.is_stopped and copy.copy_id not in turn.state.passes_stop
    if ended.state is not CopyState.PENDING:
        return
    if is_over_for_operator(copy):
        turn.record(e.LegMoved(tag=leg.tag, state=CopyState.NOT_SENT, reason=copy.withdrawn))
    elif is_halted and is_square_off(turn.primary_order_of(copy.copy_id)):
        turn.record(e.LegMoved(tag=leg.tag, state=CopyState.NOT_SENT, reason=ended.reason))


def _block_if_refused(turn: Turn, account_id: AccountId, outcome: Outcome) -> None:
    if isinstance(outcome, SessionExpired):
        block(turn, account_id, ReasonCode.SESSION_EXPIRED, session_lost_text(outcome.message))
    if isinstance(outcome, NotPermitted):
        block(turn, account_id, ReasonCode.ACCOUNT_NOT_PERMITTED, outcome.message)
