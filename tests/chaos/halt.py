"""A stop that has to outlive the engine: after its answer nothing leaves, a restart or not."""

import requests

from tests.chaos.evidence import Violation
from tests.chaos.house import SECONDARIES, House


class Halt:
    """The operator stops copying, and resumes later; `violations` are what left in between."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known = 0
        self.count = 0
        self.violations: list[Violation] = []

    def begin(self) -> bool:
        """Stop; tell whether that was answered.

        What had left before the answer arrives before the second of two reads that came after it.
        """
        if not self._is_given("/stop"):
            return False
        self._house.ledger()
        self._known = max((row["number"] for row in self._house.ledger()), default=0)
        self.count += 1
        return True

    def judge(self) -> None:
        """Compare with what the exchange was asked for since."""
        for row in self._house.ledger(after=str(self._known)):
            if row["account"] in SECONDARIES:
                text = f"Left while copying was stopped: {row['action']} of {row['account']}, {row['tag']}"
                self.violations.append(Violation("stopped", text, (str(row["tag"] or row["order_id"]),)))

    def end(self) -> bool:
        """Resume; tell whether that was answered."""
        return self._is_given("/resume")

    def _is_given(self, path: str) -> bool:
        try:
            return self._house.ask("POST", path).ok
        except requests.RequestException:
            return False
