"""Time, as the engine sees it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time. `now` is for stamps and days, `monotonic` for ages and timeouts."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, from an arbitrary start."""
        ...

    def random(self) -> float:
        """Return a random number in [0, 1): the jitter of back-offs. Seeded in simulation."""
        ...
