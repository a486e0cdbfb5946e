"""The simulation can fail: bugs that cost money are caught within a few seeds."""

import pytest

from tests.simulation.mutants import caught

QUICK = ("journal_after_send", "float_sizing", "blind_retry_on_unknown")


@pytest.mark.parametrize("name", QUICK)
def test_a_planted_bug_is_caught(name: str) -> None:
    _, seeds, by = caught(name, most=30)
    assert seeds is not None, by
