"""Orders that the exchange holds back while the engine that sent them dies and another one looks for them."""

import time
from random import Random

import requests

from tests.chaos.house import House

_SECONDARIES = "PA000[2-9]"
_HELD_BACK_S = (15.0, 20.0)
"""Longer than a new engine takes to its first looks, which must not be taken for proof, and shorter than the
30 s after which the operator is asked."""


class Ambush:
    """Laid before orders leave and closed when their sender is dead.

    What it catches, a copier doubles that takes what is not in the list for never sent.
    """

    def __init__(self, house: House, random: Random) -> None:
        self._house = house
        self._random = random
        self._rule = 0
        self._known = 0
        self._over_at_s = 0.0

    @property
    def is_over(self) -> bool:
        """Tell whether everything that was held back has been let in."""
        return time.monotonic() >= self._over_at_s

    def lay(self) -> None:
        """Hold back what the secondaries are sent from here on."""
        self._known = max((row["number"] for row in self._house.ledger()), default=0)
        delay_s = self._random.uniform(*_HELD_BACK_S)
        self._rule = self._house.fault("slow", account=_SECONDARIES, count=None, delay_s=delay_s)

    def has_caught(self) -> bool:
        """Tell whether an order is held back."""
        try:
            rows = self._house.ledger(action="place", after=str(self._known))
        except requests.RequestException:
            return False
        return any(row["outcome"] == "pending" and row["fault"] == "slow" for row in rows)

    def close(self) -> None:
        """Let through what comes from here on; what is held back stays so for its time."""
        self._house.control("DELETE", f"/faults/{self._rule}")
        self._over_at_s = time.monotonic() + _HELD_BACK_S[1]
