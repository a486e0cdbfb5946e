"""An event loop in virtual time: the clock jumps to the next timer, and a deadlock is an error."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
MONDAY_MORNING = datetime(2026, 11, 23, 4, 45, tzinfo=UTC)
"""10:15 IST on a trading day, far from the opening, the close and midnight."""
_START_S = 1000.0


class DeadlockError(Exception):
    """Every task waits and no timer is set: in real time the program would hang for ever."""


class _NoSelector:
    """Stands where asyncio waits for sockets: lets virtual time pass instead."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout_s: float | None) -> list[object]:
        if timeout_s is None:
            raise DeadlockError(f"Nothing can happen any more at {self._loop.time():.3f} s.")
        self._loop.pass_time(timeout_s)
        return []

    def close(self) -> None:
        """Has nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in the order in which they were made ready; has no threads, sockets or signals.

    `on_task` sees each task that is made, so that a simulated process can be killed with all its tasks;
    `on_work` gets what the task would run and returns what it does.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now_s = _START_S
        self._selector = _NoSelector(self)
        self.on_task: Callable[[asyncio.Task[Any]], None] = lambda _task: None
        self.on_work: Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]] = lambda work: work
        self.set_task_factory(_make_task)  # type: ignore[arg-type]  # typeshed wants a generic function

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now_s

    def pass_time(self, seconds: float) -> None:
        """Jump; only the selector does that."""
        self._now_s += seconds

    def _process_events(self, event_list: list[object]) -> None:
        """There are no sockets, so there are no events."""

    def _write_to_self(self) -> None:
        """Nothing sleeps, so nothing has to be woken."""


def _make_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], **options: Any
) -> "asyncio.Task[Any]":
    assert isinstance(loop, VirtualLoop)
    task: asyncio.Task[Any] = asyncio.Task(loop.on_work(work), loop=loop, **options)
    loop.on_task(task)
    return task


def repeatable(name: str) -> Random:
    """Return a stream of chance that is the same for the same name, whatever the hash seed."""
    return Random(name)  # noqa: S311 - repeatable on purpose


def run_virtually(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end on a loop of its own."""
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work())
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


class VirtualClock:
    """The engine's `Clock` over the virtual loop; a host whose wall clock is right."""

    def __init__(self, loop: asyncio.AbstractEventLoop, random: Random) -> None:
        self._loop = loop
        self._random = random
        self._told_s, self._told = _START_S, MONDAY_MORNING

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        now_s = self._loop.time()
        if now_s != self._told_s:
            self._told_s, self._told = now_s, MONDAY_MORNING + timedelta(seconds=now_s - _START_S)
        return self._told

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return self._loop.time()

    def random(self) -> float:
        """Return the next number of this process's stream."""
        return self._random.random()
