"""An EngineService in memory: what the web layer is tested against."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from app.engine.preview_rows import PreviewRow
from app.engine.rows import Snapshot
from app.engine.service import Answer, AnyCommand, AnyQuery
from app.web.engine_service import (
    DeltaArrived,
    EngineUnreachableError,
    LinkChanged,
    LinkState,
    News,
    SnapshotArrived,
)
from app.web.mirror import Mirror
from tests.builders.shown_rows import a_preview, delta, snapshot


class FakeService:
    """Shows what a test tells it to, remembers commands and answers them as told.

    `answer` may return an Answer or raise what EngineService.execute may raise.
    """

    def __init__(self) -> None:
        self.commands: list[AnyCommand] = []
        self.queries: list[AnyQuery] = []
        self.answer: Callable[[AnyCommand], Answer] = accept
        self._mirror: Mirror | None = Mirror(snapshot())
        self._link = LinkState(is_up=True, since=datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
        self._listeners: list[Callable[[News], None]] = []

    def link(self) -> LinkState:
        return self._link

    def snapshot(self) -> Snapshot | None:
        return self._mirror.snapshot() if self._mirror else None

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def execute(self, command: AnyCommand, *, timeout_s: float) -> Answer:
        self.commands.append(command)
        if not self._link.is_up:
            raise EngineUnreachableError("The engine cannot be reached at the moment.")
        return self.answer(command)

    def preview(self, query: AnyQuery, *, timeout_s: float) -> PreviewRow:
        self.queries.append(query)
        if not self._link.is_up:
            raise EngineUnreachableError("The engine cannot be reached at the moment.")
        return a_preview()

    def show(self, **rows: Any) -> None:
        """Publish the next delta."""
        assert self._mirror is not None
        now = self._mirror.snapshot()
        change = delta(now["seq"] + 1, **{"boot_id": now["boot_id"], **rows})
        self._mirror.apply(change)
        self._tell(DeltaArrived(change))

    def start_anew(self, state: Snapshot) -> None:
        """Show another state, as after a restart of the engine."""
        self._mirror = Mirror(state)
        self._link = LinkState(is_up=True, since=self._link.since)
        self._tell(SnapshotArrived(state))
        self._tell(LinkChanged(self._link))

    def lose_link(self) -> None:
        """Behave as when the engine is gone: the last state stays, frozen."""
        self._link = LinkState(is_up=False, since=datetime(2026, 11, 20, 4, 5, tzinfo=UTC))
        self._tell(LinkChanged(self._link))

    def never_heard(self) -> None:
        """Behave as before the first connection."""
        self._mirror = None
        self._link = LinkState(is_up=False, since=self._link.since)

    def _tell(self, news: News) -> None:
        for listener in tuple(self._listeners):
            listener(news)


def accept(command: AnyCommand) -> Answer:
    """Answer that all is done."""
    return Answer(command_id=command.command_id, accepted=True, message="Done.")
