"""Changes of resting copies that a broker refused: asked for again less and less often, and told."""

from app.domain import events as e
from app.domain.amending import Cancellation, Modification
from app.domain.copies import Leg
from app.domain.reasons import Reason, ReasonCode
from app.engine.lane import Lane, RefusedChange
from app.engine.turn import Turn

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 60.0
"""Of an order's twenty modifications some are to be left for when the primary order changes again."""
LONGEST_PAUSE_OF_CANCELLATION_S = 5.0
"""There is no such limit for cancellations, and what is to end should end."""
_OF_CHANGES = frozenset({ReasonCode.BROKER_REJECTED, ReasonCode.ANSWER_LOST, ReasonCode.BROKER_NEVER_TOOK_IT})
"""What a leg at rest says with these is of a change: what is said of placing it ends with its being found."""
TELL_FROM = 3
"""Once or twice a change is refused because the order is just filling, or is being worked on."""


def may_ask(turn: Turn, lane: Lane, leg: Leg, change: Modification | Cancellation) -> bool:
    """Tell whether a change may be asked for now; one that the broker has not refused yet always may."""
    refused = lane.refused.get(leg.tag)
    return refused is None or refused.change != change or turn.now_s >= refused.not_before_s


def forget_failure(turn: Turn, lane: Lane, leg: Leg) -> None:
    """Let a leg that is as it should be say nothing any more of a change that failed."""
    lane.refused.pop(leg.tag, None)
    if leg.reason is not None and leg.reason.code in _OF_CHANGES:
        turn.record(e.LegMoved(tag=leg.tag, state=leg.state, reason=None))


def note_refusal(turn: Turn, lane: Lane, leg: Leg, words: str) -> Reason:
    """Take in that the newest change of a leg was refused, and return what the leg says of it."""
    change, known = lane.asked_last.get(leg.tag), lane.refused.get(leg.tag)
    is_cancelled = isinstance(change, Cancellation)
    times = known.times + 1 if known is not None and known.change == change else 1
    longest_s = LONGEST_PAUSE_OF_CANCELLATION_S if is_cancelled else LONGEST_PAUSE_S
    pause_s = min(FIRST_PAUSE_S * 2 ** (times - 1), longest_s)
    lane.refused[leg.tag] = RefusedChange(change, times, turn.now_s + pause_s)
    verb = "cancel" if is_cancelled else "change"
    if times == TELL_FROM:
        said = words.rstrip(".")
        text = (
            f"The broker refused {times} times to {verb} order {leg.order_id} for "
            f"{turn.state.copy_of(leg).instrument}: {said}. It rests as it was. Tandem goes on trying, "
            f"less and less often; {verb} it in Kite if it cannot wait."
        )
        turn.alert(text, account_id=lane.account_id, order_id=leg.order_id)
    return Reason(ReasonCode.BROKER_REJECTED, f"The broker refused to {verb} it: {words}", words)
