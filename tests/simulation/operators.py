"""Two operators before two screens: ticks, retries, stops and mode switches, now and then both at once."""

import asyncio
from contextvars import Context
from itertools import count
from random import Random
from typing import Any

from app.domain.accounts import CopyMode
from app.domain.copies import RETRYABLE, CopyState
from app.domain.ids import AccountId, CopyId, OrderId
from app.domain.reasons import ReasonCode
from app.engine import service as s
from app.ports.journal import JournalError
from tests.simulation.engine_host import EngineHost, Life
from tests.simulation.history import History
from tests.simulation.process import CURRENT, KilledError

_SCREEN_LAG_S = (0.0, 1.5)
_ATTENTIVE_S = 1.0


class Operators:
    """Give commands through the service, as the web process does.

    `retries` has, per copy, the commands that may have planned it anew; `is_stop_answered` is True from the
    answer to a stop until a resume is asked for.
    """

    def __init__(self, host: EngineHost, random: Random, history: History) -> None:
        self._host = host
        self._random = random
        self._history = history
        self._ids = count(host.first_command)
        self.retries: dict[str, set[str]] = {}
        self.ticked: set[str] = set()
        self.is_stop_answered = False
        self.races = 0
        self.stops = 0
        self.broken_answers: list[str] = []
        self._panic: asyncio.Task[None] | None = None
        self._answers: dict[str, s.Answer] = {}
        self._begun: dict[str, list[dict[str, str]]] = {}
        """By command: the copies' states each time that it was given to an engine."""

    async def run(self, *, is_manual: bool) -> None:
        """Work until cancelled."""
        if is_manual:
            await self._give(s.SetMode, mode=CopyMode.MANUAL)
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 5.0))
            if self._sees_a_block() and self._random.random() < 0.3:
                await self.put_right()
                continue
            draw = self._random.random()
            if draw < 0.45:
                await self._tick()
            elif draw < 0.85:
                await self._retry()
            elif draw < 0.9:
                await self._stop_a_while()
            elif draw < 0.95:
                await self._give(s.SetMode, mode=self._random.choice(list(CopyMode)))

    def panic(self, in_s: float) -> None:
        """Stop everything in a moment, unless a stop is under way."""
        if self._panic is None or self._panic.done():
            loop = asyncio.get_running_loop()
            # Made outside the engine's context: a task of the engine's dies with it.
            self._panic = Context().run(loop.create_task, self._stop_at_once(in_s))

    async def _stop_at_once(self, in_s: float) -> None:
        self.stops += 1
        await asyncio.sleep(in_s)
        life = self._host.life
        stop = s.StopCopying(command_id=f"c{next(self._ids)}", by="operator")
        answer = None if life is None else await self.execute(life, stop)
        if answer is not None and answer.accepted:
            self.is_stop_answered = True
            await asyncio.sleep(self._random.uniform(0.2, 5.0))
        await self.put_right()

    def lost_journal(self) -> None:
        """Know that the engine has forgotten its switches and what it answered."""
        self.is_stop_answered = False
        self._answers.clear()

    async def begin_day(self) -> None:
        """Copy at once, and resume whatever was stopped the day before."""
        await self._give(s.SetMode, mode=CopyMode.AUTO)
        await self.put_right()

    async def put_right(self) -> None:
        """Resume, and copy at once from now on."""
        while not self._host.is_hopeless:
            if await self._give(s.ResumeCopying):
                return
            await asyncio.sleep(0.5)

    async def attend(self) -> None:
        """Resume whenever an answer from before the last resume blocks an account once more."""
        while True:
            await asyncio.sleep(_ATTENTIVE_S)
            life = self._host.life
            reasons = life.runtime.engine.state.blocked.values() if life is not None else ()
            if any(reason.code is ReasonCode.ACCOUNT_NOT_PERMITTED for reason in reasons):
                await self.put_right()

    async def _tick(self) -> None:
        rows = self._copies("HELD")
        if not rows:
            return
        chosen = self._random.sample(rows, k=min(len(rows), self._random.choice((1, 2, 8))))
        orders = tuple(dict.fromkeys(OrderId(row["primary_order_id"]) for row in chosen))
        accounts = (
            ()
            if self._random.random() < 0.5
            else tuple(dict.fromkeys(AccountId(r["account_id"]) for r in chosen))
        )
        self.ticked.update(orders)
        await self._race(s.CopyOrders, orders=orders, accounts=accounts)

    async def _retry(self) -> None:
        rows = [row for row in self._copies(*RETRYABLE) if row["may_retry"]]
        if not rows:
            return
        chosen = self._random.sample(rows, k=min(len(rows), self._random.choice((1, 1, 3))))
        ticks = tuple(
            s.Ticked(copy_id=CopyId(row["copy_id"]), seen_state=CopyState(row["state"])) for row in chosen
        )
        await self._race(s.RetryCopies, copies=ticks)

    async def _stop_a_while(self) -> None:
        self.stops += 1
        if await self._give(s.StopCopying):
            self.is_stop_answered = True
            await asyncio.sleep(self._random.uniform(0.2, 8.0))
        await self.put_right()

    async def _race(self, make: Any, **fields: Any) -> None:
        """Give a command once; or twice at once, by a double click or from two screens."""
        draw = self._random.random()
        first = f"c{next(self._ids)}"
        if draw < 0.5:
            await self._give(make, command_id=first, **fields)
            return
        self.races += 1
        second = first if draw < 0.75 else f"c{next(self._ids)}"
        await asyncio.gather(
            self._give(make, command_id=first, **fields), self._give(make, command_id=second, **fields)
        )

    async def _give(self, make: Any, *, command_id: str | None = None, **fields: Any) -> bool:
        """Give a command, again where the engine died over it; tell whether it was carried out."""
        command = make(command_id=command_id or f"c{next(self._ids)}", by="operator", **fields)
        await asyncio.sleep(self._random.uniform(*_SCREEN_LAG_S))
        for _ in range(self._random.choice((1, 3))):
            life = self._host.life
            if life is not None:
                answer = await self.execute(life, command)
                if answer is not None:
                    return answer.accepted
            await asyncio.sleep(self._random.uniform(0.5, 4.0))
        return False

    async def execute(self, life: Life, command: s.AnyCommand) -> s.Answer | None:
        """Carry a command out inside the engine's process; None where that died before it answered."""
        if isinstance(command, s.ResumeCopying):
            self.is_stop_answered = False
        if isinstance(command, s.RetryCopies):
            for tick in command.copies:
                self.retries.setdefault(tick.copy_id, set()).add(command.command_id)
        token = CURRENT.set(life.process)
        try:
            life.process.check_alive()
            states = {str(id_): str(copy.state) for id_, copy in life.runtime.engine.state.copies.items()}
            self._begun.setdefault(command.command_id, []).append(states)
            answer = await life.runtime.execute(command)
        except (KilledError, JournalError):
            return None
        finally:
            CURRENT.reset(token)
        if "day is just changing" in answer.message:
            return answer  # nothing was done, so the same command may be given again
        is_new = command.command_id not in self._answers
        if isinstance(command, s.RetryCopies) and is_new:
            self._judge_retry(command, answer, self._begun[command.command_id])
        known = self._answers.setdefault(command.command_id, answer)
        if known != answer:
            self.broken_answers.append(f"{command.command_id} was answered {known}, then {answer}")
        self._history.note(f"{type(command).__name__}", detail=f"{command} -> {answer.message}")
        return answer

    def _sees_a_block(self) -> bool:
        life = self._host.life
        return life is not None and any(
            row["state"] == "blocked" for row in life.runtime.snapshot()["accounts"].values()
        )

    def _judge_retry(self, command: s.RetryCopies, answer: s.Answer, begun: list[dict[str, str]]) -> None:
        """A retry is of what the screen showed; what has moved on since has to be looked at again.

        An engine that died over its answer may have carried it out all the same: each time counts.
        """
        for tick, result in zip(command.copies, answer.results, strict=False):
            states = [one.get(tick.copy_id) for one in begun]
            if result.accepted and tick.seen_state not in states:
                self.broken_answers.append(f"{tick.copy_id} was retried as {tick.seen_state}: {states}")

    def _copies(self, *states: str) -> list[Any]:
        """Return what the page shows of copies in these states, or of all."""
        life = self._host.life
        if life is None:
            return []
        engine = life.runtime.engine
        copies = engine.state.copies.values()
        return [engine.view.copy(copy) for copy in copies if not states or copy.state in states]
