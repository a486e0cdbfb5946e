"""How one world is followed by the next: a day breaks off, and its open ends go through the night."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from types import ModuleType

from app.domain.session import IST
from tests.simulation.night import comes_up_at
from tests.simulation.truth import Truth
from tests.simulation.virtual_loop import VirtualLoop, repeatable
from tests.simulation.world import World

_ON_THE_WAY_S = 4.0
"""As long as requests and answers of a dead engine may be under way at the slowest."""
_JITTER_S = 40.0


def go_to_first_day(seed: int, hours: Sequence[time]) -> None:
    """Set the world's clocks to an hour, drawn from those given, at which the first of two days begins."""
    random = repeatable(f"first day {seed}")
    loop = _loop()
    hour = random.choice(hours)
    start = datetime.combine(loop.wall.astimezone(IST).date(), hour, IST)
    start += timedelta(seconds=random.uniform(0.0, _JITTER_S))
    loop.sleep_through((start - loop.wall).total_seconds())


async def next_day(first: World, folder: Path, strength: float, checks: Iterable[ModuleType]) -> World:
    """Break a day off, judge it by what must hold at every moment, and return the world that follows it.

    Its engine comes up at some hour of the night. All that was under way arrives before: a broker does not
    keep a request until the next day.
    """
    await first.break_off()
    for check in checks:
        first.record.violations += check.check(Truth(first))
    await asyncio.sleep(_ON_THE_WAY_S)
    while first.exchange.is_busy:  # noqa: ASYNC110 - virtual time: there is no event for it
        await asyncio.sleep(0.5)
    loop = _loop()
    up_at = comes_up_at(loop.wall, repeatable(f"comes up {first.seed}"))
    loop.sleep_through((up_at - loop.wall).total_seconds())
    first.exchange.begin_anew()
    first.exchange.venue.step()
    first.history.turn_page()
    return World(first.seed, folder, strength=strength, stage=first.stage, yesterday=first)


def _loop() -> VirtualLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    return loop
