"""An operator who squares positions off, from one screen or two."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random

from app.domain.ids import AccountId
from app.domain.squaring import INTRADAY
from app.engine import service as s
from tests.simulation.engine_host import EngineHost, Life

_TURN_S = 0.5
_LAG_S = (0.0, 1.0)


class Closer:
    """Squares `per_s` positions off, by way of `execute`, which keeps and compares the answers."""

    def __init__(
        self,
        host: EngineHost,
        execute: Callable[[Life, s.AnyCommand], Awaitable[s.Answer | None]],
        *,
        per_s: float,
        random: Random,
    ) -> None:
        self._host = host
        self._execute = execute
        self._per_s = per_s
        self._random = random
        self._ids = count(host.first_command)

    async def run(self) -> None:
        """Square off until cancelled, or not at all."""
        while self._per_s > 0:
            await asyncio.sleep(_TURN_S)
            if self._random.random() < self._per_s * _TURN_S:
                await self._square_off()

    async def _square_off(self) -> None:
        life = self._host.life
        held = _positions(life) if life is not None else []
        if not held:
            return
        account_id, key = self._random.choice(held)
        await asyncio.sleep(self._random.uniform(*_LAG_S))
        first = f"q{next(self._ids)}"
        ids = self._random.choice(((first,), (first, first), (first, f"q{next(self._ids)}")))
        commands = (
            s.SquareOff(command_id=id_, by="operator", accounts=(account_id,), instruments=(key,), count=1)
            for id_ in ids
        )
        await asyncio.gather(*(self._once(command) for command in commands))

    async def _once(self, command: s.SquareOff) -> None:
        life = self._host.life
        if life is not None:
            await self._execute(life, command)


def _positions(life: Life) -> list[tuple[AccountId, str]]:
    engine = life.runtime.engine
    found = []
    for account in engine.rulebook.secondaries:
        lane = engine.lanes[account.account_id]
        instruments = sorted({order.instrument for order in lane.orders.values()})
        found += [(lane.account_id, key) for key in instruments if lane.held(key, INTRADAY)]
    return found
