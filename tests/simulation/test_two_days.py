"""Two days and the night between them, under faults: nothing of the first is acted upon in the second."""

from collections import Counter

import pytest

from tests.simulation.planted.stages import TWO_DAYS
from tests.simulation.verdict import judge

FIRST, SEEDS = 100, 60
SEEDS_PER_CHUNK = 20
FOUND = {
    27: "a copy of yesterday that was shown without stamps was an unexpected order of today",
    91_007: "a life under yesterday's date took a retry of a copy that was closed with its day",
    119: "an order of yesterday that was shown without stamps was held for a tick, and copied",
}
"""Seeds that once broke a rule, and what each found. The world changes and with it what they draw."""


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, SEEDS_PER_CHUNK))
def test_no_rule_breaks_over_the_night(first: int) -> None:
    met: Counter[str] = Counter()
    reports: list[str] = []
    for seed in range(first, first + SEEDS_PER_CHUNK):
        verdict = judge(seed, stage=TWO_DAYS)
        reports += [verdict.report] if verdict.violations else []
        assert verdict.history is not None
        events = [*verdict.history.earlier, *verdict.history.events]
        met.update({event.what for event in events})
        met["told"] += any(
            "AlertRaised" in event.what and "copies of 2026" in str(event.detail) for event in events
        )
    assert not reports, "\n\n".join(reports)
    assert met["day changed"], "no engine lived through midnight"
    assert met["told"] >= SEEDS_PER_CHUNK / 4, "too few afternoons left anything open"


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_found_once_stays_mended(seed: int) -> None:
    verdict = judge(seed, stage=TWO_DAYS)
    assert not verdict.violations, verdict.report


def test_a_night_replays_from_its_seed() -> None:
    digests = set()
    for _ in range(2):
        history = judge(5, stage=TWO_DAYS, checks=()).history
        assert history is not None
        digests.add(history.digest)
    assert len(digests) == 1
