"""Bugs in what is written down before anything leaves, and in what a start makes of it (rules 1, 3, 13)."""

import asyncio
from collections.abc import Iterable
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
from tests.simulation.planted.registry import Patch, bug, instead, plant
from tests.simulation.planted.stages import (
    BURSTS_AND_KILLS,
    FAILING_DISK,
    KILLED_WHILE_SENDING,
    OLD_LISTS,
    STEADY,
)


@bug(1, stage=STEADY, alone="I5")
def journal_after_send() -> Iterable[Patch]:
    """What is sent leaves first, and is written down and shown directly after it."""
    return [instead(CopyEngine, "_commit", _soon), instead(CopyEngine, "_publish", _soon)]


def _soon(original: Any, engine: Any, *arguments: Any, **named: Any) -> None:
    waiting = vars(engine).setdefault("waiting", [])
    waiting.append((original, arguments, named))
    engine._is_unwritten = False
    asyncio.get_running_loop().call_later(0.0, _write_next, engine)


def _write_next(engine: Any) -> None:
    original, arguments, named = engine.waiting.pop(0)
    original(engine, *arguments, **named)


@plant(CopyEngine, "_commit", 13, stage=FAILING_DISK)
def journal_failure_ignored(original: Any, engine: Any, turn: Turn, answer: Any) -> None:
    """A full disk is logged, and copying goes on."""
    try:
        original(engine, turn, answer)
    except JournalError:
        engine._is_unwritten = False


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


@plant(matching, "_is_older_than_known", 3, 9, stage=OLD_LISTS, alone="I15")
def older_first_list_wins(original: Any, *_: Any) -> bool:
    """The first list after a start is believed, even where the journal knows better."""
    return False
