"""Bugs in what a stop, or a blocked account, holds back (rules 4, 15)."""

from typing import Any

from app.engine.copy_engine import CopyEngine
from app.engine.dispatcher import Dispatcher
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import DEAD_AND_SHAKY, SHAKY_WIRES, STOPS_AND_KILLS


@plant(Dispatcher, "_call", 15, stage=SHAKY_WIRES, alone="stop")
async def stop_is_not_checked_at_send(original: Any, dispatcher: Any, effect: Any) -> Any:
    """What was released before a stop leaves after it."""
    dispatcher._may_send = lambda _effect: True
    return await original(dispatcher, effect)


@plant(CopyEngine, "may_send", 4, 15, stage=DEAD_AND_SHAKY, alone="I14", starts_at=4)
def block_is_not_checked_at_send(original: Any, engine: Any, effect: Any) -> bool:
    """What was released before an account was blocked leaves after it."""
    return not engine.state.is_stopped


@plant(CopyEngine, "start", 15, stage=STOPS_AND_KILLS, alone="stop")
def stop_ends_at_a_restart(original: Any, engine: Any, first_list: Any) -> None:
    """A restart copies, although nobody resumed."""
    original(engine, first_list)
    engine.state.stopped_by = None
