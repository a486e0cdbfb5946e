"""How fast an account may send: Kite's limits with a margin, and a reserve for exits and cancellations.

Kite counts per client account: 10 orders a second, 400 a minute, 5,000 a day (Kite docs, exceptions;
Kite forum 52882), by the calendar second of its server (NSE/INVG/67858). Our clock is not the server's,
so we count in sliding windows: what holds for every second holds for the server's too.
"""

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Orders in any second, in any minute and in a day; `reserve` of a second's are for exits only."""

    per_second: int = 8
    per_minute: int = 360
    per_day: int = 4_800
    warn_per_day: int = 4_000
    reserve: int = 2


class Budget:
    """Counts what one account has sent and says when the next order may leave.

    Moments are wall-clock seconds since the epoch. A restart must not refill it: feed the day's sends
    of the journal back through `spend`. A wall clock that is set back takes what was sent with it, so
    that it neither refills the budget nor locks it.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._sent: deque[float] = deque()
        self.spent_today = 0

    def spend(self, moment_s: float) -> None:
        """Count one order sent at `moment_s`."""
        self._come_to(moment_s)
        self._sent.append(moment_s)
        self.spent_today += 1

    def wait_s(self, moment_s: float, *, is_urgent: bool) -> float:
        """Return how long the next order has to wait at `moment_s`; 0.0 where it may go, inf for today.

        Urgent ones (exits, cancellations) may use the reserve; others leave it alone.
        """
        self._come_to(moment_s)
        reserve = 0 if is_urgent else self.limits.reserve
        if self.spent_today >= self.limits.per_day - reserve * 50:
            return float("inf")
        return max(
            self._window_wait_s(moment_s, self.limits.per_second - reserve, 1.0),
            self._window_wait_s(moment_s, self.limits.per_minute - reserve * 10, 60.0),
        )

    @property
    def is_nearly_spent(self) -> bool:
        """True once the day's count is where the operator should know of it."""
        return self.spent_today >= self.limits.warn_per_day

    def _window_wait_s(self, moment_s: float, most: int, window_s: float) -> float:
        """Return when the window has room: once the send that is `most` back has left it."""
        if most <= 0:
            return window_s
        if len(self._sent) < most:
            return 0.0
        return max(self._sent[-most] + window_s - moment_s, 0.0)

    def _come_to(self, moment_s: float) -> None:
        if self._sent and self._sent[-1] > moment_s:
            set_back_s = self._sent[-1] - moment_s
            self._sent = deque(sent_s - set_back_s for sent_s in self._sent)
        while self._sent and self._sent[0] <= moment_s - 60.0:
            self._sent.popleft()
