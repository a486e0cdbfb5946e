"""The engine as a process that can be killed: whatever it does after its death reaches nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from random import Random
from typing import Any

from tests.simulation.chances import Chances
from tests.simulation.history import History


class KilledError(BaseException):
    """SIGKILL, seen from inside: not an Exception, so that no code of the engine can catch it."""


class Process:
    """One life of the engine: its tasks, and the points at which it may be killed.

    `follow` gets the work of each of its tasks and returns what is run instead.
    """

    def __init__(self, number: int, *, chances: Chances, random: Random, history: History) -> None:
        self.number = number
        self.is_dead = False
        self.ended = asyncio.Event()
        self.tasks: list[asyncio.Task[Any]] = []
        self.follow: Callable[[Coroutine[Any, Any, Any]], Coroutine[Any, Any, Any]] = lambda work: work
        self._chances = chances
        self._random = random
        self._history = history

    def kill(self, why: str) -> None:
        """Kill it here and now; its tasks end as soon as the loop turns."""
        if not self.is_dead:
            self.is_dead = True
            self._history.note("KILLED", detail=f"life {self.number}, {why}")
            self.ended.set()

    def check_alive(self) -> None:
        """Raise KilledError in a process that is dead: between two instructions it does nothing more."""
        if self.is_dead:
            raise KilledError

    def crash_point(self, label: str) -> None:
        """Die here, or go on."""
        self.check_alive()
        if self.may_die(label):
            self.kill(label)
            raise KilledError

    def may_die(self, label: str) -> bool:
        """Draw whether the process dies at a labelled point; draws nothing where it never does."""
        chance = self._chances.crash.get(label, 0.0)
        return chance > 0 and self._random.random() < chance

    async def bury(self) -> None:
        """Cancel everything it was doing, and wait until none of it is left."""
        others = [task for task in self.tasks if not task.done()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for task in self.tasks:
            if task.done() and not task.cancelled():
                task.exception()  # nobody else asks for it any more


CURRENT: ContextVar[Process | None] = ContextVar("simulated process", default=None)


def register(task: asyncio.Task[Any]) -> None:
    """Count a new task to the process that made it."""
    process = CURRENT.get()
    if process is not None:
        process.tasks.append(task)


def follow(work: Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
    """Return what a new task is to run, for the process that makes it."""
    process = CURRENT.get()
    return work if process is None else process.follow(work)
