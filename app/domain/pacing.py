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

    Moments are monotonic seconds: a wall clock that jumps forward would refill it. A restart must not
    refill it either: feed the day's sends of the journal back through `spend`, the oldest first.

    What was let go may still wait for a connection. From `let_go` to `left` or `came_back` it counts as
    leaving at each moment, or else two seconds' orders could reach the broker within one.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._sent: deque[float] = deque()
        self._let_go: set[str] = set()
        self.spent_today = 0

    def spend(self, moment_s: float) -> None:
        """Count one order that left at `moment_s`."""
        self._drop_before(moment_s)
        self._sent.append(moment_s)
        self.spent_today += 1

    def let_go(self, key: str) -> None:
        """Count one order that may leave from now on; `key` names it until it is settled."""
        self._let_go.add(key)
        self.spent_today += 1

    def left(self, key: str, moment_s: float) -> None:
        """Note when one that was let go left; does nothing for any other."""
        if key in self._let_go:
            self._let_go.discard(key)
            self._drop_before(moment_s)
            self._sent.append(moment_s)

    def came_back(self, key: str) -> None:
        """Note that one that was let go never left; the day has counted it all the same."""
        self._let_go.discard(key)

    def wait_s(self, moment_s: float, *, is_urgent: bool) -> float:
        """Return how long the next order has to wait at `moment_s`; 0.0 where it may go, inf for today.

        Urgent ones (exits, cancellations) may use the reserve; others leave it alone.
        """
        self._drop_before(moment_s)
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
        free = most - len(self._let_go)
        if free <= 0:
            return window_s
        if len(self._sent) < free:
            return 0.0
        return max(self._sent[-free] + window_s - moment_s, 0.0)

    def _drop_before(self, moment_s: float) -> None:
        while self._sent and self._sent[0] <= moment_s - 60.0:
            self._sent.popleft()
