"""What befalls the processes: SIGKILL, now and then SIGSTOP for some seconds, or the supervisor's death."""

import signal
import threading
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.chaos.ambush import Ambush
from tests.chaos.halt import Halt
from tests.chaos.house import CLERKS, PROGRAMS, START_TIMEOUT_S, House
from tests.chaos.trader import Trader

_WEIGHTS = {"engine": 2, "exchange": 6, "web": 2}
"""The engine is killed in rounds of its own, too."""
_WITH = {"engine": ("exchange",), "exchange": ("engine",)}
"""Who else has to be up, so that a kill comes between an order and its answer."""
_JITTER_S = (0.0, 0.3)
_PAUSED_S = (0.5, 4.0)
_POLL_S, _SEEK_S = 0.02, 0.1
"""How often to look at what was printed, and at what costs a request or a list of processes."""
_STANDS_STILL_S = 1.0
_BURST_WITHIN_S = 2.0
_PAUSE_CHANCE = 0.12
_ANY_MOMENT_CHANCE = 0.2
_CLERK_CHANCE = 0.3
_ROUNDS = 9
_IN_FLIGHT, _STOPPED = 2, 6
"""Of nine rounds, the one whose orders are held back, and the one in which copying is stopped."""
_SUPERVISOR_AFTER = 9
"""Kills under one supervisor: it waits longer before each new start, so more would mostly be waiting."""


class Nemesis:
    """Kills `wanted` times, each time in the midst of a burst of orders.

    Each round waits until orders are copied again, lets the trader place the round's share of them, and kills
    meanwhile. The clerks are killed on top of that, and counted apart.
    """

    def __init__(self, house: House, random: Random, wanted: int, trader: Trader, orders: int) -> None:
        self._house = house
        self._random = random
        self._wanted = wanted
        self._trader = trader
        self._orders = orders
        self._stop = threading.Event()
        self._clock = threading.Event()
        self._ready_at_kill: Counter[str] = Counter()
        self._since_supervisor = 0
        self.ambush = Ambush(house, random)
        self.halt = Halt(house)
        self.kills: Counter[str] = Counter()
        self.clerk_kills: Counter[str] = Counter()
        self.pauses: Counter[str] = Counter()
        trader.wait_for(0)

    def work(self, stop: threading.Event) -> None:
        """Kill until done or stopped."""
        self._stop = stop
        for number in range(self._wanted):
            if stop.is_set():
                return
            self._round(number)
            self._kill_a_clerk()
            self._since_supervisor += 1
            if self._since_supervisor >= _SUPERVISOR_AFTER and number + 1 < self._wanted:
                self._until(lambda: self.ambush.is_over)
                self._house.kill_supervisor()
                self._ready_at_kill.clear()
                self._since_supervisor = 0

    def _round(self, number: int) -> None:
        share = self._orders * (number + 1) // self._wanted
        if number % _ROUNDS == _IN_FLIGHT:
            self._kill_in_flight(share)
        elif number % _ROUNDS == _STOPPED:
            self._kill_while_stopped(share)
        else:
            self._kill_in_a_burst(self._choose(), share)

    def _kill_in_a_burst(self, program: str, share: int) -> None:
        """Kill while orders are copied; one time in five at any moment of a program's life, its start too."""
        if self._random.random() >= _ANY_MOMENT_CHANCE:
            self._until_up(*_WITH.get(program, ()), program)
        before = self._trader.placed
        self._trader.wait_for(share)
        if self._random.random() < _PAUSE_CHANCE:
            self._pause()
        self._await_burst(before + self._random.randint(1, max(share - before, 1)))
        self._kill(program)

    def _kill_in_flight(self, share: int) -> None:
        """Kill the engine while the exchange holds its orders, and takes them when another one has looked."""
        self._until_up("exchange", "engine")
        self.ambush.lay()
        self._trader.wait_for(share)
        self._until(self.ambush.has_caught, every_s=_SEEK_S)
        self._clock.wait(self._random.uniform(*_JITTER_S))
        self._kill("engine")
        self.ambush.close()

    def _kill_while_stopped(self, share: int) -> None:
        """Kill the engine after a stop: what starts anew has to stand still, until somebody resumes."""
        self._until_up(*PROGRAMS)
        half = (self._trader.placed + share) // 2
        self._trader.wait_for(half)
        self._await_burst(half)
        self._until(self.halt.begin, every_s=_SEEK_S)
        self._kill("engine")
        self._trader.wait_for(share)
        self._until_up("engine")
        self._await_burst(share)
        self._clock.wait(_STANDS_STILL_S)
        self.halt.judge()
        self._until(self.halt.end, every_s=_SEEK_S)

    def _await_burst(self, placed: int) -> None:
        """Wait until so many orders are placed, but not long: the trader may have lost answers."""
        waited_s = 0.0
        while self._trader.placed < placed and waited_s < _BURST_WITHIN_S and not self._stop.is_set():
            self._clock.wait(_POLL_S)
            waited_s += _POLL_S
        self._clock.wait(self._random.uniform(*_JITTER_S))

    def _kill(self, program: str) -> None:
        self._until(lambda: self._hit(program), every_s=_SEEK_S)
        self.kills[program] += 1

    def _hit(self, program: str) -> bool:
        readies = self._house.readies(program)
        if not self._house.kill(program):
            return False
        self._ready_at_kill[program] = readies
        return True

    def _kill_a_clerk(self) -> None:
        """Kill one of those who keep the trade log, at any moment."""
        if self._random.random() < _CLERK_CHANCE:
            clerk = min(CLERKS, key=lambda name: self.clerk_kills[name])
            self.clerk_kills[clerk] += self._house.kill(clerk)

    def _choose(self) -> str:
        """Choose by weight, but let nobody go unharmed for long, and what is held back arrive."""
        able = [name for name in PROGRAMS if name != "exchange" or self.ambush.is_over]
        spared = [name for name in able if self.kills.total() >= 9 and not self.kills[name]]
        return self._random.choices(spared or able, [_WEIGHTS[name] for name in spared or able])[0]

    def _pause(self) -> None:
        program = self._choose()
        if not self._house.signal(program, signal.SIGSTOP):
            return
        self.pauses[program] += 1
        try:
            self._clock.wait(self._random.uniform(*_PAUSED_S))
        finally:
            self._house.signal(program, signal.SIGCONT)

    def _until_up(self, *programs: str) -> None:
        """Wait until those programs have started again."""
        self._until(lambda: all(self._house.readies(name) > self._ready_at_kill[name] for name in programs))

    def _until(self, condition: Callable[[], bool], *, every_s: float = _POLL_S) -> None:
        waited_s = 0.0
        while not (self._stop.is_set() or condition()):
            self._clock.wait(every_s)
            waited_s += every_s
            if waited_s > START_TIMEOUT_S:
                raise AssertionError(f"The nemesis waited {waited_s:.0f} s in vain.\n{self._house.output}")
