"""Bugs in square-offs: what they wait for, what ends them, and how they are known again (rules 2, 14, 15)."""

from typing import Any

from app.engine import closing, commanding, recognising
from tests.simulation.planted.registry import plant
from tests.simulation.planted.stages import CLOSED_ON_SLOW_WIRES, CLOSED_WHILE_STOPPED, FORGOTTEN


@plant(closing, "_open_copies", 14, stage=CLOSED_ON_SLOW_WIRES, alone="exit")
def square_off_beside_open_copies(original: Any, turn: Any, square_off: Any) -> Any:
    """A square-off does not wait for what may still trade beside it."""
    return []


@plant(commanding, "end_square_offs", 15, stage=CLOSED_WHILE_STOPPED, alone="stop")
def square_off_outlives_a_stop(original: Any, turn: Any) -> None:
    """A stop does not end the square-offs that have not left."""


@plant(recognising, "_recognise_square_off", 2, stage=FORGOTTEN)
def square_offs_stay_strangers(original: Any, *_arguments: Any) -> None:
    """After a lost journal only copies of primary orders are known again."""
