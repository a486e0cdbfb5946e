"""When a silent program counts as hung: by the supervisor's own looks, with patience at the start."""

import asyncio
import os
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from app.cli.supervised import pulse as pulse_of
from app.cli.supervisor.pulse import LOOK_EVERY_S, SLOW_START, Pulse

LIMIT = 5
PATIENCE = 10 * SLOW_START * LIMIT


class Looking:
    """Replaces the waiting between looks: the test says what happens before each of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.beats: set[int] = set()
        self.heart = -1
        monkeypatch.setattr("app.cli.supervisor.pulse.asyncio", SimpleNamespace(sleep=self._sleep))

    async def _sleep(self, seconds: float) -> None:
        assert seconds == LOOK_EVERY_S
        self.count += 1
        assert self.count < PATIENCE, "nobody was accused"
        if self.count in self.beats:
            os.write(self.heart, b".")


@pytest.fixture
def pulse() -> Iterator[Pulse]:
    made = Pulse(LIMIT * LOOK_EVERY_S)
    yield made
    made.close()


@pytest.fixture
def looking(pulse: Pulse, monkeypatch: pytest.MonkeyPatch) -> Looking:
    found = Looking(monkeypatch)
    found.heart = pulse.child_end
    return found


async def test_silence_after_a_beat_is_suffered_for_the_limit(pulse: Pulse, looking: Looking) -> None:
    looking.beats = {1}

    await pulse.stopped()

    assert looking.count == 1 + LIMIT


async def test_each_beat_begins_the_wait_anew(pulse: Pulse, looking: Looking) -> None:
    looking.beats = {1, LIMIT, 2 * LIMIT - 1}

    await pulse.stopped()

    assert looking.count == 3 * LIMIT - 1


async def test_a_start_may_take_longer(pulse: Pulse, looking: Looking) -> None:
    await pulse.stopped()

    assert looking.count == SLOW_START * LIMIT


async def test_a_paused_supervisor_accuses_nobody(pulse: Pulse) -> None:
    """Whatever the clocks say: without looks there is no silence."""
    waiting = asyncio.create_task(pulse.stopped())
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0)
    started_s = loop.time()
    really = loop.time
    loop.time = lambda: really() + 1000.0  # type: ignore[method-assign]  # the loop was not run for so long
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    finally:
        loop.time = really  # type: ignore[method-assign]  # as it was
    assert really() - started_s < SLOW_START * LIMIT
    assert not waiting.done()
    waiting.cancel()


def test_a_child_that_nobody_hears_never_waits_and_never_fails() -> None:
    pulse = Pulse(1.0)
    beat = pulse_of({"pulse": pulse.child_end})
    for _ in range(100_000):  # more than the pipe takes
        beat()
    assert pulse._has_beaten()
    pulse.close()

    beat()
    pulse_of({})()
