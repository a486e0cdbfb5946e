"""Bugs in what is written down before anything leaves, and in what a start makes of it (rules 1, 3, 13)."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from app.domain.copies import CopyState
from app.domain.events import EngineStarted
from app.engine import matching
from app.engine.copy_engine import CopyEngine
from app.engine.lane import Lane
from app.engine.state import EngineState
from app.engine.turn import Turn
from app.ports.journal import JournalError
from tests.simulation.planted.registry import Patch, bug, plant
from tests.simulation.planted.stages import (
    BURSTS_AND_KILLS,
    FAILING_DISK,
    KILLED_WHILE_SENDING,
    OLD_LISTS,
    STEADY,
)

_BATCH_S = 0.02


@plant(CopyEngine, "_commit", 1, stage=STEADY)
def journal_after_send(original: Any, engine: Any, turn: Turn, answer: Any) -> None:
    """Facts are written in batches, a moment after what they tell of was sent."""
    late = vars(engine).setdefault("late", [])
    if turn.effects and answer is None:
        late += turn.facts
        asyncio.get_running_loop().call_later(_BATCH_S, _write_late, original, engine, turn)
        return
    original(engine, replace(turn, facts=[*late, *turn.facts]), answer)
    late.clear()


def _write_late(original: Any, engine: Any, turn: Turn) -> None:
    if engine.late:
        original(engine, replace(turn, facts=list(engine.late)), None)
        engine.late.clear()


@plant(CopyEngine, "_commit", 13, stage=FAILING_DISK)
def journal_failure_ignored(original: Any, engine: Any, turn: Turn, answer: Any) -> None:
    """A full disk is logged, and copying goes on."""
    try:
        original(engine, turn, answer)
    except JournalError:
        return


@bug(3, stage=KILLED_WHILE_SENDING)
def no_boot_resolve() -> Iterable[Patch]:
    """What was on its way at a crash is taken for never sent."""
    fold = vars(EngineState)["apply"]

    def apply(state: Any, fact: Any, at: Any) -> None:
        if isinstance(fact, EngineStarted):
            for tags in list(state.alive.values()):
                for leg in [state.leg_of(tag) for tag in tags]:
                    if leg.state is CopyState.SENDING:
                        state._change(leg, state=CopyState.PENDING)
        fold.__get__(state, EngineState)(fact, at)

    return [patch.object(EngineState, "apply", apply)]


@plant(Lane, "__post_init__", 3, stage=BURSTS_AND_KILLS)
def sends_before_the_first_look(original: Any, lane: Lane) -> None:
    """After a start an account counts as read before it was."""
    original(lane)
    lane.looked_at_s = 0.0


@plant(matching, "_is_older_than_known", 3, 9, stage=OLD_LISTS)
def older_first_list_wins(original: Any, *_: Any) -> bool:
    """The first list after a start is believed, even where the journal knows better."""
    return False
