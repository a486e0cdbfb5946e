"""Which copies the operator may cancel, and how much of one is wanted from then on."""

from app.domain.copies import ALIVE, RESTING, Copy, CopyState

MAY_BE_AT_BROKER = RESTING | {CopyState.SENDING, CopyState.IN_DOUBT}


def why_no_cancel(copy: Copy) -> str | None:
    """Return why there is nothing to cancel of a copy, or None where it is open.

    Open is what rests at the broker or may be on its way there, and an entry that has not left. An exit that
    has not left is not: it closes what the account holds, and is never held back (order protocol, rule 14).
    """
    if copy.state is CopyState.HELD:
        return "It waits for your tick and is not open: skip it if you do not want it."
    if not any(leg.state in ALIVE for leg in copy.legs):
        return f"It is {copy.state}: nothing of it is open."
    if copy.is_ended_by_operator and (copy.most_units or 0) <= units_kept(copy):
        return "Its cancellation is under way already."
    if not _may_be_at_broker(copy) and copy.opening_units == 0:
        return (
            "It is an exit that has not left yet. It closes what the account holds, so it is not held back; "
            "switch the account off if it must not leave."
        )
    return None


def units_kept(copy: Copy) -> int:
    """Return how many units of an open copy are wanted once the operator has cancelled it.

    None of one that may be at the broker, exit or not. Of one that has not left, what it closes.
    """
    return 0 if _may_be_at_broker(copy) else copy.closing_units


def is_over_for_operator(copy: Copy) -> bool:
    """Tell whether the operator wants nothing more of a copy: then only its cancellations leave.

    They pass a stop, too: it promises that nothing leaves; these take something back, and were asked for by
    the same person.
    """
    return copy.is_ended_by_operator and copy.most_units == 0


def _may_be_at_broker(copy: Copy) -> bool:
    return any(leg.state in MAY_BE_AT_BROKER for leg in copy.legs)
