"""The machine's clock keeps the port's promises."""

import time
from datetime import UTC

import pytest

from app.adapters import system_clock
from app.adapters.system_clock import SystemClock
from app.ports.clock import Clock


def test_system_clock() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
    numbers = {clock.random() for _ in range(20)}
    assert len(numbers) > 1
    assert all(0 <= number < 1 for number in numbers)


def test_what_the_machine_slept_through_counts_where_the_system_tells_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(system_clock, "_WITH_SLEEP", 7)
    monkeypatch.setattr(time, "clock_gettime", {7: 4_000_000.0}.__getitem__)
    assert SystemClock().monotonic() == 4_000_000.0
    monkeypatch.setattr(system_clock, "_WITH_SLEEP", None)
    assert SystemClock().monotonic() <= time.monotonic()
