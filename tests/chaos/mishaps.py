"""What goes wrong between copier and broker: fault rules, planned anew after each death of the exchange."""

import threading
from random import Random

import requests

from tests.chaos.house import PRIMARY, House

_SECONDARIES = "PA000[2-9]"
_ON_PLACING = {
    "reply_lost": 0.015,
    "reset_after": 0.03,
    "5xx_after": 0.03,
    "timed_out_after": 0.03,
    "garbled_after": 0.02,
    "late_timed_out": 0.02,
    "late_reset": 0.02,
    "late_5xx": 0.02,
    "slow": 0.03,
    "slow_reply": 0.03,
    "429": 0.03,
    "reset_before": 0.01,
    "5xx_before": 0.01,
    "timed_out_before": 0.01,
}
_ON_CHANGING = {"reset_after": 0.1, "5xx_after": 0.05, "5xx_before": 0.1, "429": 0.05}
_LATE_S = (0.5, 6.0)
_STALE_S = (0.5, 3.0)
_RENEW_S = 1.0


class Mishaps:
    """Keeps a fault plan in force until `end`; which faults were met, the ledger tells.

    `drops` counts the push connections that were cut.
    """

    def __init__(self, house: House, random: Random) -> None:
        self._house = house
        self._random = random
        self.drops = 0

    def work(self, stop: threading.Event) -> None:
        """Plan faults whenever no plan is in force, as after a kill of the exchange; cut pushes at times."""
        while not stop.wait(_RENEW_S):
            try:
                if not self._house.control("GET", "/faults"):
                    self._plan()
                if self._random.random() < 0.2:
                    self.drops += int(
                        self._house.control("POST", "/streams/drop", account=PRIMARY)["dropped"]
                    )
            except (requests.RequestException, ValueError):
                continue  # the exchange is down, and with it the plan

    def end(self) -> None:
        """Let everything go right from here on; whoever checks may also ask as often as they like."""
        self._house.control("PUT", "/behaviour", {"has_rate_limits": False})
        self._house.control("DELETE", "/faults")

    def _plan(self) -> None:
        for kind, chance in _ON_PLACING.items():
            more = {"delay_s": self._random.uniform(*_LATE_S)} if "late" in kind or kind == "slow" else {}
            self._add(kind, chance, route="orders.place", **more)
        for route in ("orders.modify", "orders.cancel"):
            for kind, chance in _ON_CHANGING.items():
                self._add(kind, chance, route=route)
        self._add("stale_orders", 0.1, delay_s=self._random.uniform(*_STALE_S))
        self._add("5xx_before", 0.05, route="orders.list")
        for kind in ("push_drop", "push_duplicate", "push_delay"):
            self._house.fault(kind, account=PRIMARY, probability=0.1, count=None)
        self._house.fault("5xx_before", account=PRIMARY, route="orders.list", probability=0.03, count=None)

    def _add(self, kind: str, chance: float, **rule: object) -> None:
        self._house.fault(kind, account=_SECONDARIES, probability=chance, count=None, **rule)
