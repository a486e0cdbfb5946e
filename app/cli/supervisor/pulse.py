"""The pulse of a running program: a byte a second over a pipe, and the end of our patience without it."""

import asyncio
import os

LOOK_EVERY_S = 1.0
SLOW_START = 3
"""A program may take so many times as long until its first beat: it loads code and reads its journal."""


class Pulse:
    """Listen to one life of a program, which beats over `child_end`; `close` when that life is over."""

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._ear, self.child_end = os.pipe()
        os.set_blocking(self._ear, False)
        self._is_passed_on = False

    def pass_on(self) -> None:
        """Keep only our own end: the program has been started and has the other."""
        if not self._is_passed_on:
            self._is_passed_on = True
            os.close(self.child_end)

    async def stopped(self) -> None:
        """Return once the program has been silent for its limit, by our own looks.

        Looks are counted, not seconds: a machine that slept, or a supervisor that was paused itself, has
        not looked meanwhile and accuses nobody.
        """
        silent_s, limit_s = 0.0, SLOW_START * self._limit_s
        while silent_s < limit_s:
            await asyncio.sleep(LOOK_EVERY_S)
            if self._has_beaten():
                silent_s, limit_s = 0.0, self._limit_s
            else:
                silent_s += LOOK_EVERY_S

    def close(self) -> None:
        """Let go of the pipe."""
        self.pass_on()
        os.close(self._ear)

    def _has_beaten(self) -> bool:
        try:
            return bool(os.read(self._ear, 4096))
        except BlockingIOError:
            return False
