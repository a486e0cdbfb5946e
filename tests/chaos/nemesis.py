"""What befalls the processes: SIGKILL, now and then SIGSTOP for some seconds, or the supervisor's death."""

import signal
import threading
from collections import Counter
from collections.abc import Callable
from random import Random

import requests

from tests.chaos.house import PROGRAMS, START_TIMEOUT_S, House

_WEIGHTS = {"engine": 4, "exchange": 3, "web": 3}
_JITTER_S = (0.0, 0.4)
_PAUSED_S = (0.5, 4.0)
_POLL_S = 0.02
_PAUSE_CHANCE = 0.12
_ANY_MOMENT_CHANCE = 0.2
_IN_FLIGHT_CHANCE = 0.35
_IN_FLIGHT_S = (5.0, 15.0)
"""Longer than a new engine takes to its first look: that look must not be taken for proof."""
_IN_FLIGHT_WITHIN_S = 2.0
_SUPERVISOR_AFTER = 9
"""Kills under one supervisor: it waits longer before each new start, so more would mostly be waiting."""


class Nemesis:
    """Kills `wanted` times, in step with the orders: kill i comes when that share of them is placed."""

    def __init__(self, house: House, random: Random, wanted: int, progress: Callable[[], float]) -> None:
        self._house = house
        self._random = random
        self._wanted = wanted
        self._progress = progress
        self._clock = threading.Event()
        self._ready_at_kill: Counter[str] = Counter()
        self._since_supervisor = 0
        self.kills: Counter[str] = Counter()
        self.pauses: Counter[str] = Counter()

    @property
    def is_done(self) -> bool:
        """Tell whether it has killed as often as wanted."""
        return self.kills.total() >= self._wanted

    def work(self, stop: threading.Event) -> None:
        """Kill until done or stopped."""
        while not self.is_done and not stop.is_set():
            self._until(lambda: stop.is_set() or self._progress() * self._wanted >= self.kills.total())
            if self._random.random() < _PAUSE_CHANCE:
                self._pause()
            self._kill()
            if self._since_supervisor >= _SUPERVISOR_AFTER and not self.is_done:
                self._house.kill_supervisor()
                self._ready_at_kill.clear()
                self._since_supervisor = 0

    def _kill(self) -> None:
        """Kill one program at work; in one case of five at any moment of its life, its start included."""
        program = self._choose()
        if self._random.random() >= _ANY_MOMENT_CHANCE:
            self._until(lambda: self._house.readies(program) > self._ready_at_kill[program])
        if program == "engine" and self._random.random() < _IN_FLIGHT_CHANCE:
            self._await_one_in_flight()
        else:
            self._clock.wait(self._random.uniform(*_JITTER_S))
        self._until(lambda: self._hit(program))
        self.kills[program] += 1
        self._since_supervisor += 1

    def _await_one_in_flight(self) -> None:
        """Wait until the exchange holds an order that it will take only when its sender is long dead."""
        try:
            rule = self._house.fault(
                "slow", delay_s=self._random.uniform(*_IN_FLIGHT_S), account="PA000[2-9]"
            )
            waited_s = 0.0
            while not self._has_applied(rule) and waited_s < _IN_FLIGHT_WITHIN_S:
                self._clock.wait(_POLL_S)
                waited_s += _POLL_S
        except (requests.RequestException, ValueError):
            return  # the exchange is down: a kill at any moment, then

    def _has_applied(self, rule: int) -> bool:
        return rule not in {one["id"] for one in self._house.control("GET", "/faults")}

    def _hit(self, program: str) -> bool:
        readies = self._house.readies(program)
        if not self._house.kill(program):
            return False
        self._ready_at_kill[program] = readies
        return True

    def _choose(self) -> str:
        """Choose by weight, but let nobody go unharmed for long."""
        spared = [name for name in PROGRAMS if self.kills.total() >= 9 and not self.kills[name]]
        if spared:
            return spared[0]
        return self._random.choices(PROGRAMS, [_WEIGHTS[name] for name in PROGRAMS])[0]

    def _pause(self) -> None:
        program = self._choose()
        if not self._house.signal(program, signal.SIGSTOP):
            return
        self.pauses[program] += 1
        try:
            self._clock.wait(self._random.uniform(*_PAUSED_S))
        finally:
            self._house.signal(program, signal.SIGCONT)

    def _until(self, condition: Callable[[], bool]) -> None:
        waited_s = 0.0
        while not condition():
            self._clock.wait(_POLL_S)
            waited_s += _POLL_S
            if waited_s > START_TIMEOUT_S:
                raise AssertionError(f"The nemesis waited {waited_s:.0f} s in vain.\n{self._house.output}")
