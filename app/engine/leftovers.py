"""What the day before left open: told once, at the first start of a new one, and never acted upon."""

from collections.abc import Iterable
from datetime import date

from app.domain.copies import CopyState, Leg
from app.domain.events import Recorded
from app.domain.ids import AccountId
from app.engine.state import EngineState
from app.engine.turn import Turn

UNANSWERED = frozenset({CopyState.SENDING, CopyState.IN_DOUBT, CopyState.NEEDS_OPERATOR})
IDS_NAMED = 10


def tell_of_leftovers(turn: Turn, day: date, facts: Iterable[Recorded]) -> None:
    """Tell of each account's copies of an earlier day that never got an answer, or were never sent."""
    before = EngineState()
    for recorded in facts:
        before.apply(recorded.fact, recorded.at)
    found: dict[AccountId, list[Leg]] = {}
    for copy in before.copies.values():
        found.setdefault(copy.account_id, []).extend(copy.current_legs)
    for account_id, legs in found.items():
        unanswered = _orders(before, [leg for leg in legs if leg.state in UNANSWERED])
        if unanswered:
            text = (
                f"{len(unanswered)} of the copies of {day} never got a clear answer and may have traded: "
                f"those of {_named(unanswered)}. They are not looked for any more: check Kite's console."
            )
            turn.alert(text, account_id=account_id)
        unsent = _orders(before, [leg for leg in legs if leg.state is CopyState.PENDING])
        if unsent:
            text = (
                f"{len(unsent)} of the copies of {day} were planned and never sent: those of "
                f"{_named(unsent)}. They are not sent any more: check what the account still holds."
            )
            turn.alert(text, account_id=account_id)


def _orders(before: EngineState, legs: list[Leg]) -> list[str]:
    return list(dict.fromkeys(before.copy_of(leg).primary_order_id for leg in legs))


def _named(order_ids: list[str]) -> str:
    more = len(order_ids) - IDS_NAMED
    named = ", ".join(order_ids[:IDS_NAMED])
    return f"the primary's orders {named}" + (f" and {more} more" if more > 0 else "")
