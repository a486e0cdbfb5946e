"""Small programs for the supervisor to start: each behaves like one kind of child."""

import sys
from collections.abc import Callable
from pathlib import Path

from app.cli.supervisor.child import Program

LIVES = """
import signal, sys, threading
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("{name} ready somewhere", flush=True)
stop.wait()
open({log!r}, "a").write("{name} stopped\\n")
"""
DEAF = """
import signal, threading
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("{name} ready", flush=True)
threading.Event().wait()
"""
REFUSES = 'print("no such multiplier", flush=True); raise SystemExit(2)'
DIES = "raise SystemExit(7)"
DIES_ONCE = """
import pathlib, threading
mark = pathlib.Path({log!r} + ".once")
if not mark.exists():
    mark.touch()
    raise SystemExit(1)
print("{name} ready", flush=True)
threading.Event().wait()
"""
REPEATS_GREETING = 'print("heard", input(), flush=True); print("{name} ready", flush=True); input()'
BEATS = """
import json, os, threading
end = json.loads(input())["pulse"]
print("{name} ready", flush=True)
while True:
    os.write(end, b".")
    threading.Event().wait(0.05)
"""
HANGS = """
import json, os, threading
os.write(json.loads(input())["pulse"], b".")
print("{name} ready", flush=True)
threading.Event().wait()
"""
SHOUTS = 'print("x" * 3_000_000, flush=True); print("{name} ready", flush=True); input()'


def program(
    name: str,
    code: str,
    *,
    log: Path = Path("/dev/null"),
    stop_within_s: float = 5.0,
    silent_limit_s: float = 0.0,
) -> Program:
    """Make a program of Python code."""
    text = code.replace("{name}", name).replace("{log!r}", repr(str(log)))
    return Program(
        name=name,
        command=(sys.executable, "-c", text),
        greeting={"word": "secret"},
        stop_within_s=stop_within_s,
        silent_limit_s=silent_limit_s,
    )


class Heard:
    """What a supervisor said, for a test to look at."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.say: Callable[[str], None] = self.lines.append

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in self.lines)
