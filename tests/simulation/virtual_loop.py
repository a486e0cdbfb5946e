"""An event loop in virtual time: the clock jumps to the next timer, and a deadlock is an error."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
MONDAY_MORNING = datetime(2026, 11, 23, 4, 45, tzinfo=UTC)
"""10:15 IST on a trading day, far from the opening, the close and midnight."""
_START_S = 1000.0
_AT_ONCE_S = 1e-9
"""Timers no further apart than that are due together."""
_MANY_TIMERS = 100
_MOSTLY = 0.5


class DeadlockError(Exception):
    """Every task waits and no timer is set: in real time the program would hang for ever."""


class _NoSelector:
    """Stands where asyncio waits for sockets."""

    def close(self) -> None:
        """Has nothing to close."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in the order in which they were made ready; has no threads, sockets or signals.

    Timers and turns are its own: asyncio's wait for sockets, and measure how slow callbacks are.

    `on_task` sees each task that is made, so that a simulated process can be killed with all its tasks;
    `on_work` gets what the task would run and returns what it does.
    """

    _ready: deque[asyncio.Handle]
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self._now_s = _START_S
        self._selector = _NoSelector()
        self._timers: list[tuple[float, asyncio.TimerHandle]] = []
        self._cancelled = 0
        self.on_task: Callable[[asyncio.Task[Any]], None] = lambda _task: None
        self.on_work: Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]] = lambda work: work
        self.set_task_factory(_make_task)  # type: ignore[arg-type]  # typeshed wants a generic function

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now_s

    def call_later(  # type: ignore[override]  # typeshed's type variables, which nobody here names
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call after so many virtual seconds."""
        return self.call_at(self._now_s + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]  # as above
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call at a moment of virtual time."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (when, timer))
        timer._scheduled = True  # type: ignore[attr-defined]  # so that its end is counted
        return timer

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self._cancelled += handle._scheduled  # type: ignore[attr-defined]  # one that is over does not count

    def _run_once(self) -> None:
        """Let time pass until something is ready, and run what is."""
        timers, ready = self._timers, self._ready
        if len(timers) > _MANY_TIMERS and self._cancelled / len(timers) > _MOSTLY:
            timers[:] = [one for one in timers if not one[1]._cancelled]
            heapify(timers)
            self._cancelled = 0
        while timers and timers[0][1]._cancelled:
            heappop(timers)
            self._cancelled -= 1
        if not ready and not self._stopping:
            if not timers:
                raise DeadlockError(f"Nothing can happen any more at {self._now_s:.3f} s.")
            self._now_s += max(0.0, timers[0][0] - self._now_s)
        due_s = self._now_s + _AT_ONCE_S
        while timers and timers[0][0] < due_s:
            timer = heappop(timers)[1]
            timer._scheduled = False  # type: ignore[attr-defined]  # as above
            ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

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
