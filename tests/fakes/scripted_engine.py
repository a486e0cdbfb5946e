"""A Service as the engine has it, scripted: what the link is tested against."""

import asyncio
from collections.abc import Callable
from typing import Any

from app.engine.preview_rows import PreviewRow
from app.engine.rows import Delta, Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery
from app.web.mirror import Mirror
from tests.builders.shown_rows import a_preview, delta, snapshot
from tests.fakes.service import accept


class ScriptedEngine:
    """Publishes the deltas a test tells it to and carries each command id out once.

    `hold` keeps commands waiting until it is set; `fail` makes them raise; `effect` is what one changes;
    `answer` and `foresee` are what commands and previews are told.
    """

    def __init__(self, state: Snapshot | None = None) -> None:
        self._mirror = Mirror(state or snapshot())
        self._listeners: list[Callable[[Delta], None]] = []
        self._answers: dict[str, Answer] = {}
        self.carried_out: list[AnyCommand] = []
        self.asked = 0
        self.hold = asyncio.Event()
        self.hold.set()
        self.fail: Exception | None = None
        self.effect: Callable[[], object] = lambda: None
        self.answer: Callable[[AnyCommand], Answer] = accept
        self.foresee: Callable[[AnyQuery], PreviewRow] = lambda query: a_preview(warnings=[repr(query)])

    def snapshot(self) -> Snapshot:
        return self._mirror.snapshot()

    def subscribe(self, listener: Callable[[Delta], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def execute(self, command: AnyCommand) -> Answer:
        self.asked += 1
        await self.hold.wait()
        if self.fail is not None:
            raise self.fail
        if command.command_id not in self._answers:
            self.carried_out.append(command)
            self.effect()
            self._answers[command.command_id] = self.answer(command)
        return self._answers[command.command_id]

    async def preview(self, query: AnyQuery) -> PreviewRow:
        self.asked += 1
        await self.hold.wait()
        if self.fail is not None:
            raise self.fail
        return self.foresee(query)

    def show(self, **rows: Any) -> Delta:
        """Publish the next delta."""
        now = self._mirror.snapshot()
        change = delta(now["seq"] + 1, **{"boot_id": now["boot_id"], **rows})
        self._mirror.apply(change)
        self.publish(change)
        return change

    def publish(self, change: Delta) -> None:
        """Publish exactly this, be it right or wrong."""
        for listener in tuple(self._listeners):
            listener(change)
