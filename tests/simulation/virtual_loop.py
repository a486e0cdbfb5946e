"""An event loop in virtual time: the clock jumps to the next timer, and a deadlock is an error."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from datetime import UTC, datetime, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
MONDAY_MORNING = datetime(2026, 11, 23, 4, 45, tzinfo=UTC)
"""10:15 IST on a trading day, far from the opening, the close and midnight."""
START_S = 1000.0
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


class _Call:
    """What the loop is to call, at once or at a moment: the face of asyncio's handles, in half their time."""

    __slots__ = ("args", "callback", "context", "is_cancelled", "is_timer", "loop", "moment_s")

    def __init__(
        self,
        loop: "VirtualLoop",
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context | None,
        moment_s: float | None = None,
    ) -> None:
        self.loop = loop
        self.callback = callback
        self.args = args
        self.context = copy_context() if context is None else context
        self.is_cancelled = False
        self.is_timer = moment_s is not None
        self.moment_s = moment_s

    def __lt__(self, other: "_Call") -> bool:
        """Tell that neither of two timers of one moment goes before the other."""
        return False

    def cancel(self) -> None:
        """Do not call any more."""
        if not self.is_cancelled:
            self.is_cancelled = True
            self.loop.cancelled += self.is_timer
            self.callback, self.args = _nothing, ()

    def cancelled(self) -> bool:
        """Tell whether it will not be called."""
        return self.is_cancelled

    def when(self) -> float | None:
        """Return the moment of a timer."""
        return self.moment_s


def _nothing() -> None:
    """Stand where a callback stood, so that what it holds is let go."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in the order in which they were made ready; has no threads, sockets or signals.

    Calls, timers and turns are its own: asyncio's wait for sockets, and measure how slow callbacks are.

    `began` is what the world's clocks showed, or would have shown, at the first virtual second.
    `on_task` sees each task that is made, so that a simulated process can be killed with all its tasks;
    `on_work` gets what the task would run and returns what it does. `cancelled` counts timers among those
    that wait.
    """

    _ready: deque[_Call]  # none of asyncio's own handles comes here
    _stopping: bool

    def __init__(self) -> None:
        super().__init__()
        self._now_s = START_S
        self.began = MONDAY_MORNING
        self._selector = _NoSelector()
        self._timers: list[tuple[float, _Call]] = []
        self.cancelled = 0
        self.on_task: Callable[[asyncio.Task[Any]], None] = lambda _task: None
        self.on_work: Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]] = lambda work: work
        self.set_task_factory(_make_task)  # type: ignore[arg-type]  # typeshed wants a generic function

    def time(self) -> float:
        """Return virtual seconds."""
        return self._now_s

    @property
    def wall(self) -> datetime:
        """The present moment, for everybody whose clock is right."""
        return self.began + timedelta(seconds=self._now_s - START_S)

    def sleep_through(self, seconds: float) -> None:
        """Let the world's clocks go on by so much while nothing happens: no timer comes any nearer."""
        self.began += timedelta(seconds=seconds)

    def call_soon(  # type: ignore[override]  # typeshed's type variables, which nobody here names
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Call:
        """Call in the next turn."""
        call = _Call(self, callback, args, context)
        self._ready.append(call)
        return call

    call_soon_threadsafe = call_soon  # type: ignore[assignment]  # there is but one thread

    def call_later(  # type: ignore[override]  # as above
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Call:
        """Call after so many virtual seconds."""
        moment_s = self._now_s + delay
        call = _Call(self, callback, args, context, moment_s)
        heappush(self._timers, (moment_s, call))
        return call

    def call_at(  # type: ignore[override]  # as above
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> _Call:
        """Call at a moment of virtual time."""
        call = _Call(self, callback, args, context, when)
        heappush(self._timers, (when, call))
        return call

    def _run_once(self) -> None:
        """Let time pass until something is ready, and run what is."""
        timers, ready = self._timers, self._ready
        self._drop_cancelled(timers)
        if not ready and not self._stopping:
            if not timers:
                raise DeadlockError(f"Nothing can happen any more at {self._now_s:.3f} s.")
            self._now_s += max(0.0, timers[0][0] - self._now_s)
        due_s = self._now_s + _AT_ONCE_S
        while timers and timers[0][0] < due_s:
            call = heappop(timers)[1]
            call.is_timer = False  # it waits no more: its end is not counted
            ready.append(call)
        for _ in range(len(ready)):
            call = ready.popleft()
            if not call.is_cancelled:
                try:
                    call.context.run(call.callback, *call.args)
                except (SystemExit, KeyboardInterrupt):
                    raise
                except BaseException as e:  # noqa: BLE001 - as asyncio does: told of, and the loop goes on
                    text = f"Exception in callback {call.callback!r}"
                    self.call_exception_handler({"message": text, "exception": e, "handle": call})

    def _drop_cancelled(self, timers: list[tuple[float, _Call]]) -> None:
        if len(timers) > _MANY_TIMERS and self.cancelled / len(timers) > _MOSTLY:
            timers[:] = [one for one in timers if not one[1].is_cancelled]
            heapify(timers)
            self.cancelled = 0
        while timers and timers[0][1].is_cancelled:
            heappop(timers)
            self.cancelled -= 1

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
        assert isinstance(loop, VirtualLoop)
        self._loop = loop
        self._random = random
        self._told_s, self._told, self._told_by = float("nan"), loop.began, loop.began

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        now_s, began = self._loop.time(), self._loop.began
        if now_s != self._told_s or began is not self._told_by:
            self._told_s, self._told, self._told_by = now_s, self._loop.wall, began
        return self._told

    def monotonic(self) -> float:
        """Return virtual seconds."""
        return self._loop.time()

    def random(self) -> float:
        """Return the next number of this process's stream."""
        return self._random.random()
