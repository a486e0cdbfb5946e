"""How a world is aimed: what is changed of what its seed drew, so that one thing happens more often."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.chances import Chances
from tests.simulation.operators import Operators
from tests.simulation.setting import Setting
from tests.simulation.trader import Trader


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Aims a world without touching the engine in it.

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


WHOLE_DAY = Stage(name="whole day")
"""The world as the simulation draws it, in which production code must never break a rule."""
