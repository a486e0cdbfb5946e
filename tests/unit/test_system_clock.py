"""The machine's clock keeps the port's promises."""

from datetime import UTC

from app.adapters.system_clock import SystemClock
from app.ports.clock import Clock


def test_system_clock() -> None:
    clock: Clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
    numbers = {clock.random() for _ in range(20)}
    assert len(numbers) > 1
    assert all(0 <= number < 1 for number in numbers)
