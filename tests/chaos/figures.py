"""How the copies of a run came about: by themselves, after an operator's tick or retry, or not at all."""

from collections import Counter
from datetime import datetime, timedelta

from app.domain import events as e
from app.domain.copies import AT_BROKER, Copy, CopyState
from app.engine.state import EngineState
from tests.chaos.evidence import Evidence

FIRST_LOOKS = timedelta(seconds=3)
"""By then an engine has looked several times: after 0.3, 0.7 and 1.5 s (order protocol, rule 5)."""
BY_ITSELF, TICKED, RETRIED = "by itself", "after a tick", "after a retry"


def origins(seen: Evidence) -> Counter[str]:
    """Count the copies by what brought them to the broker, the others by their state and why."""
    asked_by: dict[str, str] = {}
    for recorded in seen.facts:
        if isinstance(recorded.fact, e.CopyPlanned):
            asked_by.setdefault(recorded.fact.copy_id, recorded.fact.requested_by)
    return Counter(_origin(copy, asked_by.get(copy.copy_id, "")) for copy in seen.state.copies.values())


def _origin(copy: Copy, asked_by: str) -> str:
    arrived = [leg.generation for leg in copy.legs if leg.state in AT_BROKER]
    if arrived and min(arrived) > 0:
        return RETRIED
    if arrived:
        return BY_ITSELF if asked_by == "engine" else TICKED
    reason = copy.reason or next((leg.reason for leg in reversed(copy.legs) if leg.reason), None)
    return f"{copy.state} {reason.code if reason else ''}".strip()


def doubts(seen: Evidence) -> dict[str, int]:
    """Count the orders whose fate was once unknown, by what made it so and how it was settled.

    Those of a crash were on their way when the engine died.
    """
    why: dict[str, str] = {}
    given_up: set[str] = set()
    state = EngineState()
    for recorded in seen.facts:
        fact = recorded.fact
        if isinstance(fact, e.EngineStarted):
            legs = [leg for copy in state.copies.values() for leg in copy.legs]
            why |= {leg.tag: "by a crash" for leg in legs if leg.state is CopyState.SENDING}
        state.apply(fact, recorded.at)
        if isinstance(fact, e.AttemptEnded) and fact.state is CopyState.IN_DOUBT:
            why.setdefault(fact.tag, "by a lost answer")
        if isinstance(fact, e.LegMoved) and fact.state is CopyState.NEEDS_OPERATOR:
            given_up.add(fact.tag)
    arrived = {leg.tag for copy in state.copies.values() for leg in copy.legs if leg.state in AT_BROKER}
    return {
        **Counter(why.values()),
        "then found": len(why.keys() & arrived),
        "then asked of the operator": len(why.keys() & given_up),
    }


def late_finds(seen: Evidence) -> int:
    """Count the orders that were on their way when their engine died, and found after looks in vain."""
    under_way: dict[str, datetime | None] = {}
    """By tag: when the first engine after theirs started."""
    found: set[str] = set()
    for recorded in seen.facts:
        match recorded.fact:
            case e.AttemptStarted(tag=tag):
                under_way[tag] = None
            case e.AttemptEnded(tag=tag):
                under_way.pop(tag, None)
            case e.EngineStarted():
                under_way = {tag: since or recorded.at for tag, since in under_way.items()}
            case e.OrderMatched(tag=tag) if since := under_way.pop(tag, None):
                found |= {tag} if recorded.at - since > FIRST_LOOKS else set()
    return len(found)
