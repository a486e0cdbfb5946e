"""What goes wrong in one seed: a random subset of all faults, each more or less likely (swarm testing)."""

from dataclasses import dataclass, field
from random import Random

from app.exchange.faults import FaultKind as K
from app.exchange.faults import FaultRule

_FACTORS = (0, 0, 1, 1, 2, 4)
_MOST_PER_REQUEST = 0.6
MOST_LATE_S = 20.0
"""How late an order may be accepted: less than the 30 s after which absence asks the operator."""
MOST_STALE_S = 3.0

_ON_PLACING = {
    K.TOO_MANY: 0.03,
    K.HANG: 0.015,
    K.RESET_BEFORE: 0.0225,
    K.RESET_AFTER: 0.03,
    K.REPLY_LOST: 0.03,
    K.SERVER_ERROR_BEFORE: 0.0225,
    K.SERVER_ERROR_AFTER: 0.03,
    K.TIMED_OUT_BEFORE: 0.015,
    K.TIMED_OUT_AFTER: 0.03,
    K.GARBLED_AFTER: 0.015,
    K.LATE_TIMED_OUT: 0.015,
    K.LATE_SILENCE: 0.015,
    K.LATE_RESET: 0.015,
    K.LATE_SERVER_ERROR: 0.015,
    K.SLOW: 0.045,
    K.SLOW_REPLY: 0.045,
    K.REFUSE: 0.0225,
}
_ON_READING = {
    K.TOO_MANY: 0.02,
    K.HANG: 0.006,
    K.RESET_BEFORE: 0.02,
    K.SERVER_ERROR_BEFORE: 0.02,
    K.GARBLED_AFTER: 0.02,
    K.SLOW_REPLY: 0.08,
    K.STALE_ORDERS: 0.24,
}
_LATE = {K.LATE_TIMED_OUT, K.LATE_SILENCE, K.LATE_RESET, K.LATE_SERVER_ERROR, K.SLOW}
CRASH_LABELS = (
    "journal before",
    "journal after",
    "dial",
    "request before",
    "request after",
    "answer before",
)


@dataclass(kw_only=True)
class Chances:
    """Probabilities and rates of one seed; `crash` by label, the rest per event or per second."""

    rules: list[FaultRule] = field(default_factory=list)
    crash: dict[str, float] = field(default_factory=dict)
    dies_sending: float = 0.0
    dies_anywhere: float = 0.0
    kill_per_s: float = 0.0
    journal_fails: float = 0.0
    refused_dial: float = 0.0
    push_lost: float = 0.0
    push_late: float = 0.0
    push_doubled: float = 0.0
    token_outage_per_s: float = 0.0
    maintenance_per_s: float = 0.0
    disconnect_per_s: float = 0.0
    outage_per_s: float = 0.0
    not_permitted_per_s: float = 0.0
    disk_full_per_s: float = 0.0
    lost_journal_per_s: float = 0.0
    clock_jump_per_s: float = 0.0
    hands_per_s: float = 0.0
    edits_per_s: float = 0.0
    square_offs_per_s: float = 0.0
    odd_row: float = 0.0
    shuffled: float = 0.0
    doubled: float = 0.0
    redirected: float = 0.0
    tidies_per_s: float = 0.0
    closings_per_s: float = 0.0
    slow_factors: dict[str, float] = field(default_factory=dict)

    @property
    def may_be_stale(self) -> bool:
        """Whether an order list may be older than its answer."""
        return any(rule.kind is K.STALE_ORDERS for rule in self.rules)


def draw(random: Random, accounts: list[str], *, strength: float = 1.0) -> Chances:
    """Draw what goes wrong in one seed; `strength` 0 makes a world without faults."""

    def drawn(base: float) -> float:
        return base * random.choice(_FACTORS) * strength

    return Chances(
        rules=[
            *_rules(random, _ON_PLACING, "orders.place", drawn(1.0)),
            *_rules(random, _ON_PLACING, "orders.modify", drawn(1.0)),
            *_rules(random, _ON_PLACING, "orders.cancel", drawn(1.0)),
            *_rules(random, _ON_READING, "orders.list", drawn(1.0)),
        ],
        crash={label: drawn(0.002) for label in CRASH_LABELS},
        dies_sending=drawn(0.3),
        dies_anywhere=drawn(0.2),
        kill_per_s=drawn(0.015),
        journal_fails=drawn(0.0008),
        refused_dial=drawn(0.08),
        push_lost=drawn(0.26),
        push_late=drawn(0.3),
        push_doubled=drawn(0.32),
        token_outage_per_s=drawn(0.008),
        maintenance_per_s=drawn(0.006),
        disconnect_per_s=drawn(0.04),
        outage_per_s=drawn(0.008),
        not_permitted_per_s=drawn(0.006),
        disk_full_per_s=drawn(0.003),
        lost_journal_per_s=drawn(0.002),
        clock_jump_per_s=drawn(0.02),
        hands_per_s=drawn(0.06),
        edits_per_s=drawn(0.05),
        square_offs_per_s=drawn(0.003),
        odd_row=drawn(0.04),
        shuffled=drawn(0.25),
        doubled=drawn(0.004),
        slow_factors={
            account: random.choice((1, 1, 1, 1, 10, 60)) if strength else 1.0 for account in accounts
        },
        tidies_per_s=drawn(0.2),
        closings_per_s=drawn(0.02),
    )


def _rules(random: Random, kinds: dict[K, float], route: str, strength: float) -> list[FaultRule]:
    """Draw the fault rules of one route; their sum is bounded, so that something gets through."""
    odds = {kind: base * random.choice(_FACTORS) * strength for kind, base in kinds.items()}
    total = sum(odds.values())
    scale = min(1.0, _MOST_PER_REQUEST / total) if total else 0.0
    return [
        FaultRule(
            kind=kind,
            route=route,
            count=None,
            probability=chance * scale,
            delay_s=_delay_s(random, kind),
            message="The fault plan says no." if kind is K.REFUSE else None,
        )
        for kind, chance in odds.items()
        if chance * scale > 0
    ]


def _delay_s(random: Random, kind: K) -> float | None:
    if kind in _LATE:
        return round(random.uniform(0.3, MOST_LATE_S if kind is not K.SLOW else 9.0), 3)
    if kind is K.SLOW_REPLY:
        return round(random.uniform(0.1, 9.0), 3)
    if kind is K.STALE_ORDERS:
        return round(random.uniform(0.2, MOST_STALE_S), 3)
    return None
