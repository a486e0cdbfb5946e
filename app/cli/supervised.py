"""The child's side of supervision: what it is told, its pulse, and noticing that the supervisor is gone."""

import _thread
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

_STDIN = 0
_GRACE_S = 5.0
_read, _write, _sleep = os.read, os.write, time.sleep
"""Kept from before the web process exchanges them for green ones, which would stall it here."""


def attend() -> dict[str, object]:
    """Read what the supervisor says on the first line of stdin, and end when it closes that pipe.

    Secrets come this way because arguments and environments can be read by others. The pipe closes even
    when the supervisor is killed, so no child outlives it: SIGTERM to itself, five seconds later an exit.
    """
    line = sys.stdin.readline()
    try:
        told = json.loads(line)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise SystemExit("This command is started by `python run.py`, not by hand.")
    # A bare thread: the web process swaps the threading module for green threads after this.
    _thread.start_new_thread(_end_with_supervisor, ())
    return told


def pulse(told: Mapping[str, object]) -> Callable[[], None]:
    """Return what a program calls about once a second, from the loop that does its work: it lives.

    It never waits and never raises; where the supervisor does not listen it does nothing.
    """
    end = told.get("pulse")
    if not isinstance(end, int):
        return lambda: None
    os.set_blocking(end, False)

    def beat() -> None:
        with suppress(OSError):
            _write(end, b".")

    return beat


def _end_with_supervisor() -> None:
    while True:
        try:
            if not _read(_STDIN, 4096):
                break
        except OSError:
            break
    os.kill(os.getpid(), signal.SIGTERM)
    _sleep(_GRACE_S)
    os._exit(1)
