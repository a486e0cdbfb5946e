"""What is seen of a world from outside while it lives, for the checks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain import events as e
from app.domain.events import Fact
from app.domain.reasons import ReasonCode
from tests.simulation.given_up import GivenUp

if TYPE_CHECKING:
    from tests.simulation.world import Sent, Violation


@dataclass
class Record:
    """What was seen from outside while the world ran, for the checks."""

    sent: "list[Sent]" = field(default_factory=list)
    facts: list[tuple[float, int, Fact]] = field(default_factory=list)
    violations: "list[Violation]" = field(default_factory=list)
    unhandled: list[str] = field(default_factory=list)
    positions: dict[tuple[str, str], list[tuple[float, int]]] = field(default_factory=dict)
    looks: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    asked: dict[str, list[float]] = field(default_factory=dict)
    answered: dict[str, list[float]] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    refused_token_at_s: dict[str, float] = field(default_factory=dict)
    quiet_since_s: float = 0.0
    began_s: float = 0.0
    given_up: GivenUp = field(default_factory=GivenUp)
    losses: list[tuple[float, int]] = field(default_factory=list)
    """When the journal was lost, and how many facts there had been."""

    def take_evening(self, evening: "Record") -> None:
        """Take over what belongs to this day and happened when it was over."""
        if evening.losses:
            self.facts.clear()
        first = evening.losses[-1][1] if evening.losses else 0
        self.facts += evening.facts[first:]

    def turn_page(self, now_s: float) -> None:
        """Begin a new day; what was broken, and who is blocked, goes on."""
        days = (self.sent, self.facts, self.positions, self.looks, self.filled, self.asked, self.answered)
        for part in (*days, self.losses):
            part.clear()
        self.given_up, self.began_s = GivenUp(), now_s

    def follow_block(self, fact: Fact) -> None:
        """Learn from a fact which accounts are blocked; a start forgets it."""
        match fact:
            case e.AccountBlocked():
                self.blocked.add(fact.account_id)
            case e.AccountUnblocked():
                self.blocked.discard(fact.account_id)
                self.refused_token_at_s.pop(fact.account_id, None)
            case e.EngineStarted():
                self.blocked.clear()
                self.refused_token_at_s.clear()
            case _:
                pass

    def looked_before(self, account_id: str, moment_s: float) -> float:
        """Return as of when the engine knew an account at a moment: the age of the list is counted in."""
        known = [as_of_s for answered_s, as_of_s in self.looks.get(account_id, ()) if answered_s <= moment_s]
        return known[-1] if known else 0.0


def closes_a_day(facts: Sequence[Fact]) -> bool:
    """Tell whether facts are those with which what a day left open is closed."""
    reasons = [getattr(fact, "reason", None) for fact in facts]
    return any(reason is not None and reason.code is ReasonCode.DAY_OVER for reason in reasons)
