"""Two operators race for the same copies over the real program: one order each, and true answers."""

from pathlib import Path
from random import Random

import pytest

from tests.races.house import house
from tests.races.verdict import Tally
from tests.races.volleys import Volleys

pytestmark = [pytest.mark.process, pytest.mark.timeout(400)]


@pytest.mark.parametrize(("mode", "races"), [("eventlet", 144), ("threading", 96)])
def test_operators_who_race_get_one_order_and_true_answers(tmp_path: Path, mode: str, races: int) -> None:
    tally = Tally()
    with house(tmp_path, mode) as built:
        chance = Random(races)  # noqa: S311 - repeatable, not secret
        Volleys(built, tally, chance).run(races, with_late_finds=mode == "eventlet")

    assert tally.wrong == []
    assert tally.total >= races
    assert len(tally.races) >= (11 if mode == "eventlet" else 8)
