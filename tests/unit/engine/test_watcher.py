"""How long nobody looked, over a restart on a host whose clock was set meanwhile."""

from datetime import datetime, timedelta

import pytest

from app.engine.messages import Message, PrimaryListRead
from app.engine.watcher import Watcher
from app.ports.broker import OrderList
from tests.builders.copier import PRIMARY
from tests.fakes.broker import FakeBroker
from tests.fakes.clock import FakeClock
from tests.fakes.journal import MemoryJournal


class _DatedBroker(FakeBroker):
    """A broker whose answers carry its time, or do not, and take `slow_s` on a `FakeClock`."""

    broker_time: datetime | None = None
    slow_s = 0.0

    async def order_list(self) -> OrderList:
        """Return an empty list."""
        if self.slow_s:
            assert isinstance(self._clock, FakeClock)
            self._clock.advance(self.slow_s)
        return OrderList(orders=(), broker_time=self.broker_time)


async def _gap_s(broker: _DatedBroker, journal: MemoryJournal, clock: FakeClock) -> float | None:
    """Look once, as a new process does, and return the gap that it sees."""
    seen: list[Message] = []
    watcher = Watcher(
        broker,
        journal=journal,
        clock=clock,
        post=seen.append,
        show=lambda _fails: None,
        poll_interval_s=1.0,
    )
    await watcher._look()
    [look] = seen
    assert isinstance(look, PrimaryListRead)
    return look.gap_s


@pytest.mark.parametrize("set_by_s", [-3600, 0, 3600])
async def test_the_gap_is_measured_on_the_brokers_clock(set_by_s: float) -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock.now)
    broker = _DatedBroker(PRIMARY, clock=clock)
    broker.broker_time = clock.now()
    assert await _gap_s(broker, journal, clock) is None
    broker.broker_time += timedelta(seconds=45)
    clock.advance(max(45 + set_by_s, 0))
    assert await _gap_s(broker, journal, clock) == 45


async def test_without_the_brokers_time_the_hosts_serves() -> None:
    clock = FakeClock()
    journal = MemoryJournal(clock.now)
    broker = _DatedBroker(PRIMARY, clock=clock)
    await _gap_s(broker, journal, clock)
    clock.advance(7)
    assert await _gap_s(broker, journal, clock) == 7


async def test_a_list_is_no_newer_than_its_request() -> None:
    """What was placed while a slow answer was on its way may not be in it."""
    clock = FakeClock()
    journal = MemoryJournal(clock.now)
    broker = _DatedBroker(PRIMARY, clock=clock)
    broker.slow_s = 6
    broker.broker_time = clock.now() + timedelta(seconds=6)
    await _gap_s(broker, journal, clock)
    broker.slow_s = 0
    clock.advance(29)
    broker.broker_time = clock.now()
    assert await _gap_s(broker, journal, clock) == 35
