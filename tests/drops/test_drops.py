"""Connections that break at any byte while orders stream: every view is contiguous and ends true."""

from pathlib import Path
from random import Random

import pytest

from tests.drops.stage import stage
from tests.drops.view import Tally

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


@pytest.mark.parametrize("mode", ["eventlet", "threading"])
async def test_dropped_browsers_miss_nothing_and_see_nothing_twice(tmp_path: Path, mode: str) -> None:
    tally = Tally()
    chance = Random(mode)  # noqa: S311 - repeatable, not secret
    async with stage(mode, tmp_path, tally, chance) as built:
        await built.run(13)

    assert tally.wrong == []
    assert tally.seen["views that ended true"] == 4
    assert tally.seen["kills of the web process"] >= 1
    assert tally.seen["batches"] > 0
    assert all(tally.seen[f"drops {transport}"] for transport in ("websocket", "polling"))
