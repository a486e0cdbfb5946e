"""The host's wall clock, which may be wrong and may jump; the broker's is right (ADR 0007)."""

import asyncio
from datetime import datetime, timedelta
from random import Random

from tests.simulation.virtual_loop import VirtualClock

_STEPS_S = ((-2.0, 2.0), (-2.0, 2.0), (-90.0, 90.0), (-5 * 3600.0, 5 * 3600.0), (-16 * 3600.0, 16 * 3600.0))
"""Mostly what a time service does, now and then what a person or a resumed virtual machine does."""

_FAR_OFF_S = 3600.0


class Skew:
    """How far the host's clock is ahead of the truth; every life of the engine runs under the same.

    `was_far_off` is True once it was so wrong that the host may have taken the day for another.
    """

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self.was_far_off = False

    def jump(self, random: Random) -> float:
        """Set the clock by a step, or right again; return the step."""
        low, high = random.choice(_STEPS_S)
        step_s = -self.ahead_s if self.ahead_s and random.random() < 0.3 else random.uniform(low, high)
        self.ahead_s += step_s
        self.was_far_off |= abs(self.ahead_s) > _FAR_OFF_S
        return step_s


class HostClock(VirtualClock):
    """The engine's `Clock` on a host whose wall clock may be wrong; its monotonic clock never is.

    The latter goes on while the host sleeps.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, random: Random, skew: Skew) -> None:
        super().__init__(loop, random)
        self._skew = skew
        self._began = self._loop.began

    def monotonic(self) -> float:
        """Return virtual seconds, and those that were slept through."""
        now_s, began = self._loop.time(), self._loop.began
        return now_s if began is self._began else now_s + (began - self._began).total_seconds()

    def now(self) -> datetime:
        """Return what the host takes for the present moment, aware, in UTC."""
        return super().now() + timedelta(seconds=self._skew.ahead_s)
