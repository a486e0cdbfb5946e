"""Trading days under faults and crashes: no rule of the order protocol breaks, whatever the seed."""

import pytest

from tests.simulation.verdict import judge

SEEDS_PER_CHUNK = 8
CHUNKS = 7
FOUND = (84,)
"""Seeds that once broke a rule; what each found is in the commit that added it."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_rule_breaks(chunk: int) -> None:
    first = chunk * SEEDS_PER_CHUNK
    reports = [
        verdict.report
        for verdict in (judge(seed) for seed in range(first, first + SEEDS_PER_CHUNK))
        if verdict.violations
    ]
    assert not reports, "\n\n".join(reports)


@pytest.mark.parametrize("seed", FOUND)
def test_what_was_found_once_stays_mended(seed: int) -> None:
    verdict = judge(seed)
    assert not verdict.violations, verdict.report
