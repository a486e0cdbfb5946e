"""The machine's own time and randomness, behind the Clock port."""

import random
import time
from datetime import UTC, datetime

_WITH_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class SystemClock:
    """Clock of the running machine. `now` may step when the machine is set; `monotonic` never does."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start, the same for all processes of this machine.

        Those that the machine slept through count where the system tells them (Linux): else an engine that
        wakes up on the next morning would take it for the evening before, until the broker tells it better.
        """
        return time.monotonic() if _WITH_SLEEP is None else time.clock_gettime(_WITH_SLEEP)

    def random(self) -> float:
        """Return a random number in [0, 1) for the jitter of back-offs; it guards no secret."""
        return random.random()  # noqa: S311 - jitter, not a secret
