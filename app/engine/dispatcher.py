"""Carries the engine's effects out: one call of a broker each, its outcome handed back as a message."""

import asyncio
from collections.abc import Callable

from app.domain.ids import AccountId
from app.engine.messages import Amend, AmendmentAnswered, AttemptAnswered, Effect, Message, Send
from app.ports.broker import Broker, Outcome, Unknown


class Dispatcher:
    """Sends what it is told, each account apart from the others, and never twice.

    It neither queues nor retries: an effect starts at once, and how long its broker takes is no other
    account's matter. Whatever goes wrong is Unknown (order protocol, rule 4). `leaves` hears of
    each effect as it is written, `fail` of an outcome that the engine could not take.
    """

    def __init__(
        self,
        brokers: dict[AccountId, Broker],
        may_send: Callable[[Effect], bool],
        leaves: Callable[[Effect], None],
        post: Callable[[Message], None],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._brokers = brokers
        self._may_send = may_send
        self._leaves = leaves
        self._post = post
        self._fail = fail
        self._under_way: set[asyncio.Task[None]] = set()

    def dispatch(self, effects: list[Effect]) -> None:
        """Start every effect now; returns before any is answered."""
        for effect in effects:
            task = asyncio.get_running_loop().create_task(self._carry_out(effect))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    async def drain(self, timeout_s: float) -> None:
        """Wait for the answers under way, at most `timeout_s`; what is still open then stays open."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=timeout_s)
        for task in self._under_way:
            task.cancel()

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let go of a task; what it could not hand over (the journal failed) ends the engine."""
        self._under_way.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._fail(error)

    async def _carry_out(self, effect: Effect) -> None:
        outcome = await self._outcome_of(effect)
        match effect:
            case Send(account_id=account_id, tag=tag, attempt=attempt):
                self._post(AttemptAnswered(account_id, tag, attempt, outcome))
            case Amend(account_id=account_id, tag=tag):
                self._post(AmendmentAnswered(account_id, tag, outcome))

    async def _outcome_of(self, effect: Effect) -> Outcome:
        try:
            return await self._call(effect)
        except Exception as e:  # noqa: BLE001 - an unforeseen failure proves nothing about the order
            return Unknown(f"unforeseen {type(e).__name__}: {e}")

    async def _call(self, effect: Effect) -> Outcome:
        broker = self._brokers[effect.account_id]

        def may_send() -> bool:
            may = self._may_send(effect)
            if may:
                self._leaves(effect)
            return may

        if isinstance(effect, Send):
            return await broker.place(effect.order, effect.tag, may_send)
        if effect.modification is None:
            return await broker.cancel(effect.order_id, may_send)
        return await broker.modify(effect.order_id, effect.modification, may_send)
