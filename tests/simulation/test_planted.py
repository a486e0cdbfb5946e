"""The simulation can fail: every planted bug is caught, and within a few seeds."""

import pytest

from tests.simulation.mutants import hunt
from tests.simulation.planted import PLANTED


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_caught(name: str) -> None:
    found = hunt(name, most=8, first=PLANTED[name].starts_at)
    assert found.seeds is not None, f"{found.tried} seeds passed; fail without it too: {found.innocent}"
