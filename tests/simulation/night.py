"""The night between two days: what an engine sees of it, asleep and awake, and the morning's logins."""

import asyncio
from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.domain.session import IST

if TYPE_CHECKING:
    from tests.simulation.world import World

MIDNIGHT, FLUSH, OPENING = time(0), time(6), time(9, 15)
_COMES_UP = (
    ((15, 41), 3000.0),
    ((23, 59), 58.0),
    ((24, 0), 4.0),
    ((24, 1), 20_000.0),
    ((29, 59), 70.0),
    ((30, 5), 11_000.0),
    ((33, 14), 90.0),
)
"""From which hour on, counted from the first day's midnight, and for how many seconds."""
_AWAKE_S = (1.0, 25.0)
_OVERSLEPT = 0.25
"""How likely the host sleeps through the hour itself, and wakes some time after it."""
_OVERSLEPT_S = (0.1, 900.0)
_SURELY = timedelta(milliseconds=1)
"""Virtual seconds are floats, which may miss the hour by less."""
_TRADED_AFTER_S = (0.5, 30.0)


def comes_up_at(evening: datetime, random: Random) -> datetime:
    """Draw when the engine that was killed in the afternoon is started again, down or not over midnight."""
    (hour, minute), for_s = random.choice(_COMES_UP)
    midnight = datetime.combine(evening.astimezone(IST).date(), time(0), IST)
    return midnight + timedelta(hours=hour, minutes=minute, seconds=random.uniform(0.0, for_s))


class Night:
    """Lets a world pass midnight, the flush of the tokens and the opening; `is_over` once there is trading.

    In between the host is asleep: clocks go on and nothing happens. Around each hour it is awake for a while,
    and now and then it oversleeps.
    """

    def __init__(self, world: "World", random: Random) -> None:
        self._world = world
        self._random = random
        self.is_over = asyncio.Event()

    async def run(self) -> None:
        """Live until some seconds after the opening."""
        try:
            await self._pass()
        finally:
            self.is_over.set()

    async def _pass(self) -> None:
        world = self._world
        world.host.day_may_change = True
        today = self._first_midnight()
        if world.loop.wall < today:
            await self._until(today)
            world.turn_page(today.date())
        await self._until(datetime.combine(today, FLUSH, IST))
        world.exchange.venue.step()
        world.nemesis.sessions.flush(world.accounts)
        await self._until(datetime.combine(today, OPENING, IST))
        world.exchange.venue.step()
        world.nemesis.sessions.morning.set()
        await asyncio.sleep(self._random.uniform(*_TRADED_AFTER_S))
        await world.operators.begin_day()

    def _first_midnight(self) -> datetime:
        """Return the midnight with which the second day begins, over or not."""
        wall = self._world.loop.wall.astimezone(IST)
        midnight = datetime.combine(wall.date(), MIDNIGHT, IST)
        assert self._world.yesterday is not None
        return midnight if wall.date() > self._world.yesterday.day else midnight + timedelta(days=1)

    async def _until(self, hour: datetime) -> None:
        """Let time pass up to an hour, asleep for most of it; an hour that is over is not waited for."""
        hour += _SURELY
        await self._stay_awake(self._random.uniform(*_AWAKE_S), hour)
        while self._world.exchange.is_busy and self._left_s(hour) > 0:
            await self._stay_awake(0.5, hour)
        awake_s = self._random.uniform(*_AWAKE_S)
        if self._random.random() < _OVERSLEPT:
            awake_s = -self._random.uniform(*_OVERSLEPT_S)
        left_s = self._left_s(hour)
        if left_s > max(awake_s, 0.0):
            self._sleep_through(left_s - awake_s)
        await self._stay_awake(awake_s, hour)

    async def _stay_awake(self, for_s: float, hour: datetime) -> None:
        await asyncio.sleep(max(min(for_s, self._left_s(hour)), 0.0))

    def _sleep_through(self, seconds: float) -> None:
        world = self._world
        world.loop.sleep_through(seconds)
        world.history.note("asleep", detail=f"{seconds:.1f} s, until {world.loop.wall.astimezone(IST)}")
        if self._random.random() < 0.7:
            for account_id in world.accounts:
                world.network.break_all(account_id)

    def _left_s(self, hour: datetime) -> float:
        return (hour - self._world.loop.wall).total_seconds()
