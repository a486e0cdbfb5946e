"""How a world is aimed: what is changed of what its seed drew, so that one thing happens more often."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from tests.simulation.chances import Chances
from tests.simulation.operators import Operators
from tests.simulation.setting import Setting
from tests.simulation.trader import Trader


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Aims a world without touching the engine in it.

    `begins` has the hours at which the first of two days may begin, where there are two: it breaks off
    after a while, and what it left open goes through the night (night.py) before the second is traded.
    `setting` and `chances` get what the seed drew and return what holds instead; `trader` and `operators` are
    how those behave. `day_s` and `orders` are how long, and about how often, the trader trades.
    """

    name: str
    setting: Callable[[Setting], Setting] = lambda drawn: drawn
    chances: Callable[[Chances], Chances] = lambda drawn: drawn
    trader: type[Trader] = Trader
    operators: type[Operators] = Operators
    day_s: tuple[float, float] = (18.0, 42.0)
    orders: tuple[int, int] = (20, 48)
    begins: tuple[time, ...] = ()


WHOLE_DAY = Stage(name="whole day")
"""The world as the simulation draws it, in which production code must never break a rule."""
