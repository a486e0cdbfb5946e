"""How fast an account may send: Kite's limits with a margin, and a reserve for exits and cancellations.

Kite counts per client account: 10 orders a second, 400 a minute, 5,000 a day (Kite docs, exceptions;
Kite forum 52882). The second is the server's calendar second, not a sliding window (NSE/INVG/67858),
so a burst over a boundary of our window is refused; hence calendar windows here as well.
"""

from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Orders per calendar second, calendar minute and day; `reserve` of a second's are for exits only."""

    per_second: int = 8
    per_minute: int = 360
    per_day: int = 4_800
    warn_per_day: int = 4_000
    reserve: int = 2


class Budget:
    """Counts what one account has sent and says when the next order may leave.

    Moments are wall-clock seconds since the epoch. A restart must not refill it: feed the day's sends
    of the journal back through `spend`.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._seconds: Counter[int] = Counter()
        self._minutes: Counter[int] = Counter()
        self.spent_today = 0

    def spend(self, moment_s: float) -> None:
        """Count one order sent at `moment_s`."""
        self._seconds[int(moment_s)] += 1
        self._minutes[int(moment_s) // 60] += 1
        self.spent_today += 1
        self._forget_before(moment_s)

    def wait_s(self, moment_s: float, *, is_urgent: bool) -> float:
        """Return how long the next order has to wait at `moment_s`; 0.0 where it may go, inf for today.

        Urgent ones (exits, cancellations) may use the reserve; others leave it alone.
        """
        reserve = 0 if is_urgent else self.limits.reserve
        if self.spent_today >= self.limits.per_day - reserve * 50:
            return float("inf")
        second, minute = int(moment_s), int(moment_s) // 60
        if self._minutes[minute] >= self.limits.per_minute - reserve * 10:
            return (minute + 1) * 60 - moment_s
        if self._seconds[second] >= self.limits.per_second - reserve:
            return second + 1 - moment_s
        return 0.0

    @property
    def is_nearly_spent(self) -> bool:
        """True once the day's count is where the operator should know of it."""
        return self.spent_today >= self.limits.warn_per_day

    def _forget_before(self, moment_s: float) -> None:
        if len(self._seconds) > 120:
            oldest = int(moment_s) - 60
            self._seconds = Counter({s: n for s, n in self._seconds.items() if s >= oldest})
            self._minutes = Counter({m: n for m, n in self._minutes.items() if m * 60 >= oldest - 60})
