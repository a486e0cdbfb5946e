"""How long to wait before a child is started again."""

FIRST_S = 0.2
LONGEST_S = 10.0
HEALTHY_AFTER_S = 60.0


class Backoff:
    """Double the wait with each early death, up to ten seconds; a minute of health forgives them all."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def after(self, lived_s: float) -> float:
        """Return how long to wait now that a child died after living this long."""
        if lived_s >= HEALTHY_AFTER_S:
            self._next_s = FIRST_S
        wait_s, self._next_s = self._next_s, min(2 * self._next_s, LONGEST_S)
        return wait_s
