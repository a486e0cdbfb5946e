"""Square-offs among all faults but a lost journal, which forgets them: nothing is doubled, lost or untrue.

Judged by the checks that do not reckon from primary orders, for behind a square-off there is none.
"""

from dataclasses import replace

import pytest

from tests.simulation import check_agreement, check_engine, check_exactly_once, check_operator
from tests.simulation.chances import Chances
from tests.simulation.stage import Stage
from tests.simulation.verdict import judge

SEEDS = 16
_CHECKS = (check_exactly_once, check_agreement, check_engine, check_operator)


def _with_square_offs(drawn: Chances) -> Chances:
    return replace(drawn, closings_per_s=0.25, lost_journal_per_s=0.0)


STAGE = Stage(name="closed by the operator", chances=_with_square_offs)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_day_with_square_offs_keeps_its_promises(seed: int) -> None:
    verdict = judge(seed, stage=STAGE, checks=_CHECKS)
    assert not verdict.violations, verdict.report


def test_enough_positions_are_closed_for_that_to_mean_something() -> None:
    history = judge(0, stage=STAGE, checks=()).history
    assert history is not None
    assert sum(event.what == "SquareOffDecided" for event in history.events) >= 1
