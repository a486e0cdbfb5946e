"""A hundred orders under twenty SIGKILLs of the real programs, faults on: nothing doubled, nothing lost."""

from pathlib import Path

import pytest

from tests.chaos.figures import BY_ITSELF
from tests.chaos.house import CLERKS, PROGRAMS
from tests.chaos.run import run

pytestmark = [pytest.mark.process, pytest.mark.timeout(500)]

ORDERS, KILLS, SEED = 100, 20, 2


def test_nothing_is_doubled_and_nothing_lost(tmp_path: Path) -> None:
    verdict = run(tmp_path, orders=ORDERS, kills=KILLS, seed=SEED)

    assert not verdict.violations, verdict.report
    assert set(verdict.kills) == set(PROGRAMS)
    assert verdict.kills.total() == KILLS
    assert verdict.orders >= ORDERS
    assert set(verdict.clerk_kills) == set(CLERKS)
    assert verdict.late_finds > 2, "a copier that sends again what it cannot see would pass"
    assert verdict.stops > 1
    assert verdict.origins[BY_ITSELF] > verdict.origins.total() / 2, "mostly what the operator asked for"
    assert verdict.faults.total() > 10, "no faults were met: nothing was proven under them"
    assert verdict.exact_positions > 5, "hardly a position could be compared in full"
