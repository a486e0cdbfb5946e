"""Bugs in how fast accounts send, and in how they are kept apart (rule 12)."""

import asyncio
from typing import Any

from app.domain.pacing import Budget
from app.engine.copy_engine import CopyEngine
from app.engine.dispatcher import Dispatcher
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import BURSTS, BURSTS_AND_KILLS, ONE_HANGS


@plant(Budget, "wait_s", 12, stage=BURSTS, alone="I6")
def no_budget(original: Any, *_: Any, **__: Any) -> float:
    """Everything leaves at once."""
    return 0.0


@plant(CopyEngine, "_count_sends", 12, stage=BURSTS_AND_KILLS, alone="I6")
def refilled_budget(original: Any, *_: Any) -> None:
    """A restart forgets what was sent in this second."""


@plant(Budget, "wait_s", 12, stage=BURSTS, alone="I6")
def reserve_spent_by_entries(original: Any, budget: Budget, moment_s: float, *, is_urgent: bool) -> float:
    """Entries use up what is kept for exits."""
    return float(original(budget, moment_s, is_urgent=True))


@plant(CopyEngine, "_take_rulebook", 12, stage=BURSTS, alone="I18")
def one_budget_for_all(original: Any, engine: Any, rulebook: Any) -> None:
    """The accounts share one budget."""
    original(engine, rulebook)
    shared = engine.lanes[rulebook.primary.account_id].budget
    for lane in engine.lanes.values():
        lane.budget = shared


@plant(Dispatcher, "_carry_out", 12, stage=ONE_HANGS, alone="I18")
async def one_lane_awaits_another(original: Any, dispatcher: Any, effect: Any) -> None:
    """One request is under way at a time, whosesoever it is."""
    turns = vars(dispatcher).setdefault("turns", asyncio.Lock())
    async with turns:
        await original(dispatcher, effect)
