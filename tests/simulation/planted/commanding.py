"""Bugs in what the operators' commands do (rule 6)."""

from collections.abc import Iterable
from typing import Any
from unittest.mock import patch

from app.domain import retrying
from app.domain.copies import ALIVE, RETRYABLE, Copy, CopyState, Leg
from app.engine import commanding, following, releasing, state
from app.engine.copy_engine import CopyEngine
from app.engine.turn import Turn
from tests.simulation import operators
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import (
    DOUBLE_CLICKS,
    LOST_ANSWERS,
    RETRIED_LATE,
    SLOW_FINGERS,
    TIDIED_IN_VAIN,
    TIDIED_ON_SLOW_WIRES,
)


@bug(6, stage=LOST_ANSWERS)
def retry_while_in_doubt() -> Iterable[Patch]:
    """What is in doubt counts as come to nothing."""
    again = RETRYABLE | {CopyState.IN_DOUBT}
    alive = property(lambda copy: any(leg.state in ALIVE - {CopyState.IN_DOUBT} for leg in copy.legs))
    return [
        patch.object(retrying, "RETRYABLE", again),
        patch.object(commanding, "RETRYABLE", again),
        patch.object(operators, "RETRYABLE", again),
        patch.object(state, "RETRYABLE", again),
        patch.object(Copy, "has_open_question", alive),
        patch.object(releasing, "_earlier_generation_lives", lambda *_: False),
    ]


@plant(releasing, "_earlier_generation_lives", 6, stage=RETRIED_LATE, alone="I1")
def second_generation_beside_the_first(original: Any, *_: Any) -> bool:
    """A retry leaves, although what it retries was found meanwhile."""
    return False


@plant(CopyEngine, "_commit", 6, stage=DOUBLE_CLICKS, alone="command")
def command_id_ignored(original: Any, engine: Any, turn: Turn, _answer: Any) -> None:
    """The answer to a command is not kept, so that a repeated one is carried out again."""
    original(engine, turn, None)


@bug(6, stage=SLOW_FINGERS, alone="command", starts_at=8)
def screen_is_not_compared() -> Iterable[Patch]:
    """What the operator saw when they ticked a retry does not matter."""
    return [instead(commanding, "why_not_retried", _seen_now)]


def _seen_now(original: Any, turn: Turn, copy: Copy, _seen_state: Any) -> Any:
    return original(turn, copy, copy.state)


@plant(CopyEngine, "may_send", 15, stage=TIDIED_ON_SLOW_WIRES, alone="operator")
def cancelled_copy_still_leaves(original: Any, engine: Any, effect: Any) -> bool:
    """What waits for a connection leaves, although the operator has cancelled it meanwhile."""
    return effect.account_id not in engine.state.blocked and not engine.state.is_stopped


@plant(following, "wanted_quantity", 8, stage=TIDIED_IN_VAIN, alone="operator")
def cancelled_once_and_forgotten(original: Any, turn: Turn, copy: Copy, leg: Leg) -> int:
    """A cancellation of the operator's is sent once; lost, it is not repeated."""
    if copy.is_ended_by_operator and leg.is_cancel_asked:
        return leg.quantity
    return int(original(turn, copy, leg))
