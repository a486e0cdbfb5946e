"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta
from random import Random

FRIDAY_MORNING = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
"""10:00 IST on a trading day."""


class FakeClock:
    """A `Clock` whose time moves by `advance` alone and whose randomness comes from a seed."""

    def __init__(self, start: datetime = FRIDAY_MORNING, *, seed: int = 0) -> None:
        if start.tzinfo is None:
            raise ValueError(f"Expected an aware datetime, was {start!r}")
        self._now = start.astimezone(UTC)
        self._monotonic = 1000.0
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return self._monotonic

    def random(self) -> float:
        """Return the next number of the seeded sequence."""
        return self._random.random()

    def advance(self, seconds: float) -> None:
        """Let that much time pass, on both clocks."""
        if seconds < 0:
            raise ValueError(f"Time does not run backwards: {seconds!r}")
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set_wall(self, moment: datetime) -> None:
        """Step the wall clock alone, as an operator or NTP does; the monotonic one goes on as it was."""
        self._now = moment.astimezone(UTC)
