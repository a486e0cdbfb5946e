"""When a copy may be tried again: by itself only on proof, by the operator only when no question is open."""

from app.domain.copies import RETRYABLE, Copy, CopyState
from app.domain.reasons import ReasonCode

MAX_AUTOMATIC_ATTEMPTS = 5
_BACK_OFF_START_S = 0.25
_BACK_OFF_CAP_S = 8.0


def may_try_again_by_itself(attempts: int) -> bool:
    """Tell whether a leg that provably never reached the broker is sent once more, under the same tag."""
    return attempts < MAX_AUTOMATIC_ATTEMPTS


def back_off_s(attempts: int, jitter: float) -> float:
    """Return the pause before attempt number `attempts` + 1: full jitter below 0.25 s doubling to 8 s.

    `jitter` is a random number in [0, 1).
    """
    ceiling = min(_BACK_OFF_CAP_S, _BACK_OFF_START_S * 2.0 ** max(attempts - 1, 0))
    return ceiling * jitter


def why_no_retry(copy: Copy, seen_state: CopyState) -> str | None:
    """Return why the operator's retry is refused, or None where generation + 1 may be sent.

    `seen_state` is what the operator saw when they ticked it: a copy that has moved on is theirs to
    look at again first.
    """
    if copy.has_open_question:
        return f"It may still trade or have traded (it is {copy.state} now). Wait until that is settled."
    if copy.state is not seen_state:
        return f"It is {copy.state} now, it was {seen_state} on your screen. Look again before you retry."
    if copy.state not in RETRYABLE:
        return f"A copy that is {copy.state} has nothing to retry."
    if any(leg.reason is not None and leg.reason.code is ReasonCode.DAY_OVER for leg in copy.legs):
        return "Its trading day is over, and a retry is for its own day: the host's clock may be wrong."
    if copy.withdrawn is not None and copy.withdrawn.code is ReasonCode.PRIMARY_LEFT:
        return copy.withdrawn.text
    if any(leg.state in RETRYABLE and copy.was_found(leg) for leg in copy.current_legs):
        return "An earlier attempt was found at the broker after all: a retry could trade it twice."
    return None
