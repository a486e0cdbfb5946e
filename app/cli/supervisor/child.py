"""One supervised program: started, heard, started again when it dies or hangs, stopped within a bound."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.cli.supervisor.backoff import Backoff
from app.cli.supervisor.pulse import Pulse

BAD_CONFIGURATION = 2
"""The exit code of a program that cannot run until the operator changes something."""
MOST_FAILED_STARTS = 6
"""A program that was never ready and died this often will not get better by itself."""

_LONGEST_LINE = 1 << 20
_LAST_WORDS_S = 1.0
_NOT_STARTED = 127


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to start. `greeting` goes to its stdin and may hold secrets; `files` stay open in it.

    One that is not `is_vital` is started behind the others and again for ever; nothing else ends with it.
    `silent_limit_s`: how long it may give no sign of life before it is killed; 0 lets it be silent for ever.
    """

    name: str
    command: tuple[str, ...]
    greeting: Mapping[str, object] = field(repr=False)
    files: tuple[int, ...] = ()
    stop_within_s: float = 5.0
    silent_limit_s: float = 0.0
    is_vital: bool = True


class Child:
    """Keep one program running until `stop`.

    `run` returns the exit code that must end the whole (2: the operator has to change something, 1: it
    never came up), or None after `stop`.
    """

    def __init__(self, program: Program, say: Callable[[str], None]) -> None:
        self.program = program
        self.ready = asyncio.Event()
        self.starts = 0
        self._say = say
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._backoff = Backoff()

    @property
    def process_id(self) -> int | None:
        """The running process, or None between two."""
        alive = self._process is not None and self._process.returncode is None
        return self._process.pid if alive and self._process else None

    async def run(self) -> int | None:
        """Start the program, again after each death, until it is stopped or cannot run."""
        name = self.program.name
        while not self._stopping.is_set():
            born = time.monotonic()
            code = await self._live()
            if self._stopping.is_set():
                break
            is_vital = self.program.is_vital
            if code == BAD_CONFIGURATION and is_vital:
                self._say(f"{name} cannot run like this; it said why above. Everything is being stopped.")
                return BAD_CONFIGURATION
            wait_s = self._backoff.after(time.monotonic() - born)
            if is_vital and not self.ready.is_set() and self.starts >= MOST_FAILED_STARTS:
                self._say(
                    f"{name} died {self.starts} times before it was ready. Everything is being stopped."
                )
                return 1
            self._say(f"{name} ended ({_died(code)}); it is started again in {wait_s:g} s.")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)
        return None

    async def stop(self) -> None:
        """Ask the program to end, wait as long as it may take, then kill it and all it started."""
        self._stopping.set()
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self.program.stop_within_s)
        except TimeoutError:
            self._say(f"{self.program.name} did not stop within {self.program.stop_within_s:g} s; killed.")
            self.kill()
            await process.wait()

    def kill(self) -> None:
        """Kill the program and all it started, at once."""
        if (process_id := self.process_id) is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process_id, signal.SIGKILL)

    async def _live(self) -> int:
        """Run the program once and return its exit code."""
        self.starts += 1
        pulse = Pulse(self.program.silent_limit_s) if self.program.silent_limit_s else None
        try:
            return await self._live_with(pulse)
        except OSError as error:
            self._say(f"{self.program.name} could not be started: {error.strerror}.")
            return _NOT_STARTED
        finally:
            if pulse is not None:
                pulse.close()

    async def _live_with(self, pulse: Pulse | None) -> int:
        process = self._process = await self._start(() if pulse is None else (pulse.child_end,))
        words = asyncio.create_task(self._pass_on(process))
        watch = asyncio.create_task(self._kill_when_silent(pulse))
        if self._stopping.is_set():  # asked while it was being started
            self.kill()
        if process.stdin is not None:
            told = (
                self.program.greeting
                if pulse is None
                else {**self.program.greeting, "pulse": pulse.child_end}
            )
            process.stdin.write(json.dumps(told).encode() + b"\n")
        code = await process.wait()
        watch.cancel()
        # A grandchild may hold the pipe open: its words are not waited for.
        await asyncio.wait((words,), timeout=_LAST_WORDS_S)
        words.cancel()
        return code

    async def _kill_when_silent(self, pulse: Pulse | None) -> None:
        """Kill a program that hangs: the journal is made for it, and waiting would leave copies unsent."""
        if pulse is None:
            return
        pulse.pass_on()
        await pulse.stopped()
        name, limit_s = self.program.name, self.program.silent_limit_s
        self._say(f"{name} has given no sign of life for {limit_s:g} s and hangs; it is killed.")
        self.kill()

    async def _start(self, pipes: tuple[int, ...]) -> asyncio.subprocess.Process:
        # An own session: Ctrl-C in the terminal reaches only the supervisor, which stops them in order.
        return await asyncio.create_subprocess_exec(
            *self.program.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=_LONGEST_LINE,
            start_new_session=True,
            pass_fds=(*self.program.files, *pipes),
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    async def _pass_on(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than any line of ours: dropped, reading goes on behind it
                continue
            if not line:
                return
            text = line.decode(errors="replace").rstrip()
            self._say(f"{self.program.name:<8} | {text}")
            if text.startswith(f"{self.program.name} ready"):
                self.ready.set()


def _died(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
