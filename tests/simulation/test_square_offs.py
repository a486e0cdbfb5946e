"""Square-offs again and again, among all faults: nothing is doubled, lost or untrue."""

from collections import Counter

from tests.simulation.planted.stages import CLOSED
from tests.simulation.verdict import judge

SEEDS = 12
_LEAST_EACH = 1.0


def test_days_with_square_offs_keep_their_promises() -> None:
    counts: Counter[str] = Counter()
    reports: list[str] = []
    for seed in range(SEEDS):
        verdict = judge(seed, stage=CLOSED)
        counts += verdict.counts
        reports += [verdict.report] if verdict.violations else []
    assert not reports, "\n\n".join(reports)
    assert counts["square-offs"] >= _LEAST_EACH * SEEDS
