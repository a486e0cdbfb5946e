"""A third operator, who skips what is held and cancels what is open, now and then both screens at once."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random
from typing import Any

from app.domain.ids import AccountId, CopyId, OrderId
from app.engine import service as s
from tests.simulation.engine_host import EngineHost, Life

_TURN_S = 0.5
_LAG_S = (0.0, 1.0)
_ALL = 0.2
"""How likely everything open is cancelled, and not only some of it."""

Execute = Callable[[Life, s.AnyCommand], Awaitable[s.Answer | None]]


class Tidier:
    """Gives `per_s` commands a second, by way of `execute`, which keeps and compares the answers."""

    def __init__(self, host: EngineHost, execute: Execute, *, per_s: float, random: Random) -> None:
        self._host = host
        self._execute = execute
        self._per_s = per_s
        self._random = random
        self._ids = count(host.first_command)

    async def run(self) -> None:
        """Tidy until cancelled, or not at all."""
        while self._per_s > 0:
            await asyncio.sleep(_TURN_S)
            if self._random.random() < self._per_s * _TURN_S:
                await (self._skip() if self._random.random() < 0.4 else self._cancel())

    async def _skip(self) -> None:
        rows = [row for row in self._rows() if row["state"] == "HELD"]
        if rows:
            row = self._random.choice(rows)
            accounts = self._random.choice(((), (AccountId(row["account_id"]),)))
            await self._give(s.SkipCopies, orders=(OrderId(row["primary_order_id"]),), accounts=accounts)

    async def _cancel(self) -> None:
        rows = [row for row in self._rows() if row["may_cancel"]]
        if not rows:
            return
        is_all = self._random.random() < _ALL
        chosen = (
            rows if is_all else self._random.sample(rows, k=min(len(rows), self._random.choice((1, 1, 3))))
        )
        named = () if is_all else tuple(CopyId(row["copy_id"]) for row in chosen)
        await self._give(s.CancelCopies, count=len(chosen), copies=named)

    async def _give(self, make: Any, **fields: Any) -> None:
        """Give a command once, twice under one id, or from two screens."""
        await asyncio.sleep(self._random.uniform(*_LAG_S))
        first = f"t{next(self._ids)}"
        second = self._random.choice((None, first, f"t{next(self._ids)}"))
        ids = [id_ for id_ in (first, second) if id_ is not None]
        await asyncio.gather(*(self._once(make(command_id=id_, by="operator", **fields)) for id_ in ids))

    async def _once(self, command: s.AnyCommand) -> None:
        life = self._host.life
        if life is not None:
            await self._execute(life, command)

    def _rows(self) -> list[Any]:
        life = self._host.life
        return list(life.runtime.snapshot()["copies"].values()) if life is not None else []
