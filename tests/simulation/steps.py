"""Death between any two steps: each suspension point of the engine's tasks is a place to be killed at."""

from collections.abc import Coroutine, Generator
from random import Random
from typing import Any

from tests.simulation.chances import Chances
from tests.simulation.process import KilledError, Process

_SENDING = ("Dispatcher._carry_out", "KiteBroker.warm_up")
"""The tasks in which a request leaves; the journal is written in whichever task decided it."""
_MOST_SENDING_STEPS = 150
_MOST_STEPS = 20_000


class Steps:
    """Counts the steps of one process and kills it at one drawn beforehand, if one was."""

    def __init__(self, process: Process, chances: Chances, random: Random) -> None:
        self._process = process
        self._of_sending = _drawn(random, chances.dies_sending, _MOST_SENDING_STEPS)
        self._of_any = _drawn(random, chances.dies_anywhere, _MOST_STEPS)

    def follow(self, work: Coroutine[Any, Any, Any]) -> Coroutine[Any, Any, Any]:
        """Return a task's work with its steps counted."""
        return _Stepped(work, self) if self._of_sending or self._of_any else work

    def dies_before(self, name: str) -> bool:
        """Count one step of a task; tell whether the process dies instead of making it."""
        self._of_any -= 1
        if name in _SENDING:
            self._of_sending -= 1
            if self._of_sending == 0:
                return self._die(name)
        return self._of_any == 0 and self._die(name)

    def _die(self, name: str) -> bool:
        if self._process.is_dead:
            return False
        self._process.kill(f"in {name}")
        return True


class _Stepped(Coroutine[Any, Any, Any]):
    """A coroutine whose every resumption is counted first."""

    def __init__(self, work: Coroutine[Any, Any, Any], steps: Steps) -> None:
        self._work = work
        self._steps = steps
        self.__name__ = str(getattr(work, "__name__", ""))
        self.__qualname__ = str(getattr(work, "__qualname__", ""))

    def send(self, value: Any) -> Any:
        """Make one step, or die at it."""
        if self._steps.dies_before(self.__qualname__):
            return self._work.throw(KilledError())
        return self._work.send(value)

    def throw(self, *error: Any) -> Any:
        """Resume with an error, which nothing dies at: it is death or a cancellation itself."""
        return self._work.throw(*error)

    def close(self) -> None:
        """Close."""
        self._work.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._work.__await__()


def _drawn(random: Random, chance: float, most: int) -> int:
    """Draw the number of the fatal step, every order of magnitude as likely as the next; 0 for none."""
    return int(most ** random.random()) if random.random() < chance else 0
